"""Consents of a cooperative: one officer gives, another confirms, then it is in force; any officer withdraws."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Consent, ConsentPurpose
from plut_api.actors.privacy.models import SubjectKind
from plut_api.actors.problems import ConsentAlreadyWithdrawn, ConsentNotFound
from plut_api.actors.service.consents import THIS_TRANSACTION, checked_words, keep_consent
from plut_api.cooperatives.access import require_kept
from plut_api.cooperatives.problems import ConsentAlreadyConfirmed, ManagersOnly, SecondOfficerNeeded
from plut_api.cooperatives.schemas.consents import CooperativeConsentCreate
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match


def consents_of(cooperative_id: UUID) -> Select[Consent]:
    """The consents of a cooperative. Leans on uq_consents_one_active_of_cooperative for those in force."""
    return select(Consent).where(Consent.cooperative_id == cooperative_id)


def in_force(cooperative_id: UUID, organization_id: UUID) -> Select[Consent]:
    """The consent by which an organization may see a cooperative now: confirmed, not withdrawn, not run out."""
    return consents_of(cooperative_id).where(
        Consent.organization_id == organization_id,
        Consent.purpose == ConsentPurpose.cooperative_financing,
        Consent.confirmed_at.is_not(None),
        Consent.withdrawn_at.is_(None),
        Consent.expires_at > func.now(),
    )


async def give(db: AsyncSession, caller: Caller, cooperative_id: UUID, given: CooperativeConsentCreate) -> Consent:
    """Give a consent in the name of a cooperative; it waits for a second officer.

    Raises ManagersOnly, CooperativeNotFound, Invalid (`not_an_active_bank`, `text_version_unknown`),
    ConsentAlreadyGiven. Emits consent.asked.
    """
    await _require_officer(db, caller, cooperative_id)
    purpose = ConsentPurpose.cooperative_financing
    words = await checked_words(db, given.organization_id, purpose, given.text_version)
    consent = Consent(
        subject_kind=SubjectKind.cooperative,
        cooperative_id=cooperative_id,
        organization_id=given.organization_id,
        purpose=purpose,
        data_categories=words["data_shared"],
        text_version=given.text_version,
        language=given.language,
        channel="app",
        given_by=caller.id,
    )
    await keep_consent(db, consent, Consent.cooperative_id == cooperative_id)
    await _tell(db, caller, "consent.asked", consent)
    return consent


async def confirm(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, consent_id: UUID, if_match: str | None
) -> Consent:
    """Put a consent in force, as an officer other than the one who gave it.

    Raises ManagersOnly, CooperativeNotFound, ConsentNotFound, PreconditionFailed (if `If-Match` came and is stale),
    ConsentAlreadyWithdrawn, ConsentAlreadyConfirmed, SecondOfficerNeeded. Emits consent.given.
    """
    consent = await _locked(db, caller, cooperative_id, consent_id)
    if if_match is not None:
        require_match(consent, if_match)
    if consent.withdrawn_at is not None or consent.expires_at <= clock.now():
        raise ConsentAlreadyWithdrawn()
    if consent.confirmed_at is not None:
        raise ConsentAlreadyConfirmed()
    if consent.given_by == caller.id:
        raise SecondOfficerNeeded()
    await _change(db, consent, confirmed_at=clock.now(), confirmed_by=caller.id)
    await _tell(db, caller, "consent.given", consent)
    return consent


async def withdraw(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, consent_id: UUID, if_match: str | None
) -> None:
    """End a consent at once, as any officer. Raises as `confirm` does, and PreconditionRequired.

    Emits consent.withdrawn.
    """
    consent = await _locked(db, caller, cooperative_id, consent_id)
    require_match(consent, if_match)
    if consent.withdrawn_at is not None:
        raise ConsentAlreadyWithdrawn()
    await _change(db, consent, withdrawn_at=func.now(), withdrawn_by=caller.id)
    await _tell(db, caller, "consent.withdrawn", consent)


async def one(db: AsyncSession, caller: Caller, cooperative_id: UUID, consent_id: UUID) -> Consent:
    """A consent of a cooperative whose affairs the caller keeps. Raises CooperativeNotFound, ConsentNotFound."""
    await require_kept(db, caller, cooperative_id)
    consent = await db.scalar(consents_of(cooperative_id).where(Consent.id == consent_id))
    if consent is None:
        raise ConsentNotFound()
    return consent


async def _locked(db: AsyncSession, caller: Caller, cooperative_id: UUID, consent_id: UUID) -> Consent:
    await _require_officer(db, caller, cooperative_id)
    query = consents_of(cooperative_id).where(Consent.id == consent_id).with_for_update()
    consent = await db.scalar(query)
    if consent is None:
        raise ConsentNotFound()
    return consent


async def _require_officer(db: AsyncSession, caller: Caller, cooperative_id: UUID) -> None:
    """Let only its managers through: the Dinas keeps its affairs, but does not speak for it."""
    await require_kept(db, caller, cooperative_id)
    if not caller.is_person:
        raise ManagersOnly()


async def _change(db: AsyncSession, consent: Consent, **values: Any) -> None:
    changed = update(Consent).where(Consent.id == consent.id).values(change_xid=THIS_TRANSACTION, **values)
    await db.execute(changed.execution_options(synchronize_session=False))
    told = {"changed": sorted(values)}
    audit.record(db, audit.Action.changed, "consents", [consent.id], about=[consent.cooperative_id], after=told)
    await db.refresh(consent)


async def _tell(db: AsyncSession, caller: Caller, name: str, consent: Consent) -> None:
    ids = {"cooperative_id": consent.cooperative_id, "organization_id": consent.organization_id}
    await outbox.record(db, name, consent.cooperative_id or consent.id, by=caller, **ids)

"""Consents: given and withdrawn by an owner, or recorded from a signed paper (UU 27/2022 art. 20-24, 40).

They are in force, and end, from the very next read.
"""

from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import owned_by, require_actor
from plut_api.actors.minors import require_guardian, wards_of
from plut_api.actors.models import Actor, Consent, ConsentPurpose, Ownership, Person, owns
from plut_api.actors.problems import ConsentAlreadyGiven, ConsentAlreadyWithdrawn, ConsentNotFound
from plut_api.actors.schemas.consents import ConsentCreate
from plut_api.actors.service.papers import OF_PAPER, missing_of, paper_of
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.reference.rules import rule_value

THIS_TRANSACTION = text("pg_current_xact_id()")
PAPER = "paper"
_TAKEN = dict.fromkeys(("uq_consents_one_active", "uq_consents_one_active_of_cooperative"), ConsentAlreadyGiven())


@cache
def consent_texts() -> list[dict[str, Any]]:
    """Every version of every consent text."""
    source = files("plut_api.actors") / "consent_texts.yaml"
    texts: list[dict[str, Any]] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return texts


async def give_consent(db: AsyncSession, caller: Caller, actor_id: UUID, given: ConsentCreate) -> Consent:
    """Let an organization see a business: by an owner (or the guardian of one), or by PLUT's staff by a signed paper.

    A consent that has run out makes way for the new one. Raises ActorNotFound, Invalid (`not_an_active_bank`,
    `text_version_unknown`, and for the paper `missing`, `not_an_owner`, `only_staff_record_paper`, and what
    papers.py says), GuardianNeeded, ConsentAlreadyGiven. Emits consent.given.
    """
    actor = await _to_consent_for(db, caller, actor_id)
    words = await checked_words(db, given.organization_id, given.purpose, given.text_version)
    how = await _by_oneself(db, caller, given) if caller.is_person else await _on_paper(db, caller, actor.id, given)
    consent = Consent(
        actor_id=actor.id,
        organization_id=given.organization_id,
        purpose=given.purpose,
        data_categories=words["data_shared"],
        text_version=given.text_version,
        language=given.language,
        channel=given.channel,
        **how,
    )
    of_subject = Consent.actor_id == actor.id
    await keep_consent(db, consent, of_subject)
    await outbox.record(
        db, "consent.given", actor.id, by=caller, actor_id=actor.id, organization_id=consent.organization_id
    )
    return consent


async def keep_consent(db: AsyncSession, consent: Consent, of_subject: ColumnElement[bool]) -> None:
    """Store a consent for the dated number of days; one of the same subject that has run out makes way.

    Raises ConsentAlreadyGiven.
    """
    ended = await db.scalars(
        update(Consent)
        .where(
            of_subject,
            Consent.organization_id == consent.organization_id,
            Consent.purpose == consent.purpose,
            Consent.withdrawn_at.is_(None),
            Consent.expires_at <= clock.now(),
        )
        .values(withdrawn_at=Consent.expires_at, change_xid=THIS_TRANSACTION)
        .returning(Consent.id)
    )
    audit.record(db, audit.Action.changed, "consents", ended, after={"withdrawn_at": "expires_at"})
    days = await rule_value(db, "consent.valid_days")
    consent.given_at = clock.now()
    consent.expires_at = consent.given_at + timedelta(days=days)
    with refusing(_TAKEN):
        db.add(consent)
        await db.flush()
    await db.refresh(consent)


async def withdraw_consent(
    db: AsyncSession, caller: Caller, actor_id: UUID, consent_id: UUID, if_match: str | None
) -> None:
    """End a consent at once: by an owner, or by PLUT's staff whom an owner asked to.

    Raises ActorNotFound, ConsentNotFound, ConsentAlreadyWithdrawn, and for `If-Match`. Emits consent.withdrawn.
    """
    actor = await _to_consent_for(db, caller, actor_id)
    consent = await find_consent(db, actor.id, consent_id, for_update=True)
    require_match(consent, if_match)
    if consent.withdrawn_at is not None:
        raise ConsentAlreadyWithdrawn()
    await end_consents(db, caller, actor.id, consent.organization_id)


async def _to_consent_for(db: AsyncSession, caller: Caller, actor_id: UUID) -> Actor:
    """A business whose owner the caller is, or any within the rows of PLUT's staff. Raises ActorNotFound."""
    if caller.is_person:
        return await owned_by(db, caller, actor_id)
    return await require_actor(db, caller, actor_id)


async def _by_oneself(db: AsyncSession, caller: Caller, given: ConsentCreate) -> dict[str, Any]:
    """How an owner, or the guardian of one, gave it. Raises Invalid, GuardianNeeded."""
    if given.channel == PAPER or any(getattr(given, name) is not None for name in OF_PAPER):
        raise Invalid(errors=[_STAFF_RECORD_PAPER])
    await require_guardian(db, Person.account_id == caller.id)
    return {"given_by": caller.id}


async def _on_paper(db: AsyncSession, caller: Caller, actor_id: UUID, given: ConsentCreate) -> dict[str, Any]:
    """Who signed which paper, and who recorded it. Raises Invalid, GuardianNeeded."""
    if given.channel != PAPER:
        raise Invalid(errors=[_ONLY_PAPER])
    needed = () if given.paper_file_id is not None else ("paper_reference", "paper_sha256")
    if missing := missing_of(given, "signed_by", *needed):
        raise Invalid(errors=missing)
    owners = or_(Ownership.person_id == given.signed_by, Ownership.person_id.in_(wards_of(given.signed_by)))
    if await db.scalar(select(Ownership.id).where(Ownership.actor_id == actor_id, owners, owns()).limit(1)) is None:
        raise Invalid(errors=[_NOT_AN_OWNER])
    await require_guardian(db, Person.id == given.signed_by)
    return {
        "recorded_by": caller.id,
        "signed_by": given.signed_by,
        **await paper_of(db, caller, given),
    }


async def end_consents(db: AsyncSession, caller: Caller | None, actor_id: UUID, organization_id: UUID) -> None:
    """End the live consents of a business to an organization. Emits consent.withdrawn if there was one."""
    ended = await db.scalars(
        update(Consent)
        .where(
            Consent.actor_id == actor_id,
            Consent.organization_id == organization_id,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=func.now(), withdrawn_by=caller.id if caller else None, change_xid=THIS_TRANSACTION)
        .returning(Consent.id)
    )
    consent_ids = ended.all()
    changes = {"withdrawn_at": "now", "withdrawn_by": str(caller.id) if caller else None}
    audit.record(db, audit.Action.changed, "consents", consent_ids, about=[actor_id], after=changes)
    if consent_ids:
        await outbox.record(
            db, "consent.withdrawn", actor_id, by=caller, actor_id=actor_id, organization_id=organization_id
        )


async def get_consent(db: AsyncSession, caller: Caller, actor_id: UUID, consent_id: UUID) -> Consent:
    """A consent of a business within the caller's rows. Raises ActorNotFound, ConsentNotFound."""
    actor = await require_actor(db, caller, actor_id)
    return await find_consent(db, actor.id, consent_id)


async def find_consent(db: AsyncSession, actor_id: UUID, consent_id: UUID, *, for_update: bool = False) -> Consent:
    """A consent of a business. Raises ConsentNotFound."""
    query = select(Consent).where(Consent.id == consent_id, Consent.actor_id == actor_id)
    consent = await db.scalar(query.with_for_update() if for_update else query)
    if consent is None:
        raise ConsentNotFound()
    return consent


async def checked_words(
    db: AsyncSession, organization_id: UUID, purpose: ConsentPurpose, text_version: str
) -> dict[str, Any]:
    """The words that are agreed to, if there are such and the recipient is an active bank. Raises Invalid."""
    faults: list[Fault] = []
    organization = await db.get(Organization, organization_id)
    if organization is None or organization.kind is not OrganizationKind.bank or not organization.is_active:
        faults.append(_NOT_A_BANK)
    words = [t for t in consent_texts() if t["version"] == text_version and t["purpose"] == purpose]
    if not words:
        faults.append(_TEXT_UNKNOWN)
    if faults:
        raise Invalid(errors=faults)
    return words[0]


_NOT_A_BANK = fault(
    "#/organization_id",
    "not_an_active_bank",
    id="Pilih bank yang aktif dari /v1/organizations",
    en="Choose an active bank from /v1/organizations",
)
_TEXT_UNKNOWN = fault(
    "#/text_version",
    "text_version_unknown",
    id="Versi teks persetujuan tidak dikenal; lihat /v1/consent-texts",
    en="No such version of the consent text; see /v1/consent-texts",
)
_STAFF_RECORD_PAPER = fault(
    "#/channel",
    "only_staff_record_paper",
    id="Persetujuan di atas kertas dicatat oleh petugas PLUT",
    en="PLUT's staff record what was signed on paper",
)
_ONLY_PAPER = fault(
    "#/channel",
    "only_owner_consents",
    id="Petugas hanya dapat mencatat persetujuan yang ditandatangani pemilik di atas kertas (paper)",
    en="Staff can only record what an owner signed on paper (`paper`)",
)
_NOT_AN_OWNER = fault(
    "#/signed_by",
    "not_an_owner",
    id="Penanda tangan tidak tercatat sebagai pemilik usaha ini",
    en="Who signed is not on file as an owner of this business",
)

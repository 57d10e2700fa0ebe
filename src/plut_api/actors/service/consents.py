"""Consents: given and withdrawn by an owner, in force from the very next read (UU 27/2022 art. 20-24, 40)."""

from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import owned_by, require_actor
from plut_api.actors.models import Consent
from plut_api.actors.problems import ConsentAlreadyGiven, ConsentAlreadyWithdrawn, ConsentNotFound
from plut_api.actors.schemas.consents import ConsentCreate
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.reference.rules import rule_value

THIS_TRANSACTION = text("pg_current_xact_id()")


@cache
def consent_texts() -> list[dict[str, Any]]:
    """Every version of every consent text."""
    source = files("plut_api.actors") / "consent_texts.yaml"
    texts: list[dict[str, Any]] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return texts


async def give_consent(db: AsyncSession, caller: Caller, actor_id: UUID, given: ConsentCreate) -> Consent:
    """Let an organization see a business of the caller. A consent that has run out makes way for the new one.

    Raises ActorNotFound, Invalid (`not_an_active_bank`, `text_version_unknown`), ConsentAlreadyGiven.
    Emits consent.given.
    """
    actor = await owned_by(db, caller, actor_id)
    await _check(db, given)
    await db.execute(
        update(Consent)
        .where(
            Consent.actor_id == actor.id,
            Consent.organization_id == given.organization_id,
            Consent.purpose == given.purpose,
            Consent.withdrawn_at.is_(None),
            Consent.expires_at <= clock.now(),
        )
        .values(withdrawn_at=Consent.expires_at, change_xid=THIS_TRANSACTION)
    )
    days = await rule_value(db, "consent.valid_days")
    consent = Consent(
        actor_id=actor.id,
        given_by=caller.id,
        given_at=clock.now(),
        expires_at=clock.now() + timedelta(days=days),
        **given.model_dump(),
    )
    with refusing({"uq_consents_one_active": ConsentAlreadyGiven()}):
        db.add(consent)
        await db.flush()
    await db.refresh(consent, ["id", "given_at", "expires_at", "withdrawn_at"])
    await outbox.record(
        db, "consent.given", actor.id, by=caller, actor_id=actor.id, organization_id=consent.organization_id
    )
    return consent


async def withdraw_consent(
    db: AsyncSession, caller: Caller, actor_id: UUID, consent_id: UUID, if_match: str | None
) -> None:
    """End a consent at once. Raises ActorNotFound, ConsentNotFound, ConsentAlreadyWithdrawn, and for `If-Match`.

    Emits consent.withdrawn.
    """
    actor = await owned_by(db, caller, actor_id)
    consent = await find_consent(db, actor.id, consent_id, for_update=True)
    require_match(consent, if_match)
    if consent.withdrawn_at is not None:
        raise ConsentAlreadyWithdrawn()
    await end_consents(db, caller, actor.id, consent.organization_id)


async def end_consents(db: AsyncSession, caller: Caller | None, actor_id: UUID, organization_id: UUID) -> None:
    """End the live consents of a business to an organization. Emits consent.withdrawn if there was one."""
    ended = await db.execute(
        update(Consent)
        .where(
            Consent.actor_id == actor_id,
            Consent.organization_id == organization_id,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=func.now(), withdrawn_by=caller.id if caller else None, change_xid=THIS_TRANSACTION)
        .returning(Consent.id)
    )
    if ended.all():
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


async def _check(db: AsyncSession, given: ConsentCreate) -> None:
    faults: list[Fault] = []
    organization = await db.get(Organization, given.organization_id)
    if organization is None or organization.kind is not OrganizationKind.bank or not organization.is_active:
        faults.append(_NOT_A_BANK)
    if not any(t["version"] == given.text_version and t["purpose"] == given.purpose for t in consent_texts()):
        faults.append(_TEXT_UNKNOWN)
    if faults:
        raise Invalid(errors=faults)


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

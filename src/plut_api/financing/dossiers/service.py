"""Freezing a dossier when its referral is submitted, keeping beside it how it would stand now, and reading both."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import masked_name
from plut_api.financing.dossiers.assembling import assemble
from plut_api.financing.dossiers.comparing import Change, changes
from plut_api.financing.dossiers.content import DossierContent
from plut_api.financing.dossiers.models import Dossier
from plut_api.financing.dossiers.problems import DossierClosed, DossierNotFound
from plut_api.financing.models import Referral, ReferralState
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id
from plut_api.kit.papers import new_code

CONTENT, PRESENT = "dossiers.content", "dossiers.present"
"""What each of the two is sealed for."""
ENDED_UNFINANCED = frozenset({"rejected", "withdrawn", "expired"})
_VERIFIABLE = table(
    "verifiable_dossiers",
    *(column(name) for name in ("code", "frozen_at", "content_sha256", "business", "bank", "state")),
)


@dataclass(frozen=True)
class Opened:
    """A dossier as it was sent, what changed since, and when that was compared (None: nothing happened since)."""

    row: Dossier
    content: DossierContent
    changes: list[Change]


async def freeze(db: AsyncSession, referral: Referral) -> None:
    """Keep what the bank is given with a referral, as it is at this moment. A second time changes nothing.

    Needs the rows of the business, so it runs for owners and staff, or in the worker; never behind a bank's wall.
    """
    if await db.scalar(select(Dossier.id).where(Dossier.referral_id == referral.id)) is not None:
        return
    content = await assemble(db, referral)
    frozen = content.model_dump_json()
    db.add(
        Dossier(
            id=new_id(),
            referral_id=referral.id,
            code=new_code(),
            frozen_at=clock.now(),
            content_sealed=vault().seal(CONTENT, frozen),
            content_sha256=hashlib.sha256(frozen.encode()).digest(),
            business_masked=masked_name(content.business.name or ""),
        )
    )
    await db.flush()


async def compare(db: AsyncSession, row: Dossier, referral: Referral) -> None:
    """Keep how a dossier would stand now, where the referral is still with the bank."""
    present = await assemble(db, referral)
    row.present_sealed, row.compared_at = vault().seal(PRESENT, present.model_dump_json()), clock.now()
    await db.flush()


async def read(db: AsyncSession, referral: Referral, *, for_bank: bool) -> Opened:
    """A referral's dossier. A bank reads it until the referral ended without financing.

    Raises DossierNotFound, DossierClosed.
    """
    row = await db.scalar(select(Dossier).where(Dossier.referral_id == referral.id))
    if row is None:
        raise DossierNotFound()
    if row.content_sealed is None or (for_bank and referral.state in ENDED_UNFINANCED):
        raise DossierClosed()
    content = DossierContent.model_validate_json(vault().open(CONTENT, row.content_sealed))
    if row.present_sealed is None:
        return Opened(row, content, [])
    return Opened(
        row, content, changes(content, DossierContent.model_validate_json(vault().open(PRESENT, row.present_sealed)))
    )


async def verifiable(db: AsyncSession, code: str) -> Any:
    """What anybody may know of a dossier, whoever asks. Raises DossierNotFound."""
    row = (await db.execute(select(_VERIFIABLE).where(_VERIFIABLE.c.code == code))).one_or_none()
    if row is None:
        raise DossierNotFound()
    return row


async def dossiers_with_banks(db: AsyncSession, actor_id: UUID) -> list[tuple[Dossier, Referral]]:
    """Dossiers of a business whose referral is with a bank, locked: two comparisons come one after the other."""
    query = (
        select(Dossier, Referral)
        .join(Referral, Referral.id == Dossier.referral_id)
        .where(
            Referral.actor_id == actor_id,
            Referral.state.not_in([*ENDED_UNFINANCED, ReferralState.draft, "closed"]),
            Dossier.content_sealed.is_not(None),
        )
        .order_by(Dossier.id)
        .with_for_update(of=Dossier)
    )
    return [(row, referral) for row, referral in (await db.execute(query)).all()]

"""Evidence of the sample that participants hand in themselves, and certificates that speak for a level."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.schemas.certifications import CertificationCreate
from plut_api.actors.service.certifications import add_certification, verify_certification
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.outcomes.schemas import EvidenceCreate, EvidenceReject, EvidenceVerify
from plut_api.outcomes.service import reject_evidence, set_baseline, set_target, submit_evidence, verify_evidence
from plut_api.outcomes.service.facts import know
from plut_api.sample.accompanying import consultants_in
from plut_api.sample.accounts import owner_with_account
from plut_api.sample.outcomes import REJECTED
from plut_api.sample.pictures import keep_picture

MOST = 9
"""Of each of the two."""
FACT_DAYS = 300
"""How long after completion a row of this system is sure to speak."""


async def show_more(db: AsyncSession, dinas: Caller, consultants: Sequence[Caller], rows: Sequence[Row[Any]]) -> str:
    """Of those whom nobody asked yet, some hand evidence in themselves, and certificates speak for some; in words."""
    since = clock.today() - timedelta(days=FACT_DAYS)
    late = [row for row in rows if since < row.ends_on < clock.today() - timedelta(days=40) and row.actor_id]
    by_hand, by_fact = late[:MOST], late[MOST : 2 * MOST]
    for number, row in enumerate(by_hand):
        await _hand_in(db, consultants, row, number)
    for number, row in enumerate(by_fact):
        await _certify(db, dinas, consultants, row, number)
    return (
        f"{len(by_hand)} participants who handed evidence in themselves, {len(by_fact)} certificates that prove a level"
    )


async def _aim(
    db: AsyncSession, helper: Caller, row: Row[Any], dimension: Dimension, before: int, target: int
) -> Outcome:
    outcome = await set_baseline(db, helper, row.id, dimension, '"0"', before)
    return await set_target(db, helper, row.id, dimension, f'"{outcome.version}"', target)


async def _hand_in(db: AsyncSession, consultants: Sequence[Caller], row: Row[Any], number: int) -> None:
    """A participant shows a label: verified, sent back with a next step, or waiting."""
    helper, verifier = consultants_in(row.regency_codes[0], consultants)
    await _aim(db, helper, row, Dimension.packaging, 1, 2)
    owner = await owner_with_account(db, person_id=row.person_id)
    photo = await keep_picture(db, owner, "label-contoh.png", 100_000 + number)
    given = EvidenceCreate(kind="label", claimed_level=2, note="Label baru (contoh).", files=[photo])
    evidence = await submit_evidence(db, owner, row.id, Dimension.packaging, given)
    if number % 3 == 0:
        await verify_evidence(db, verifier, evidence.id, EvidenceVerify(level=2, note="Label lengkap (contoh)."))
    elif number % 3 == 1:
        reason, step = REJECTED
        await reject_evidence(db, verifier, evidence.id, EvidenceReject(reason=reason, next_step=step))


async def _certify(db: AsyncSession, dinas: Caller, consultants: Sequence[Caller], row: Row[Any], number: int) -> None:
    """A halal certificate that was issued after the training, and compared by staff, speaks for itself."""
    helper, _ = consultants_in(row.regency_codes[0], consultants)
    await _aim(db, helper, row, Dimension.product, 0, 3)
    issued_on = row.ends_on + timedelta(days=30)
    given = CertificationCreate(kind="halal", number=f"ID5221100{number:010d}", issued_on=issued_on)
    certificate = await add_certification(db, dinas, row.actor_id, given)
    await verify_certification(db, dinas, row.actor_id, certificate.id)
    await know(db, "certification.halal", row.actor_id, "certifications", certificate.id, since=issued_on)

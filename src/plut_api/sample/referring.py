"""Plays the requests for financing of the sample: each move on its day, by who makes it, through the same services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.schemas.consents import ConsentCreate
from plut_api.actors.service import give_consent
from plut_api.financing.models import DocumentRequest, Referral
from plut_api.financing.models import ReferralState as S
from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.referrals.documents import supply
from plut_api.financing.referrals.ending import acknowledge_end
from plut_api.financing.referrals.jobs import note_late
from plut_api.financing.referrals.making import make_referral
from plut_api.financing.referrals.moving import SYSTEM, Mover, end_consent, enter
from plut_api.financing.referrals.queues import advance
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.service import move_referral
from plut_api.financing.referrals.states import Side
from plut_api.financing.schemas.referral_documents import EndAcknowledgement, ReferralDocumentCreate
from plut_api.financing.schemas.referrals import ReferralCreate, ReferralMove
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import clock_at
from plut_api.sample.pictures import keep_picture
from plut_api.sample.programs import days_before
from plut_api.sample.repaying import pay_back
from plut_api.sample.stories import STORIES, Step, Story

TENOR = 24
"""Months that are asked for."""
# What this load wrote came to be on the days on which it happened, not at the instant of the load.
_AGED = (
    text("""
        UPDATE referral_transitions t SET created_at = told.made_at
        FROM (SELECT id, referral_id, row_number() OVER (PARTITION BY referral_id ORDER BY id) AS place
              FROM referral_transitions) numbered
        JOIN unnest(CAST(:ids AS uuid[]), CAST(:places AS bigint[]), CAST(:days AS timestamptz[]))
            AS told (referral_id, place, made_at) USING (referral_id, place)
        WHERE numbered.id = t.id
    """),
    text("""
        UPDATE referrals r SET updated_at = r.state_since,
            created_at = (SELECT min(t.created_at) FROM referral_transitions t WHERE t.referral_id = r.id)
    """),
    text("""
        UPDATE document_requests d SET created_at = t.created_at FROM referral_transitions t
        WHERE t.referral_id = d.referral_id AND t.to_state = 'info_requested'
    """),
    text("""
        UPDATE referral_documents d SET created_at = t.created_at FROM referral_transitions t
        WHERE t.referral_id = d.referral_id AND t.to_state = 'info_provided'
    """),
    text("UPDATE dossiers SET created_at = frozen_at"),
    text("UPDATE consents SET created_at = given_at"),
    text("""
        UPDATE consents c SET withdrawn_at = r.state_since FROM referrals r
        WHERE c.withdrawn_at IS NOT NULL AND r.actor_id = c.actor_id AND r.bank_id = c.organization_id
            AND r.state IN ('rejected', 'withdrawn', 'expired')
    """),
)


@dataclass
class Stage:
    """Who takes part: bankers by the code of their bank, what the banks offer, and who owns the business."""

    bankers: Mapping[str, Caller]
    offered: Mapping[str, FinancingProduct]
    moved: list[tuple[UUID, datetime]] = field(default_factory=list)
    """Each move of each request, in order, with its instant."""

    def bank_id(self, code: str) -> UUID:
        """The bank of a banker."""
        bank_id = self.bankers[code].organization_id
        if bank_id is None:
            raise LookupError(f"nobody works for {code}")
        return bank_id


async def refer(db: AsyncSession, stage: Stage, rows: Sequence[Row[Any]], owners: Sequence[Caller]) -> str:
    """Play every story with a business and its owner; how many there are, in words."""
    for number, (story, row, owner) in enumerate(zip(STORIES, rows, owners, strict=True)):
        await _play(db, stage, story, row, owner, number)
    await _set_back(db, stage)
    await note_late(db)
    return f"{len(STORIES)} requests for financing in {len(S)} states"


async def _play(db: AsyncSession, stage: Stage, story: Story, row: Row[Any], owner: Caller, number: int) -> None:
    banks = [bank for bank in (story.bank, story.next_bank) if bank is not None]
    day = clock.today() - timedelta(days=story.days_ago)
    with clock_at(days_before(day, 1)):
        for bank in banks:
            given = ConsentCreate(organization_id=stage.bank_id(bank), text_version="1")
            await give_consent(db, owner, row.actor_id, given)
    with clock_at(days_before(day, 0)):
        referral = await make_referral(db, owner, _asked(stage, story, row, banks))
        stage.moved.append((referral.id, clock.now()))
        if referral.queue_id is not None:
            others = select(Referral.id).where(Referral.queue_id == referral.queue_id, Referral.id != referral.id)
            stage.moved += [(other, clock.now()) for other in await db.scalars(others)]
    for step in story.steps:
        day += timedelta(days=step.days)
        with clock_at(days_before(day, 0, hour=11)):
            await _move(db, stage, story, referral, step, owner, number)
    if story.next_bank is not None:
        with clock_at(days_before(day, 0, hour=12)):
            await _ask_next(db, stage, referral)
    if story.is_acknowledged:
        with clock_at(days_before(day, -1)):
            gone = EndAcknowledgement(data_removed_on=clock.today())
            await acknowledge_end(db, stage.bankers[story.bank], referral.id, gone)
    if story.late:
        times = await pay_back(db, stage.bankers[story.bank], referral, story.late, closes=story.is_paid_back)
        stage.moved += [(referral.id, instant) for instant in times]


def _asked(stage: Stage, story: Story, row: Row[Any], banks: Sequence[str]) -> ReferralCreate:
    given: dict[str, Any] = {
        "actor_id": row.actor_id,
        "bank_ids": [stage.bank_id(bank) for bank in banks],
        "product_id": stage.offered[story.product].id if story.product else None,
        "amount_idr": row.amount_idr,
        "tenor_months": TENOR,
        "purpose": "Alat kerja (contoh).",
        "submit": story.is_sent,
    }
    return ReferralCreate.model_validate(given)


async def _move(
    db: AsyncSession, stage: Stage, story: Story, referral: Referral, step: Step, owner: Caller, number: int
) -> None:
    stage.moved.append((referral.id, clock.now()))
    if step.side is Side.system:
        await enter(db, referral, step.to, Mover(SYSTEM), reason=ReasonCode.ran_out)
        await end_consent(db, referral, None)
        return
    if step.to is S.info_provided:
        await _supply(db, owner, referral, number)
    caller = owner if step.side is Side.applicant else stage.bankers[story.bank]
    given = {"to": step.to, **(step.given or {}), **_amounts(step.to, referral)}
    await move_referral(db, caller, referral.id, None, ReferralMove.model_validate(given))


def _amounts(to: S, referral: Referral) -> dict[str, Any]:
    """All that was asked for is approved, and paid out."""
    if to is S.approved:
        return {"approved_amount_idr": referral.amount_idr}
    if to is S.disbursed:
        return {"disbursed_amount_idr": referral.approved_amount_idr, "disbursed_on": clock.today()}
    return {}


async def _supply(db: AsyncSession, owner: Caller, referral: Referral, number: int) -> None:
    """The owner hands in a picture of what the bank asked for."""
    asked = select(DocumentRequest.id).where(DocumentRequest.referral_id == referral.id)
    file_id = await keep_picture(db, owner, "nota-contoh.png", 200_000 + number)
    for request_id in await db.scalars(asked):
        await supply(db, owner, referral.id, ReferralDocumentCreate(file_id=file_id, request_id=request_id))


async def _ask_next(db: AsyncSession, stage: Stage, referral: Referral) -> None:
    """What the worker does when a bank said no."""
    waiting = select(Referral).where(Referral.queue_id == referral.queue_id, Referral.state == S.draft)
    following = (await db.scalars(waiting)).one()
    await advance(db, referral.id)
    await db.refresh(following)
    if following.state is S.submitted:
        stage.moved.append((following.id, clock.now()))


async def _set_back(db: AsyncSession, stage: Stage) -> None:
    """Give each move and what came with it the instant at which it was made."""
    await db.flush()
    places: dict[UUID, int] = {}
    numbered = []
    for referral_id, made_at in stage.moved:
        places[referral_id] = places.get(referral_id, 0) + 1
        numbered.append((referral_id, places[referral_id], made_at))
    ids, nth, days = ([one[column] for one in numbered] for column in range(3))
    moves, *others = _AGED
    await db.execute(moves, {"ids": ids, "places": nth, "days": days})
    for statement in others:
        await db.execute(statement)
    db.expire_all()

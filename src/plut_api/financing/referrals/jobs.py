"""What the worker does for referrals: sends to the next bank, notes what is late, ends what has run out."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals.clocks import end_of
from plut_api.financing.referrals.moving import SYSTEM, Mover, end_consent, enter
from plut_api.financing.referrals.queues import advance, end_order
from plut_api.financing.referrals.reasons import ReasonCode
from plut_api.financing.referrals.states import CLOCKS
from plut_api.kit import clock, outbox
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.reference.rules import rule_value
from plut_api.reference.working_days import working_day_before

S = ReferralState
BLOCK = 200
"""Referrals looked up at a time."""

_NOTE_LATE = text("""
    WITH late AS (
        INSERT INTO referral_breaches (id, referral_id, state, side, due_at)
        SELECT gen_random_uuid(), r.id, r.state, c.side, r.due_at
        FROM referrals r JOIN unnest(CAST(:states AS text[]), CAST(:sides AS text[])) AS c (state, side) USING (state)
        WHERE r.due_at <= :now
            AND NOT EXISTS (SELECT FROM referral_breaches b WHERE b.referral_id = r.id AND b.due_at = r.due_at)
        ON CONFLICT DO NOTHING
        RETURNING referral_id, state, side
    )
    SELECT r.id, r.actor_id, r.bank_id, r.scheme, late.state, late.side FROM late JOIN referrals r ON r.id = referral_id
""")


@on("referral.rejected", "referral.expired", "referral.withdrawn")
async def ask_next_bank(db: AsyncSession, event: Event) -> None:
    """A referral ended without financing: the next bank of its order is asked."""
    await advance(db, event.subject_id)


@on("referral.disbursed")
async def ask_no_other_bank(db: AsyncSession, event: Event) -> None:
    """A bank paid: the others of the order are not asked any more."""
    await end_order(db, event.subject_id)


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="financing.referral_clocks", queueing_lock="financing.referral_clocks")
async def look_at_clocks(timestamp: int) -> None:
    """End what has run out, then note what is late."""
    while await expire_run_out():
        pass
    async with unit_of_work(runtime().sessions) as db:
        await note_late(db)


async def note_late(db: AsyncSession) -> None:
    """Write down each clock that has run out, once. Of a draft nobody else knows. Emits referral.late.

    Leans on ix_referrals_due_at and uq_referral_breaches_referral_id_due_at.
    """
    watched = {state: ticking.side for state, ticking in CLOCKS.items() if state is not S.draft}
    rows = await db.execute(
        _NOTE_LATE, {"now": clock.now(), "states": list(watched), "sides": [side.value for side in watched.values()]}
    )
    facts = [
        (
            row.id,
            {
                "actor_id": row.actor_id,
                "organization_id": row.bank_id,
                "scheme": row.scheme,
                "state": row.state,
                "side": row.side,
            },
        )
        for row in rows
    ]
    await outbox.record_all(db, "referral.late", facts, by=None)


async def expire_run_out() -> int:
    """End a block of referrals that nobody moved in time, each in a transaction of its own; how many there were.

    Emits referral.expired. What a bank had received ends the consent to it.
    """
    async with unit_of_work(runtime().sessions) as db:
        run_out = or_(*[await _run_out(db, state) for state, ticking in CLOCKS.items() if ticking.expires_after])
        ids = (await db.scalars(select(Referral.id).where(run_out).order_by(Referral.id).limit(BLOCK))).all()
    for referral_id in ids:
        async with unit_of_work(runtime().sessions) as db:
            await _expire(db, referral_id, run_out)
    return len(ids)


async def _run_out(db: AsyncSession, state: ReferralState) -> ColumnElement[bool]:
    """The condition that a state is late and has lasted for as many working days as it may."""
    late = and_(Referral.state == state, Referral.due_at <= clock.now())
    code = CLOCKS[state].expires_after
    if code is None or code == CLOCKS[state].within:
        return late
    first_kept = await working_day_before(db, clock.today(), await rule_value(db, code))
    return late & (Referral.state_since < end_of(first_kept - timedelta(days=1)))


async def _expire(db: AsyncSession, referral_id: UUID, run_out: ColumnElement[bool]) -> None:
    query = select(Referral).where(Referral.id == referral_id, run_out).with_for_update()
    referral = await db.scalar(query)
    if referral is None:
        return  # Somebody moved it meanwhile.
    await enter(db, referral, S.expired, Mover(SYSTEM), reason=ReasonCode.ran_out)
    await end_consent(db, referral, None)

"""How long referrals take: per bank and state, what stands there, what is late, and the working days in the middle."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import ACTIVE_STATES
from plut_api.financing.referrals.problems import DinasOrBankOnly
from plut_api.financing.referrals.states import CLOCKS
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role
from plut_api.reference.rules import rule_value
from plut_api.reference.working_days import IS_WORKING_DAY

# A day's number is how many working days there were up to it, so two numbers apart are the working days between.
_TIMING = text(f"""
    WITH numbered AS (
        SELECT CAST(d.day AS date) AS day, count(*) FILTER (WHERE {IS_WORKING_DAY}) OVER (ORDER BY d.day) AS number
        FROM generate_series(CAST(:since AS date), CAST(:today AS date), interval '1 day') AS d (day)
    ), moves AS (
        SELECT r.bank_id, t.to_state AS state, t.created_at AS entered_at,
            lead(t.created_at) OVER (PARTITION BY t.referral_id ORDER BY t.id) AS left_at
        FROM referral_transitions t JOIN referrals r ON r.id = t.referral_id
        WHERE t.created_at >= CAST(:since AS date) AND (CAST(:bank AS uuid) IS NULL OR r.bank_id = :bank)
    ), spent AS (
        SELECT m.bank_id, m.state, left_on.number - entered_on.number AS days
        FROM moves m
        JOIN numbered entered_on ON entered_on.day = CAST(m.entered_at AT TIME ZONE 'Asia/Makassar' AS date)
        JOIN numbered left_on ON left_on.day = CAST(m.left_at AT TIME ZONE 'Asia/Makassar' AS date)
        WHERE m.state = ANY(:states)
    ), past AS (
        SELECT bank_id, state, count(*) AS ended, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median
        FROM spent GROUP BY bank_id, state
    ), present AS (
        SELECT bank_id, state, count(*) AS open, count(*) FILTER (WHERE due_at <= :now) AS late
        FROM referrals
        WHERE state = ANY(:states) AND (CAST(:bank AS uuid) IS NULL OR bank_id = :bank) GROUP BY bank_id, state
    )
    SELECT bank_id, o.name AS bank_name, state, coalesce(open, 0) AS open_count, coalesce(late, 0) AS late_count,
        coalesce(ended, 0) AS ended_count, median AS median_working_days
    FROM past FULL JOIN present USING (bank_id, state) JOIN organizations o ON o.id = bank_id
    ORDER BY o.name, bank_id, array_position(CAST(:states AS text[]), state)
""")  # noqa: S608 (what is put in is ours)


class Timing(NamedTuple):
    """Rows of `ClockRead`, and the first day of the period that medians are over."""

    since: date
    rows: list[dict[str, Any]]


async def clocks_of_banks(db: AsyncSession, caller: Caller, bank_id: UUID | None) -> Timing:
    """The clocks of all banks or of one, for the Dinas; a bank's own, for a bank. Raises DinasOrBankOnly."""
    if caller.role is not Role.dinas and not caller.is_bank:
        raise DinasOrBankOnly()
    since = clock.today() - timedelta(days=await rule_value(db, "referral.timing.days"))
    states = [state.value for state in ACTIVE_STATES]
    asked = {
        "since": since,
        "today": clock.today(),
        "now": clock.now(),
        "states": states,
        "bank": caller.organization_id if caller.is_bank else bank_id,
    }
    found = (await db.execute(_TIMING, asked)).mappings()
    sides = {state.value: ticking.side for state, ticking in CLOCKS.items()}
    return Timing(since, [{**row, "side": sides[row["state"]]} for row in found])

"""When a state runs out: rule values in working days, from the day after it was entered."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals.states import CLOCKS, CLOSES_CONSENT
from plut_api.kit import clock
from plut_api.reference.rules import rule_value
from plut_api.reference.working_days import working_day_after


async def due_at(
    db: AsyncSession, referral: Referral, state: ReferralState, until: date | None = None
) -> datetime | None:
    """When the clock of a state runs out that is entered now: at the end of a day; None if none runs.

    `until` is the last day that a bank set itself. What no bank ever saw leaves nothing to acknowledge.
    """
    ticking = CLOCKS.get(state)
    if ticking is None or (state in CLOSES_CONSENT and referral.submitted_at is None):
        return None
    return end_of(until) if until is not None else await runs_out(db, ticking.within)


async def runs_out(db: AsyncSession, code: str) -> datetime:
    """The end of the last of so many working days from now, as a rule value says. Asked for once a transaction."""
    known: dict[tuple[str, date], datetime] = db.info.setdefault("referral_clocks", {})
    key = (code, clock.today())
    if key not in known:
        known[key] = end_of(await working_day_after(db, clock.today(), await rule_value(db, code)))
    return known[key]


def end_of(day: date) -> datetime:
    """The instant at which a day in WITA is over."""
    return datetime.combine(day + timedelta(days=1), time(), clock.WITA)

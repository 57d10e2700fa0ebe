"""Working days: Monday to Friday without national holidays and joint leave, as `holidays` has them."""

from datetime import date, timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

IS_WORKING_DAY = (
    "extract(isodow FROM d.day) < 6 AND NOT EXISTS (SELECT FROM holidays h WHERE h.day = CAST(d.day AS date))"
)
"""SQL: whether `d.day` is one."""

_AFTER = text(
    f"SELECT CAST(d.day AS date) FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') "  # noqa: S608
    f"AS d (day) WHERE {IS_WORKING_DAY} ORDER BY d.day LIMIT 1 OFFSET :passed"
)
_BEFORE = text(
    f"SELECT CAST(d.day AS date) FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') "  # noqa: S608
    f"AS d (day) WHERE {IS_WORKING_DAY} ORDER BY d.day DESC LIMIT 1 OFFSET :passed"
)


async def working_day_after(db: AsyncSession, day: date, days: int) -> date:
    """The day on which so many working days (1 or more) have passed since a day, which itself does not count.

    Raises ValueError for fewer than one.
    """
    return await _counted(db, _AFTER, days, day + timedelta(days=1), day + _reach(days))


async def working_day_before(db: AsyncSession, day: date, days: int) -> date:
    """The day from which so many working days (1 or more) lead up to a day, which itself does not count.

    Raises ValueError for fewer than one.
    """
    return await _counted(db, _BEFORE, days, day - _reach(days), day - timedelta(days=1))


async def _counted(db: AsyncSession, statement: TextClause, days: int, first: date, last: date) -> date:
    if days < 1:
        raise ValueError("at least one working day is counted")
    found = await db.scalar(statement, {"first": first, "last": last, "passed": days - 1})
    if not isinstance(found, date):
        raise ValueError(f"no working day between {first} and {last}")
    return found


def _reach(days: int) -> timedelta:
    """So far that there are enough working days within, whatever the holidays: the longest leave is under two weeks."""
    return timedelta(days=days * 3 + 30)

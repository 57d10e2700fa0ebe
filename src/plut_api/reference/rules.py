"""Dated rule values: every threshold, bound and term that a rule needs is read here, none is a constant."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.reference.queries import values_in_force


async def rule_value(db: AsyncSession, code: str, on: date | None = None) -> int:
    """The value of a code on a day (today in WITA by default), in the unit that the code names.

    Raises LookupError if there is none: a rule without its threshold must not decide anything.
    """
    return (await rule_values(db, code, on))[code]


async def rule_values(db: AsyncSession, prefix: str, on: date | None = None) -> dict[str, int]:
    """The values of all codes that begin with the prefix, by code. Raises LookupError if there is none."""
    day = on or clock.today()
    rows = await db.scalars(values_in_force(prefix, day).query)
    found: dict[str, int] = {row.code: row.value for row in rows}
    if not found:
        raise LookupError(f"no rule value {prefix!r} holds on {day}")
    return found

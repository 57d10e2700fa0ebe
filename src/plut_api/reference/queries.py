"""Reads of reference data: one statement each."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Double, and_, case, func, literal, or_, select

from plut_api.kit.search import Ordered, alike, distance, escaped
from plut_api.reference.models import Holiday, HolidayKind, Kbli, KbliLevel, Region, RegionLevel, RuleValue


def regions(
    *,
    parents: Sequence[str] | None,
    levels: Sequence[RegionLevel] | None,
    text: str | None,
    include_retired: bool,
) -> Ordered:
    """Regions by code, or the likest first. Leans on ix_regions_parent_code and ix_regions_name_trgm."""
    query = select(Region)
    if parents:
        query = query.where(Region.parent_code.in_(parents))
    if levels:
        query = query.where(Region.level.in_(levels))
    if not include_retired:
        query = query.where(Region.retired_on.is_(None))
    if text is None:
        return Ordered(query, (Region.code,))
    return Ordered(query.where(alike(Region.name, text)), (distance(Region.name, text), Region.code), fuzzy=True)


def kbli(
    *, version: str, levels: Sequence[KbliLevel] | None, parents: Sequence[str] | None, text: str | None
) -> Ordered:
    """Codes of one version by code; with a text, codes that begin with it come first, then the likest titles.

    Leans on ix_kbli_parent and ix_kbli_title_trgm.
    """
    query = select(Kbli).where(Kbli.version == version)
    if parents:
        query = query.where(Kbli.parent_code.in_(parents))
    if levels:
        query = query.where(Kbli.level.in_(levels))
    if text is None:
        return Ordered(query, (Kbli.code,))
    begins = Kbli.code.like(f"{escaped(text)}%", escape="\\")
    nearness = case((begins, literal(0.0, Double)), else_=distance(Kbli.title, text))
    return Ordered(query.where(or_(begins, alike(Kbli.title, text))), (nearness, Kbli.code), fuzzy=True)


def holidays_between(*, first: date | None, last: date | None, kinds: Sequence[HolidayKind] | None) -> Ordered:
    """Holidays by day."""
    query = select(Holiday)
    if first is not None:
        query = query.where(Holiday.day >= first)
    if last is not None:
        query = query.where(Holiday.day <= last)
    if kinds:
        query = query.where(Holiday.kind.in_(kinds))
    return Ordered(query, (Holiday.day, Holiday.kind))


def values_in_force(prefix: str, on: date) -> Ordered:
    """The value of each code that begins so, as it holds on a day; of two that overlap, the one that began later."""
    newest = (
        select(RuleValue.code, func.max(RuleValue.valid_from).label("valid_from"))
        .where(
            RuleValue.code.startswith(prefix, autoescape=True),
            RuleValue.valid_from <= on,
            or_(RuleValue.valid_to.is_(None), RuleValue.valid_to >= on),
        )
        .group_by(RuleValue.code)
        .subquery("newest")
    )
    same = and_(RuleValue.code == newest.c.code, RuleValue.valid_from == newest.c.valid_from)
    return Ordered(select(RuleValue).join(newest, same), (RuleValue.code,))

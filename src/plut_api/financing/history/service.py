"""Reading the history of a business or cooperative."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.cooperatives.records.access import require_recorded
from plut_api.financing.generations import rule_set_called
from plut_api.financing.history.causes import words_of
from plut_api.financing.history.schemas import ReadinessChangePage, ReadinessChangeRead, RuleChange
from plut_api.financing.models import ReadinessChange
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.pages import Paging

Titles = Mapping[str, Mapping[str, Text]]
"""Titles of rules by version and code."""


async def page_of_business(
    db: AsyncSession, caller: Caller, actor_id: UUID, paging: Paging, locale: Locale
) -> ReadinessChangePage:
    """What changed in the results of a business, the newest first. Raises ActorNotFound, InvalidCursor."""
    actor = await require_actor(db, caller, actor_id)
    return await _page(db, paging, ReadinessChange.actor_id == actor.id, locale)


async def page_of_cooperative(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, paging: Paging, locale: Locale
) -> ReadinessChangePage:
    """The same of a cooperative whose records the caller reaches. Raises CooperativeNotFound, InvalidCursor."""
    cooperative = await require_recorded(db, caller, cooperative_id)
    return await _page(db, paging, ReadinessChange.cooperative_id == cooperative.id, locale)


async def _page(db: AsyncSession, paging: Paging, condition: Any, locale: Locale) -> ReadinessChangePage:
    page = await paging.fetch(db, select(ReadinessChange).where(condition), ReadinessChange.id, descending=True)
    titles = await _titles(db, {v for row in page["data"] for v in (row.rule_set, row.from_rule_set) if v})
    return ReadinessChangePage(**page | {"data": [_shape(row, titles, locale) for row in page["data"]]})


async def _titles(db: AsyncSession, versions: Iterable[str]) -> Titles:
    found: dict[str, Mapping[str, Text]] = {}
    for version in versions:
        rules = (await rule_set_called(db, version)).rules
        found[version] = {rule.code: Text(id=rule.title.id, en=rule.title.en) for rule in rules}
    return found


def _shape(row: ReadinessChange, titles: Titles, locale: Locale) -> ReadinessChangeRead:
    known = {**titles.get(row.from_rule_set or "", {}), **titles.get(row.rule_set, {})}
    names = ("id", "created_at", "rule_set", "from_rule_set", "from_status", "to_status", "from_score", "to_score")
    return ReadinessChangeRead(
        **{name: getattr(row, name) for name in names},
        rules=[
            RuleChange(code=code, title=_title(known, code, locale), before=before, after=after)
            for code, before, after in row.rules
        ],
        cause=row.cause,
        because=words_of(row.cause).in_locale(locale),
        event_id=row.event_id,
    )


def _title(known: Mapping[str, Text], code: str, locale: Locale) -> str:
    return known[code].in_locale(locale) if code in known else code

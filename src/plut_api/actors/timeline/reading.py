"""Reading the timeline of a business: one query over what all rooms tell, then words for who reads."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Uuid, bindparam, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import people_visible_to, require_actor
from plut_api.actors.models import Person, Sex
from plut_api.actors.timeline.schemas import Teller, TimelineEntry
from plut_api.identity.models import Account, Client
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.pages import Paging
from plut_api.kit.timeline import KINDS, story
from plut_api.organizations.models import Organization

_YOU = Text(id="Anda", en="you")
_SOMEBODY = Text(id="seorang dari usaha ini", en="somebody of this business")
_TITLES = {Sex.female: Text(id="Ibu {name}", en="Ms {name}"), Sex.male: Text(id="Bapak {name}", en="Mr {name}")}
_ROLES = {"person": "owner", "private": "partner", "university": "partner"}


def entries(caller: Caller, actor_id: UUID, kinds: Sequence[str] | None) -> Select[Any]:
    """The entries of a business, with the role of who did it, and whom it is about if the caller may read them."""
    told = story(bindparam("told_of", actor_id, type_=Uuid))
    doer, client, house, person = aliased(Account), aliased(Client), aliased(Organization), Person
    role = func.coalesce(cast(doer.role, String), cast(house.kind, String))
    query: Select[Any] = (
        select(
            told.c.at,
            told.c.row_id,
            told.c.kind,
            told.c.facts,
            told.c.person_id,
            role.label("role"),
            (told.c.by_id == caller.id).label("by_me"),
            (person.account_id == caller.id).label("about_me"),
            person.full_name,
            case((person.id.is_not(None), person.sex)).label("sex"),
        )
        .select_from(told)
        .outerjoin(doer, doer.id == told.c.by_id)
        .outerjoin(client, client.id == told.c.by_id)
        .outerjoin(house, house.id == client.organization_id)
        .outerjoin(person, (person.id == told.c.person_id) & people_visible_to(caller))
    )
    return query.where(told.c.kind.in_(kinds)) if kinds else query


async def timeline_of(
    db: AsyncSession, caller: Caller, actor_id: UUID, kinds: Sequence[str] | None, paging: Paging, locale: Locale
) -> dict[str, Any]:
    """One page of what happened to a business, newest first. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    query = entries(caller, actor.id, kinds)
    told = query.selected_columns
    page = await paging.fetch(db, query, told.at, told.row_id, told.kind, descending=True)
    return page | {"data": [_shape(row, actor.id, locale) for row in page["data"]]}


def _shape(row: Any, actor_id: UUID, locale: Locale) -> TimelineEntry:
    telling = KINDS[row.kind]
    return TimelineEntry(
        at=row.at,
        kind=row.kind,
        by=Teller(role=_ROLES.get(row.role, row.role), is_me=bool(row.by_me)),
        href=telling.address(row.facts, actor_id, row.row_id),
        words=telling.words(row.facts, _who(row, locale), locale)[:1000],
    )


def _who(row: Any, locale: Locale) -> str:
    """How the person an entry is about is spoken of: by name only to those who may read them."""
    if row.about_me:
        return _YOU.in_locale(locale)
    if row.full_name is None:
        return _SOMEBODY.in_locale(locale)
    title = _TITLES.get(row.sex)
    return title.in_locale(locale, name=row.full_name) if title is not None else str(row.full_name)

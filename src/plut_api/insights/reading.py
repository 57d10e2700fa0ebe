"""Reading the work list of the caller: one query over what all rooms offer, then names and words."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.access import assigned_to, require_staff
from plut_api.actors.models import Actor, Ownership, Person, acts
from plut_api.insights.kinds import OFFERS
from plut_api.insights.schemas import Named, WorkCount, WorkItem
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import Cursors
from plut_api.kit.problems import Invalid, fault
from plut_api.kit.work_lists import KINDS, MOST_COUNTED, Asked, Place, WorkKind, counted, kinds_for, waiting
from plut_api.reference.rules import rule_values

assert OFFERS  # noqa: S101 (importing them fills the register)


async def work_list(
    db: AsyncSession, caller: Caller, cursors: Cursors, kinds: Collection[str] | None, overdue: bool, locale: Locale
) -> dict[str, Any]:
    """One page of what waits for the caller, the longest due first. Raises StaffOnly, Invalid, InvalidCursor."""
    asked = await _asked(db, caller)
    there = _kinds(caller, kinds)
    after = _place(await cursors.position())
    query = waiting(asked, there, after=after, overdue=overdue, limit=cursors.limit + 1)
    rows = (await db.execute(_named(caller, query))).all()
    page, next_cursor = rows[: cursors.limit], None
    if len(rows) > cursors.limit:
        last = page[-1]
        next_cursor = await cursors.seal([last.due_at.isoformat(), last.kind, str(last.row_id)])
        cursors.link(next_cursor)
    return {"data": [_item(row, asked.now, locale) for row in page], "next_cursor": next_cursor}


async def work_summary(db: AsyncSession, caller: Caller, locale: Locale) -> list[WorkCount]:
    """How much of each kind waits for the caller. Raises StaffOnly."""
    asked = await _asked(db, caller)
    rows = (await db.execute(counted(asked, _kinds(caller, None)))).all()
    return [
        WorkCount(
            kind=row.kind,
            title=KINDS[row.kind].title.in_locale(locale),
            tasks=row.tasks,
            overdue=row.overdue,
            is_more=row.tasks > MOST_COUNTED,
        )
        for row in rows
    ]


async def _asked(db: AsyncSession, caller: Caller) -> Asked:
    require_staff(caller)
    values: Mapping[str, int] = await rule_values(db, "")
    return Asked(caller, clock.now(), clock.today(), values)


def _kinds(caller: Caller, wanted: Collection[str] | None) -> list[WorkKind]:
    """The kinds at the caller's desk that are wanted. Raises Invalid: one that is not at this desk."""
    there = kinds_for(caller.role)
    unknown = sorted(set(wanted or ()) - {kind.code for kind in there})
    if unknown:
        known = ", ".join(kind.code for kind in there)
        raise Invalid(
            errors=[
                fault("/query/kind", "work_kind_unknown", id=f"Pilih di antara: {known}", en=f"Choose among: {known}")
            ]
        )
    return kinds_for(caller.role, wanted) if wanted else there


def _place(position: list[Any] | None) -> Place | None:
    if position is None:
        return None
    due_at, kind, row_id = position
    return Place(datetime.fromisoformat(due_at), kind, UUID(row_id))


def _named(caller: Caller, query: Select[Any]) -> Select[Any]:
    """The tasks of a page with the names of whom they are about; of a business, an owner whom the caller reaches."""
    tasks = query.subquery("tasks")
    owned = aliased(Ownership)
    owner = select(owned.person_id).where(owned.actor_id == tasks.c.actor_id, acts(owned))
    if caller.role is Role.consultant:
        owner = owner.where(assigned_to(caller.id, owned.person_id))
    first = owner.order_by(owned.id).limit(1).correlate(tasks).scalar_subquery()
    about = select(func.coalesce(tasks.c.person_id, first).label("id")).correlate(tasks).lateral("about")
    return (
        select(*tasks.c, about.c.id.label("about_id"), Person.full_name, Actor.name.label("business"))
        .select_from(tasks)
        .join(about, true())
        .outerjoin(Person, Person.id == about.c.id)
        .outerjoin(Actor, Actor.id == tasks.c.actor_id)
        .order_by(tasks.c.due_at, tasks.c.kind, tasks.c.row_id)
    )


def _item(row: Any, now: datetime, locale: Locale) -> WorkItem:
    kind = KINDS[row.kind]
    return WorkItem(
        kind=row.kind,
        due_at=row.due_at,
        overdue=row.due_at < now,
        person=Named(id=row.about_id, name=row.full_name) if row.full_name is not None else None,
        actor=Named(id=row.actor_id, name=row.business) if row.business is not None else None,
        row_id=row.row_id,
        href=kind.address(row),
        words=kind.words(row.facts, locale)[:1000],
    )

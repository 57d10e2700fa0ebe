"""Reading a report: two statements over the same seats, and the names of what its rows stand for."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import SegmentKind
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.actors.service.people_listing import require_segments
from plut_api.insights.reports import seats
from plut_api.insights.reports.asked import Grouping, Narrowing, Opened
from plut_api.insights.reports.schemas import Asked, Movement, OutcomeReport, ReportRow
from plut_api.insights.reports.words import FUNDS, NOBODY, SEGMENTS, UNKNOWN
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale
from plut_api.kit.pages import Paging
from plut_api.organizations.models import Organization
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import Enrolment, Program
from plut_api.programs.topics import topics
from plut_api.reference.models import Region

MOST = 2000
"""Groups that one answer holds."""
_NONE = {"assessed": 0, "aimed": 0, "mean_baseline": None, "mean_level": None} | dict.fromkeys(
    (figure.value for figure in seats.OF_ONE), 0
)


async def outcome_report(
    db: AsyncSession, caller: Caller, wanted: Narrowing, grouping: Grouping, locale: Locale
) -> OutcomeReport:
    """What training came to, by group, the largest first. Raises Forbidden."""
    require_segments(caller, wanted.segment or ())
    rows = (await db.execute(seats.totals(caller, wanted, grouping).limit(MOST + 1))).all()
    moved: dict[tuple[str | None, Dimension], Mapping[str, Any]] = {
        (row["key"], row["dimension"]): row
        for row in (await db.execute(seats.movements(caller, wanted, grouping))).mappings()
    }
    asked: dict[str | None, list[Asked]] = {}
    for row in await db.execute(seats.follow_ups(caller, wanted, grouping)):
        asked.setdefault(row.key, []).append(Asked.model_validate(row))
    kept = [row for row in rows[:MOST] if _may_see(caller, grouping, row.key)]
    names = await _names(db, grouping, [row.key for row in kept if row.key is not None], locale)
    data = [
        _row(row, moved, asked.get(row.key, []), wanted, grouping, names.get(row.key, UNKNOWN.in_locale(locale)))
        for row in kept
    ]
    return OutcomeReport(by=grouping, as_of=wanted.as_of, data=data, is_cut=len(rows) > MOST)


async def page_behind(
    db: AsyncSession, paging: Paging, caller: Caller, wanted: Narrowing, opened: Opened
) -> dict[str, Any]:
    """The enrolments behind a figure, oldest first. Raises Forbidden, InvalidCursor."""
    require_segments(caller, wanted.segment or ())
    page = await paging.fetch(db, seats.behind(caller, wanted, opened), Enrolment.id)
    people, actors = [row.person_id for row in page["data"]], [row.actor_id for row in page["data"]]
    await note_shown(db, caller, ("person_name", "enrolment"), purpose=TRAINING, people=people, actors=actors)
    return page


def _may_see(caller: Caller, grouping: Grouping, key: str | None) -> bool:
    hidden = grouping is Grouping.segment and key == SegmentKind.disability
    return not hidden or "disability:read" in caller.scopes


def _row(
    row: Any, moved: Mapping[Any, Mapping[str, Any]], asked: list[Asked], wanted: Narrowing, by: Grouping, name: str
) -> ReportRow:
    return ReportRow(
        key=None if by is Grouping.everything else row.key,
        name=name,
        participants=row.participants,
        completed=row.completed,
        all_five=row.all_five,
        share_all_five=row.all_five / row.participants if row.participants else None,
        proven=row.proven,
        cost_idr=row.cost_idr,
        cost_per_proven_idr=round(row.cost_idr / row.proven) if row.proven else None,
        dimensions=[
            Movement.model_validate({"dimension": one, **_NONE, **moved.get((row.key, one), {})}) for one in Dimension
        ],
        follow_ups=asked,
        rows=None if row.key == seats.OTHERS else wanted.address(by, row.key),
    )


async def _names(db: AsyncSession, by: Grouping, keys: Iterable[str], locale: Locale) -> Mapping[str, str]:
    """What the keys of a grouping are called."""
    match by:
        case Grouping.program:
            return await _named(db, Program.id, Program.title, map(UUID, keys))
        case Grouping.organization:
            return await _named(db, Organization.id, Organization.name, map(UUID, keys))
        case Grouping.regency | Grouping.district:
            return await _named(db, Region.code, Region.name, keys)
        case Grouping.topic:
            return {key: topics()[key].name.in_locale(locale) for key in keys if key in topics()}
        case Grouping.fund_source:
            return {key: FUNDS[key].in_locale(locale) for key in keys}
        case Grouping.segment:
            return {key: SEGMENTS.get(key, NOBODY).in_locale(locale) for key in keys}
        case Grouping.everything:
            return dict.fromkeys(keys, "PLUT NTB")
        case Grouping.month:
            return {key: key for key in keys}


async def _named(db: AsyncSession, key: Any, name: Any, wanted: Iterable[Any]) -> Mapping[str, str]:
    return {str(row[0]): row[1] for row in await db.execute(select(key, name).where(key.in_(list(wanted))))}

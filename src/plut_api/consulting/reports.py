"""Case loads of consultants, and the monthly report of consulting: counts only, nobody is named but the consultants."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, String, case, cast, exists, func, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.models import Assignment, Person, SegmentKind
from plut_api.actors.segments import in_segment
from plut_api.consulting.models import AgreedAction, Consultation, ConsultationState, ConsultingField
from plut_api.consulting.problems import ConsultantNotFound
from plut_api.consulting.schemas_reports import CaseLoad, ClientCount, FieldTime, MonthlyReport
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role

_OPEN = (ConsultationState.requested, ConsultationState.scheduled)
_DISTRICT = len("52.71.01")
EVERYBODY = "all"


def days_of(month: str | None) -> tuple[date, date]:
    """The first and the last day of a month, `YYYY-MM`; the present month without one."""
    first = date.fromisoformat(f"{month}-01") if month else clock.today().replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def case_loads(caller: Caller, first: date, last: date) -> Select[Any]:
    """What each consultant has to do, as flat rows: all for the Dinas, their own for a consultant. One statement."""
    month = _month(first, last)
    query = (
        select(
            Account.id.label("consultant_id"),
            Account.name.label("consultant_name"),
            Account.is_active,
            _open_clients().label("open_clients"),
            _open_consultations().label("open_consultations"),
            func.coalesce(month.c.consultations, 0).label("consultations"),
            month.c.by_field,
            _overdue().label("overdue_actions"),
        )
        .outerjoin(month, month.c.consultant_id == Account.id)
        .where(Account.role == Role.consultant)
    )
    return query if caller.role is Role.dinas else query.where(Account.id == caller.id)


async def one_case_load(db: AsyncSession, caller: Caller, consultant_id: UUID, first: date, last: date) -> CaseLoad:
    """The case load of one consultant. Raises ConsultantNotFound."""
    query = case_loads(caller, first, last).where(Account.id == consultant_id)
    row = (await db.execute(query)).one_or_none()
    if row is None or caller.is_person:
        raise ConsultantNotFound()
    return case_load_shape(row)


def case_load_shape(row: Any) -> CaseLoad:
    """A case load on the wire, with every field of consulting."""
    return CaseLoad(
        consultant_id=row.consultant_id,
        consultant_name=row.consultant_name,
        is_active=row.is_active,
        open_clients=row.open_clients,
        open_consultations=row.open_consultations,
        consultations=row.consultations,
        fields=_by_field(row.by_field or {}),
        overdue_actions=row.overdue_actions,
    )


async def monthly_report(db: AsyncSession, caller: Caller, first: date, last: date) -> MonthlyReport:
    """What consulting did in a month: two statements."""
    held = Consultation.state == ConsultationState.held, Consultation.on_date.between(first, last)
    by_field = select(Consultation.field, func.count(), func.sum(Consultation.minutes)).where(*held)
    told = {row[0].value: [row[1], row[2] or 0] for row in await db.execute(by_field.group_by(Consultation.field))}
    kinds = [kind for kind in SegmentKind if kind is not SegmentKind.disability or "disability:read" in caller.scopes]
    clients = [ClientCount.model_validate(row) for row in await db.execute(_clients(first, last, kinds))]
    fields = _by_field(told)
    return MonthlyReport(
        month=f"{first:%Y-%m}", consultations=sum(one.consultations for one in fields), fields=fields, clients=clients
    )


def _by_field(told: dict[str, list[int]]) -> list[FieldTime]:
    return [
        FieldTime(field=field, consultations=number, minutes=minutes)
        for field in ConsultingField
        for number, minutes in [told.get(field.value, (0, 0))]
    ]


def _month(first: date, last: date) -> Any:
    """By consultant: consultations held in these days, and for each field their number and minutes."""
    row = Consultation
    per_field = (
        select(row.consultant_id, row.field, func.count().label("number"), func.sum(row.minutes).label("minutes"))
        .where(row.state == ConsultationState.held, row.on_date.between(first, last))
        .group_by(row.consultant_id, row.field)
        .subquery()
    )
    pair = func.jsonb_build_array(per_field.c.number, per_field.c.minutes)
    return (
        select(
            per_field.c.consultant_id,
            cast(func.sum(per_field.c.number), Integer).label("consultations"),
            func.jsonb_object_agg(per_field.c.field, pair, type_=JSONB).label("by_field"),
        )
        .group_by(per_field.c.consultant_id)
        .subquery("month")
    )


def _open_clients() -> Any:
    given = aliased(Assignment)
    mine = given.consultant_id == Account.id, given.until.is_(None)
    return select(func.count()).select_from(given).where(*mine).correlate(Account).scalar_subquery()


def _open_consultations() -> Any:
    row = aliased(Consultation)
    mine = row.consultant_id == Account.id, row.state.in_(_OPEN)
    return select(func.count()).select_from(row).where(*mine).correlate(Account).scalar_subquery()


def _overdue() -> Any:
    """Agreed actions of people whom the consultant accompanies, past their day and not done."""
    given, row, action = aliased(Assignment), aliased(Consultation), aliased(AgreedAction)
    joined = select(func.count()).join_from(action, row, row.id == action.consultation_id)
    joined = joined.join(given, given.person_id == row.person_id)
    late = action.done_at.is_(None), action.due_on < clock.today()
    mine = given.consultant_id == Account.id, given.until.is_(None)
    return joined.where(*late, *mine).correlate(Account).scalar_subquery()


def _clients(first: date, last: date, kinds: Sequence[SegmentKind]) -> Select[Any]:
    """Clients of these days by district and segment (`all`: everybody, once): who was new, who came again."""
    row, before = Consultation, aliased(Consultation)
    came = (
        select(row.person_id)
        .where(row.state == ConsultationState.held, row.on_date.between(first, last))
        .distinct()
        .subquery("came")
    )
    known = exists().where(
        before.person_id == Person.id, before.state == ConsultationState.held, before.on_date < first
    )
    flags = [case((in_segment(kind, last), literal(kind.value, String))) for kind in kinds]
    segments = func.array_remove(array([literal(EVERYBODY, String), *flags]), cast(null(), String))
    each = (
        select(
            func.left(Person.village_code, _DISTRICT).label("district_code"),
            func.unnest(segments).label("segment"),
            known.label("known"),
        )
        .join_from(Person, came, came.c.person_id == Person.id)
        .subquery("each")
    )
    return (
        select(
            each.c.district_code,
            each.c.segment,
            func.count().filter(~each.c.known).label("new"),
            func.count().filter(each.c.known).label("returning"),
        )
        .group_by(each.c.district_code, each.c.segment)
        .order_by(each.c.district_code, each.c.segment)
    )

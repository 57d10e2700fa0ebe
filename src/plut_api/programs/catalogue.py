"""The catalogue of programmes, narrowed by what is looked for: one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Select, and_, cast, exists, func, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import Text

from plut_api.kit.caller import Caller
from plut_api.kit.pages import Paging
from plut_api.kit.search import alike, distance, tolerate_misspelling
from plut_api.kit.wire import Day, Id, RegencyCode, Search
from plut_api.programs.access import programs_visible_to
from plut_api.programs.models import FundSource, Program, ProgramHost, ProgramLevel, ProgramState, Segment
from plut_api.programs.schemas.details import DistrictCode, TargetKbli
from plut_api.programs.schemas.topics import TopicCode
from plut_api.programs.topics import at_or_below
from plut_api.reference.schemas import KbliVersion


@dataclass
class ProgramFilters:
    """The query parameters of the catalogue."""

    state: Annotated[list[ProgramState] | None, Query(max_length=8, description="Only in these states.")] = None
    topic: Annotated[
        list[TopicCode] | None,
        Query(max_length=20, description="Only those that teach one of these topics, or one below it."),
    ] = None
    level: Annotated[list[ProgramLevel] | None, Query(max_length=5, description="Only of these levels.")] = None
    fund_source: Annotated[
        list[FundSource] | None, Query(max_length=10, description="Only those that are paid by one of these.")
    ] = None
    organization: Annotated[
        list[Id] | None, Query(max_length=50, description="Only those that one of these owns or co-hosts, by id.")
    ] = None
    regency: Annotated[
        list[RegencyCode] | None,
        Query(
            max_length=20,
            description="Only those for one of these regencies or cities, or for all of NTB.",
            examples=["52.71"],
        ),
    ] = None
    district: Annotated[
        list[DistrictCode] | None,
        Query(
            max_length=20,
            description="Only those for one of these districts, for all of its regency, or for all of NTB.",
            examples=["52.02.01"],
        ),
    ] = None
    kbli: Annotated[
        list[TargetKbli] | None,
        Query(
            max_length=20,
            description="Only those for businesses of one of these activities, or of any; a code finds those above and "
            "below it.",
            examples=["10794"],
        ),
    ] = None
    kbli_version: Annotated[KbliVersion, Query(description="Version of `kbli`.")] = KbliVersion.v2025
    segment: Annotated[
        list[Segment] | None, Query(max_length=10, description="Only those meant first for one of these segments.")
    ] = None
    open_: Annotated[
        bool | None,
        Query(alias="open", description="True: only those in which a seat can be taken; false: only the others."),
    ] = None
    first: Annotated[
        Day | None,
        Query(alias="from", description="Only those that last until this day or longer.", examples=["2026-01-01"]),
    ] = None
    to: Annotated[Day | None, Query(description="Only those that begin by this day.", examples=["2026-12-31"])] = None
    q: Search = None
    sort: Annotated[
        Literal["starts_on", "-starts_on"],
        Query(description="By first day, rising or falling. With `q` the likest come first instead."),
    ] = "starts_on"


async def page_of_programs(
    db: AsyncSession, paging: Paging, caller: Caller | None, wanted: ProgramFilters
) -> dict[str, Any]:
    """Programmes that the caller may see, by first day, or the likest titles first. Raises InvalidCursor.

    Leans on ix_programs_list and ix_programs_title_trgm.
    """
    query = _narrowed(select(Program).where(programs_visible_to(caller)), wanted)
    if wanted.q is not None:
        await tolerate_misspelling(db)
        query = query.where(alike(Program.title, wanted.q))
        return await paging.fetch(db, query, distance(Program.title, wanted.q), Program.id)
    falling = wanted.sort.startswith("-")
    return await paging.fetch(db, query, Program.starts_on, Program.id, descending=falling)


def _narrowed(query: Select[Any], wanted: ProgramFilters) -> Select[Any]:
    for column, values in (
        (Program.state, wanted.state),
        (Program.level, wanted.level),
        (Program.fund_source, wanted.fund_source),
    ):
        if values:
            query = query.where(column.in_(values))
    if wanted.topic:
        query = query.where(_meets(Program.topics, at_or_below(wanted.topic)))
    if wanted.segment:
        query = query.where(_meets(Program.segments, wanted.segment))
    query = query.where(*_places(wanted), *_period(wanted))
    if wanted.organization:
        query = query.where(_run_by(wanted.organization))
    if wanted.kbli:
        query = query.where(_for_activities(wanted.kbli, wanted.kbli_version))
    if wanted.open_ is not None:
        is_open = and_(Program.state == ProgramState.published, Program.seats_taken < Program.seats)
        query = query.where(is_open if wanted.open_ else not_(is_open))
    return query


def _period(wanted: ProgramFilters) -> list[ColumnElement[bool]]:
    conditions = [Program.ends_on >= wanted.first] if wanted.first is not None else []
    return conditions + ([Program.starts_on <= wanted.to] if wanted.to is not None else [])


def _run_by(organization_ids: Sequence[UUID]) -> ColumnElement[bool]:
    host = aliased(ProgramHost)
    accepted = select(host.program_id).where(host.organization_id.in_(organization_ids), host.accepted_at.is_not(None))
    return or_(Program.organization_id.in_(organization_ids), Program.id.in_(accepted))


def _places(wanted: ProgramFilters) -> list[ColumnElement[bool]]:
    """Districts narrow the regencies that they lie in; a programme that names no place is for all of NTB."""
    conditions = []
    anywhere = _empty(Program.regency_codes) & _empty(Program.district_codes)
    if wanted.regency:
        within = and_(_empty(Program.regency_codes), _any_begins(Program.district_codes, wanted.regency))
        conditions.append(or_(anywhere, _meets(Program.regency_codes, wanted.regency), within))
    if wanted.district:
        whole = [code[:5] for code in wanted.district]
        all_of_it = and_(_empty(Program.district_codes), _meets(Program.regency_codes, whole))
        conditions.append(or_(anywhere, all_of_it, _meets(Program.district_codes, wanted.district)))
    return conditions


def _for_activities(codes: Sequence[str], version: KbliVersion) -> ColumnElement[bool]:
    above = [code[:length] for code in codes for length in range(2, len(code) + 1)]
    related = or_(_meets(Program.kbli_codes, above), _any_begins(Program.kbli_codes, codes))
    return or_(_empty(Program.kbli_codes), and_(Program.kbli_version == version, related))


def _any_begins(column: Any, starts: Sequence[str]) -> ColumnElement[bool]:
    """Whether an element of an array begins with one of these; they hold digits and dots alone."""
    element = func.unnest(column).column_valued("element")
    return exists(select(element).where(or_(*(element.startswith(start) for start in starts))))


def _empty(column: Any) -> ColumnElement[bool]:
    return func.cardinality(column) == 0


def _meets(column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.bool_op("&&")(cast([str(value) for value in values], ARRAY(Text)))
    return condition

"""Which people a list shows: within the caller's rows, by the filters that were given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from plut_api.actors.access import assigned_to, people_visible_to
from plut_api.actors.masking import DISABILITY
from plut_api.actors.models import Person, SegmentKind
from plut_api.actors.segments import in_segment
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Forbidden


@dataclass(frozen=True)
class Wanted:
    """The filters of a list of people, but for the name."""

    regency: str | None = None
    village: str | None = None
    consultant: UUID | None = None
    segments: Sequence[SegmentKind] | None = None
    on: date | None = None


def people_listed(caller: Caller, wanted: Wanted) -> Select[Any]:
    """The people whom a caller may read and who fit. Raises Forbidden (the segment of disability without its scope)."""
    query = select(Person).where(people_visible_to(caller))
    if wanted.consultant is not None:
        query = query.where(assigned_to(wanted.consultant, Person.id))
    if wanted.village is not None:
        query = query.where(Person.village_code == wanted.village)
    if wanted.regency is not None:
        query = query.where(Person.village_code.startswith(f"{wanted.regency}."))
    if wanted.segments:
        require_segments(caller, wanted.segments)
        on = wanted.on or clock.today()
        query = query.where(or_(*(in_segment(segment, on) for segment in wanted.segments)))
    return query


def require_segments(caller: Caller, segments: Sequence[SegmentKind]) -> None:
    """Who may not see that somebody is in a segment may not ask for it either. Raises Forbidden."""
    if SegmentKind.disability in segments and DISABILITY not in caller.scopes:
        raise Forbidden(headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{DISABILITY}"'})

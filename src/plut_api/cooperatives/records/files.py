"""Who reads the papers behind records: whoever reaches the cooperative's records."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false

from plut_api.cooperatives.records.access import cooperatives_recorded_by
from plut_api.cooperatives.records.models import (
    CooperativeCreditDeclaration,
    CooperativeFigure,
    CooperativeMeeting,
    CooperativeOfficer,
    CooperativeOutlet,
    CooperativePaper,
    CooperativeProposal,
)
from plut_api.kit.caller import Caller
from plut_api.kit.files import readable_through

# A decree that names all officers is the cooperative's, and outlives the term of one of them.
HOLDERS: tuple[Any, ...] = (
    CooperativeOfficer,
    CooperativeMeeting,
    CooperativeOutlet,
    CooperativeFigure,
    CooperativePaper,
    CooperativeProposal,
    CooperativeCreditDeclaration,
)


def _of(model: Any) -> Callable[[Caller], ColumnElement[bool]]:
    return lambda caller: cooperatives_recorded_by(caller, model.cooperative_id)


for holder in HOLDERS:
    readable_through(holder.file_id, of_subject=lambda _: false())(_of(holder))

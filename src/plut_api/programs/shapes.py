"""Rows of enrolments as wire shapes."""

from typing import Any

from plut_api.actors.masking import View
from plut_api.programs.schemas.enrolments import EnrolmentPage, EnrolmentRead


def enrolment_shape(row: Any, view: View) -> EnrolmentRead:
    """An enrolment on the wire, with its participant as a view shows them."""
    read = EnrolmentRead.model_validate(row)
    read.person_name = view.name(read.person_name)
    if read.reserved_for is not None and not view.shows(read.reserved_for):
        read.reserved_for = None
    return read


def enrolment_page(rows: dict[str, Any], view: View) -> EnrolmentPage:
    """A page of enrolments on the wire."""
    return EnrolmentPage(**rows | {"data": [enrolment_shape(row, view) for row in rows["data"]]})

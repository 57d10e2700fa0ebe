"""Follow-ups as wire shapes."""

from typing import Any

from plut_api.actors.masking import View
from plut_api.outcomes.follow_ups.models import FollowUpState
from plut_api.outcomes.follow_ups.questions import questions
from plut_api.outcomes.follow_ups.schemas import (
    AnswersRead,
    AskedDimension,
    Choice,
    FollowUpDetail,
    FollowUpPage,
    FollowUpRead,
    OpenFollowUpPage,
    Question,
    UseRead,
)
from plut_api.outcomes.models import Dimension
from plut_api.outcomes.rubric import rubric
from plut_api.outcomes.schemas import BothLanguages


def follow_up_page(rows: dict[str, Any], view: View) -> FollowUpPage:
    """A page of follow-ups on the wire, with their participants as a view shows them."""
    return FollowUpPage(**rows | {"data": [FollowUpRead(**_members(row, view)) for row in rows["data"]]})


def open_page(rows: dict[str, Any], view: View) -> OpenFollowUpPage:
    """A page of follow-ups to answer, with their questions."""
    return OpenFollowUpPage(**rows | {"data": [follow_up_detail(row, view) for row in rows["data"]]})


def follow_up_detail(row: Any, view: View) -> FollowUpDetail:
    """A follow-up with its questions, as long as it is open."""
    asked = _questions(row) if row.state is FollowUpState.open else []
    return FollowUpDetail(**_members(row, view), questions=asked)


def _members(row: Any, view: View) -> dict[str, Any]:
    kept = {name: value for name, value in row._mapping.items() if name in FollowUpRead.model_fields}
    answers = None if row.answered_at is None else _answers(row)
    return kept | {"person_name": view.name(row.person_name), "planned": row.number is not None, "answers": answers}


def _answers(row: Any) -> AnswersRead:
    uses = [
        UseRead(
            dimension=dimension,
            answer=row.uses[dimension]["answer"],
            level_before=row.uses[dimension]["before"],
            level_after=row.uses[dimension]["after"],
        )
        for dimension in Dimension
        if dimension in row.uses
    ]
    return AnswersRead(business=row.business, sales=row.sales, still_in_use=uses)


def _questions(row: Any) -> list[Question]:
    """The questions of its version; what asks about dimensions is left out while none stands above where it began."""
    names = {part["dimension"]: BothLanguages(**part["name"]) for part in rubric()["dimensions"]}
    dimensions = [AskedDimension(**asked, name=names[asked["dimension"]]) for asked in row.asked or []]
    return [
        Question(
            code=question["code"],
            kind=question["kind"],
            words=BothLanguages(**question["words"]),
            choices=[Choice(**choice) for choice in question["choices"]],
            dimensions=dimensions if question["kind"] == "per_dimension" else [],
            not_when_closed=question.get("not_when_closed", False),
        )
        for question in questions(row.questions_version)
        if question["kind"] != "per_dimension" or dimensions
    ]

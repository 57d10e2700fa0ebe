"""Status, legal form and QRIS of a business on the wire."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from plut_api.actors.models import ActorStatus, LegalForm, StatusReason
from plut_api.actors.schemas.people import PastDay
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Day, Id, Instant, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


def _plain(value: Any) -> Any:
    return re.sub(r"[\s.-]", "", value).upper() if isinstance(value, str) else value


Nmid = Annotated[
    str,
    Field(
        max_length=19,
        pattern=r"^ID[0-9]{8,17}$",
        description="National merchant id (NMID) of its QRIS, as printed below the code: `ID` and 8 to 17 digits.",
        examples=["ID1020012345678"],
    ),
    BeforeValidator(_plain),
]
Status = Annotated[ActorStatus, Field(description="Whether it trades. Open: expect new values.", examples=["active"])]
Form = Annotated[LegalForm, Field(description="Legal form. Open: expect new values.", examples=["individual"])]
Reason = Annotated[
    StatusReason, Field(description="Why, by a code of `GET /v1/status-reasons`. Open.", examples=["season"])
]
Label = Annotated[str, Field(max_length=200, pattern=LINE, description="Words for people.", examples=["Musiman"])]
Code = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="A code.", examples=["season"])]


class StatusMoveBody(Wire):
    """Why a business changes its status, and from which day."""

    reason_code: Reason
    changed_on: PastDay | None = Field(
        default=None, description="From which day; today by default.", examples=["2026-03-02"]
    )


class StatusChangeRead(Read):
    """A change of status."""

    id: Id
    from_status: Status
    to_status: Status
    changed_on: Day
    reason_code: Reason
    changed_by: Id = Field(description="The account or machine that said so.", examples=[_ID])
    created_at: Instant


class StatusChangePage(Page[StatusChangeRead]):
    """One page of changes, newest first."""


class LegalFormChangeRead(Read):
    """A change of legal form."""

    id: Id
    from_form: Form
    to_form: Form
    changed_on: Day
    changed_by: Id = Field(description="The account or machine that said so.", examples=[_ID])
    created_at: Instant


class LegalFormChangePage(Page[LegalFormChangeRead]):
    """One page of changes, newest first."""


class ScannedQris(Wire):
    """What the code on the counter says."""

    scanned_nmid: Nmid


class StatusReasonRead(Read):
    """A reason, and the moves that it can be given for."""

    code: Code
    label_id: Label = Field(description="In Indonesian.", examples=["Musiman"])
    label_en: Label = Field(description="In English.", examples=["The season"])
    moves: Annotated[
        list[Annotated[str, Field(max_length=16, pattern=r"^[a-z]+$", description="A move.")]],
        Field(max_length=10, description="`pause`, `close`, `reopen`.", examples=[["pause"]]),
    ]


class StatusReasons(Read):
    """All reasons."""

    data: Annotated[list[StatusReasonRead], Field(max_length=100, description="The reasons.", examples=[[]])]

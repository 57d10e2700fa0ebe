"""Rows of attendance, scores and no-shows as wire shapes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from plut_api.actors.masking import View
from plut_api.kit.crypto import vault
from plut_api.kit.i18n import Locale
from plut_api.programs.attendance.codes import codes_from, qr_text
from plut_api.programs.attendance.hours import Hours
from plut_api.programs.attendance.schemas import (
    CheckInCodes,
    CodeShown,
    EnrolmentAttendance,
    NoShowPage,
    NoShowRead,
    RowVerdict,
    RowVerdicts,
    SessionAttendee,
    SessionAttendeePage,
    SessionStanding,
)
from plut_api.programs.attendance.service.batches import Verdict
from plut_api.programs.attendance.service.no_shows import ANSWER, APPEAL


class Row(Protocol):
    """A row of an upload."""

    client_ref: str | None


def codes_shape(session_id: UUID, hours: Hours, at: datetime, count: int, rules: dict[str, int]) -> CheckInCodes:
    """The codes of a session from an instant on."""
    codes = [
        CodeShown(
            code=one.code,
            qr_text=qr_text(session_id, one.code),
            valid_from=one.valid_from,
            valid_until=one.valid_until,
        )
        for one in codes_from(session_id, at, count, rules)
    ]
    return CheckInCodes(session_id=session_id, opens_at=hours.opens_at, closes_at=hours.closes_at, codes=codes)


def verdicts_shape(rows: Sequence[Row], verdicts: Sequence[Verdict], locale: Locale) -> RowVerdicts:
    """What became of every row, in words of one language."""
    return RowVerdicts.model_validate(
        {
            "data": [
                RowVerdict.model_validate(
                    {
                        "row": at,
                        "client_ref": row.client_ref,
                        "result": verdict.result,
                        "code": verdict.code,
                        "message": verdict.message.in_locale(locale) if verdict.message else None,
                    }
                )
                for at, (row, verdict) in enumerate(zip(rows, verdicts, strict=True))
            ]
        }
    )


def attendee_page(rows: dict[str, Any], view: View) -> SessionAttendeePage:
    """A page of participants, as a view shows them."""
    data = [SessionAttendee.model_validate(row) for row in rows["data"]]
    for read in data:
        read.person_name = view.name(read.person_name)
    return SessionAttendeePage(**rows | {"data": data})


def standing_shape(found: Any, sessions: Sequence[Any]) -> EnrolmentAttendance:
    """How far a participant is, with every session."""
    return EnrolmentAttendance.model_validate(
        found._asdict() | {"sessions": [SessionStanding.model_validate(row) for row in sessions]}
    )


def no_show_shape(row: Any, view: View) -> NoShowRead:
    """A no-show on the wire, with its person as a view shows them."""
    told = row._asdict()
    told["appeal"] = _opened(APPEAL, told.pop("appeal_sealed"))
    told["answer"] = _opened(ANSWER, told.pop("answer_sealed"))
    read = NoShowRead.model_validate(told)
    read.person_name = view.name(read.person_name)
    return read


def no_show_page(rows: dict[str, Any], view: View) -> NoShowPage:
    """A page of no-shows on the wire."""
    return NoShowPage(**rows | {"data": [no_show_shape(row, view) for row in rows["data"]]})


def _opened(context: str, sealed: bytes | None) -> str | None:
    return vault().open(context, sealed) if sealed is not None else None

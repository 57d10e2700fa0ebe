"""Attendance, scores and no-shows on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import TEXT, Day, Id, Instant, Name, Note, Read, Wire
from plut_api.programs.attendance.codes import MOST
from plut_api.programs.attendance.models import How, NoShowState, WhichTest
from plut_api.programs.models import EnrolmentState
from plut_api.programs.schemas.programs import ShiftField, Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
MOST_ROWS = 1000

CheckInCode = Annotated[
    str,
    Field(
        min_length=8,
        max_length=8,
        pattern=r"^[0-9]{8}$",
        description="The code that is shown at the door.",
        examples=["40713286"],
    ),
]
ClientRef = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9._:-]+$",
        description="What the device calls this row; it comes back in the answer.",
        examples=["hp-3:17"],
    ),
]
HowField = Annotated[How, Field(description="By what it is known. Open: expect new values.", examples=["qr"])]
TestField = Annotated[
    WhichTest, Field(description="The test before the programme or the one after it.", examples=["post"])
]
Points = Annotated[
    int,
    Field(strict=True, ge=0, le=100, json_schema_extra={"format": "int32"}, description="Of 100.", examples=[78]),
]
Percent = Annotated[
    int, Field(ge=0, le=100, json_schema_extra={"format": "int32"}, description="A share of 100.", examples=[80])
]
Sessions = Annotated[
    int,
    Field(ge=0, le=10_000, json_schema_extra={"format": "int32"}, description="Number of sessions.", examples=[5]),
]
Verdict = Annotated[
    Literal["recorded", "corrected", "unchanged", "outdated", "refused"],
    Field(
        description="What became of the row: new, changed, known already, older than what is known, or refused. Open: "
        "expect new values.",
        examples=["recorded"],
    ),
]
FaultCode = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+$", description="Why it was refused.")]
FaultWords = Annotated[str, Field(max_length=500, pattern=TEXT, description="The same in words.")]


class CodeShown(Read):
    """A code, and when it is shown."""

    code: CheckInCode
    qr_text: str = Field(
        max_length=120,
        pattern=r"^[\x21-\x7e]+$",
        description="What the QR says: session and code.",
        examples=[f"plut:check-in?session={_ID}&code=40713286"],
    )
    valid_from: Instant
    valid_until: Instant


class CheckInCodes(Read):
    """The codes of a session, from an instant on."""

    session_id: Id
    opens_at: Instant = Field(description="From when participants can check in.")
    closes_at: Instant = Field(description="Until when they can.")
    codes: list[CodeShown] = Field(max_length=MOST, description="The code of that instant first.")


class CheckIn(Wire):
    """That a participant is there, told by a code seen at the door."""

    code: CheckInCode
    at: Instant | None = Field(
        default=None,
        description="When the code was seen, by the clock of the device; by default now. A phone without a network "
        "tells it later.",
        examples=["2026-03-02T00:31:07Z"],
    )
    scanned: bool = Field(default=False, description="Whether the QR was scanned, rather than the code typed.")
    enrolment_id: Id | None = Field(
        default=None,
        description="Whose seat, for who cares for a minor; by default the caller's.",
        examples=[_ID],
    )


class AttendanceRead(Read):
    """Whether a participant came to a session."""

    session_id: Id
    enrolment_id: Id
    came: bool = Field(description="Whether they came.")
    at: Instant = Field(description="When, by the clock of the device that noted it.")
    recorded_at: Instant = Field(description="When it reached us.")
    how: HowField


class AttendanceRow(Wire):
    """One row of an upload: a participant, whether they came, and when that was noted."""

    enrolment_id: Id
    came: bool = Field(default=True, description="False notes or corrects that they were not there.")
    at: Instant = Field(description="When it was noted, by the clock of the device. The latest word counts.")
    code: CheckInCode | None = Field(default=None, description="The code that was shown then, if the device kept it.")
    client_ref: ClientRef | None = Field(default=None, description="What the device calls this row.")


class AttendanceUpload(Wire):
    """Who came, gathered by a device, with or without a network."""

    rows: list[AttendanceRow] = Field(min_length=1, max_length=MOST_ROWS, description="The rows, in any order.")


class RowVerdict(Read):
    """What became of one row, in the order they were sent."""

    row: int = Field(
        ge=0,
        le=MOST_ROWS,
        json_schema_extra={"format": "int32"},
        description="Which row, counted from 0.",
        examples=[0],
    )
    client_ref: ClientRef | None = Field(default=None, description="What the device calls this row.")
    result: Verdict
    code: FaultCode | None = Field(default=None, description="Why it was refused.", examples=["not_enrolled"])
    message: FaultWords | None = Field(default=None, description="The same in words.", examples=["Bukan peserta."])


class RowVerdicts(Read):
    """What became of every row."""

    data: list[RowVerdict] = Field(max_length=MOST_ROWS, description="As many as were sent, in the same order.")


class SessionAttendee(Read):
    """A participant of a session, and whether they came; nulls while nothing is known."""

    id: Id = Field(description="The enrolment.", examples=[_ID])
    person_id: Id
    person_name: Name = Field(description="The participant's full name.", examples=["Baiq Contoh"])
    state: EnrolmentState = Field(description="Where the participant stands. Open: expect new values.")
    came: bool | None = Field(description="Whether they came.")
    at: Instant | None = Field(description="When, by the clock of the device that noted it.")
    recorded_at: Instant | None = Field(description="When it reached us.")
    how: How | None = Field(description="By what it is known. Open: expect new values.")


class SessionAttendeePage(Page[SessionAttendee]):
    """One page of participants, in the order they enrolled."""


class SessionStanding(Read):
    """One session, and whether the participant came."""

    session_id: Id
    held_on: Day
    shift: ShiftField
    title: Title
    is_cancelled: bool = Field(description="Whether it was called off; then it does not count.")
    came: bool | None = Field(description="Whether they came; null while nothing is known.")
    at: Instant | None = Field(description="When, by the clock of the device that noted it.")
    recorded_at: Instant | None = Field(description="When it reached us.")
    how: How | None = Field(description="By what it is known. Open: expect new values.")


class EnrolmentAttendance(Read):
    """How far a participant is from completing: sessions attended and tests, against what the programme asks."""

    enrolment_id: Id
    sessions_held: Sessions = Field(description="Sessions that count.", examples=[5])
    sessions_attended: Sessions = Field(description="Of them attended.", examples=[4])
    attended_percent: Percent | None = Field(description="The share; null without any session.", examples=[80])
    asked_percent: Percent = Field(description="The share that completion asks for.", examples=[80])
    pre_score: Points | None = Field(description="The test before; null while there is none.", examples=[40])
    post_score: Points | None = Field(description="The test after; null while there is none.", examples=[78])
    pass_mark: Points | None = Field(description="What the test after asks for; null without one.", examples=[70])
    is_fulfilled: bool = Field(description="Whether the participant fulfils the rule by now.")
    sessions: list[SessionStanding] = Field(max_length=1000, description="Every session, by day and shift.")


class ScoreSet(Wire):
    """What a participant reached in a test."""

    score: Points


class ScoreRead(Read):
    """What a participant reached in a test; nulls while there is none."""

    enrolment_id: Id
    test: TestField
    score: Points | None = Field(description="Of 100; null while there is none.", examples=[78])
    noted_at: Instant | None = Field(description="When it was noted.")


class ScoreRow(Wire):
    """One score of an upload."""

    enrolment_id: Id
    test: TestField
    score: Points
    client_ref: ClientRef | None = Field(default=None, description="What the device calls this row.")


class ScoreUpload(Wire):
    """Scores of many participants."""

    rows: list[ScoreRow] = Field(min_length=1, max_length=MOST_ROWS, description="The rows, in any order.")


class Completion(Wire):
    """Why somebody completes whose programme asks for more; may be left out."""

    waive_reason: Note | None = Field(
        default=None,
        description="Why the rule of the programme is waived; kept. The organizer may, and the Dinas.",
        examples=["Sakit dua hari; tugas pengganti dikumpulkan."],
    )


AS_ASKED = Completion()
"""Nothing is waived."""


class NoShowRead(Read):
    """A seat that its holder never came for. While it counts, others come first when seats are given."""

    id: Id
    enrolment_id: Id
    person_id: Id
    person_name: Name = Field(description="The participant's full name.", examples=["Baiq Contoh"])
    program_id: Id
    program_title: Title
    session_id: Id | None = Field(description="The first session that was held.", examples=[_ID])
    state: NoShowState = Field(
        description="`counts`; `appealed` while an appeal is open; `excused`; `faded` with time. Open: expect new "
        "values.",
        examples=["counts"],
    )
    noted_at: Instant
    counts_until: Day = Field(description="Until when it counts, if it does.", examples=["2027-03-02"])
    appeal_until: Day = Field(description="Until when one can appeal.", examples=["2026-03-16"])
    appealed_at: Instant | None = Field(description="When the person appealed.")
    appeal: Note | None = Field(description="Why, in their words.", examples=["Anak saya sakit."])
    decided_at: Instant | None = Field(description="When that was decided.")
    answer: Note | None = Field(description="What PLUT answered.", examples=["Diterima; surat dokter terlampir."])


class NoShowPage(Page[NoShowRead]):
    """One page of no-shows, newest first."""


class Appeal(Wire):
    """Why a person did not come."""

    reason: Note = Field(description="Why.", examples=["Anak saya sakit dan tidak ada sinyal untuk membatalkan."])


class Decision(Wire):
    """What PLUT answers."""

    reason: Note = Field(description="What the person is told.", examples=["Diterima."])

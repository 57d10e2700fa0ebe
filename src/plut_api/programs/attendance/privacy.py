"""What is held of a person's attendance, scores and no-shows, and what becomes of it when they are erased."""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of
from plut_api.programs.attendance.models import Attendance, CompletionWaiver, NoShow, Score
from plut_api.programs.models import Enrolment


@personal_data(
    "attendances",
    "attendances",
    about=Text(id="Kehadiran Anda di setiap sesi.", en="Whether you came to each session."),
)
async def held_attendances(db: AsyncSession, subject: Subject) -> list[Row]:
    """Attendance of the person's enrolments."""
    return await rows_of(db, Attendance, Attendance.enrolment_id.in_(_seats(subject)), subject)


@personal_data("test_scores", "test_scores", about=Text(id="Nilai tes pelatihan Anda.", en="Your scores in tests."))
async def held_scores(db: AsyncSession, subject: Subject) -> list[Row]:
    """Scores of the person's enrolments."""
    return await rows_of(db, Score, Score.enrolment_id.in_(_seats(subject)), subject)


@personal_data(
    "completion_waivers",
    "completion_waivers",
    about=Text(
        id="Alasan Anda dinyatakan lulus walau syarat belum terpenuhi.",
        en="Why you completed a programme whose conditions were not fulfilled.",
    ),
)
async def held_waivers(db: AsyncSession, subject: Subject) -> list[Row]:
    """Waivers for the person's enrolments."""
    return await rows_of(db, CompletionWaiver, CompletionWaiver.enrolment_id.in_(_seats(subject)), subject)


@personal_data(
    "no_shows",
    "no_shows",
    about=Text(id="Ketidakhadiran, keberatan Anda, jawabannya.", en="No-shows, your appeals, the answers."),
)
async def held_no_shows(db: AsyncSession, subject: Subject) -> list[Row]:
    """No-shows of the person."""
    return await rows_of(db, NoShow, NoShow.person_id == subject.person_id, subject)


@erasing(order=25)
async def remove_no_shows(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove no-shows with their appeals, and the reasons of waivers; that somebody came stays, for the counts."""
    if subject.person_id is None:
        return Erased("no_shows")
    statement = delete(NoShow).where(NoShow.person_id == subject.person_id).returning(NoShow.id)
    gone = (await db.scalars(statement)).all()
    audit.record(db, audit.Action.deleted, "no_shows", gone, about=[subject.person_id])
    emptied = update(CompletionWaiver).where(CompletionWaiver.enrolment_id.in_(_seats(subject)))
    emptied = emptied.values(reason="").execution_options(synchronize_session=False)
    ids = (await db.scalars(emptied.returning(CompletionWaiver.id))).all()
    audit.record(db, audit.Action.changed, "completion_waivers", ids, about=[subject.person_id])
    seen = await db.scalar(select(func.count()).where(Attendance.enrolment_id.in_(_seats(subject))))
    kept = Kept(
        "attendances",
        Text(
            id="Kehadiran dan nilai tanpa nama, untuk laporan sesi dan kelulusan.",
            en="Attendance and scores without a name, for reports of sessions and completion.",
        ),
        "UU 27/2022 art. 44; Permenkop UKM 9/2023",
    )
    return Erased("no_shows", deleted=len(gone), emptied=len(ids), kept=[kept] if seen else [])


def _seats(subject: Subject) -> Any:
    """The ids of the person's enrolments."""
    return select(Enrolment.id).where(Enrolment.person_id == subject.person_id)

"""What this room holds of a person, and what becomes of it when they are erased.

A person is told all that they share with their consultants. Of private notes they are told that there are some, and
when they were made: the words may expose others and are the author's own (UU 27/2022 art. 33). Who wants them asks by
a request about their data, which a person answers and not a program.
"""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.consulting.models import (
    AgreedAction,
    Consultation,
    ConsultationFile,
    ConsultationNote,
    ConsultationState,
    ConsultationTransition,
)
from plut_api.consulting.service.moving import give_room_back, note_transition
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of

_OPEN = (ConsultationState.requested, ConsultationState.scheduled)


@personal_data(
    "consultations",
    *("consultations", "consultation_transitions"),
    about=Text(
        id="Konsultasi Anda: masalah, janji, saran, dan setiap langkahnya.",
        en="Your consultations: problem, appointment, advice, and every move.",
    ),
)
async def held_consultations(db: AsyncSession, subject: Subject) -> list[Row]:
    """Consultations of the person, each with its moves."""
    rows = await rows_of(db, Consultation, Consultation.person_id == subject.person_id, subject)
    moves = await rows_of(db, ConsultationTransition, ConsultationTransition.consultation_id.in_(_of(subject)), subject)
    return [row | {"moves": [move for move in moves if move["consultation_id"] == row["id"]]} for row in rows]


@personal_data(
    "agreed_actions",
    "agreed_actions",
    about=Text(id="Kesepakatan Anda dengan konsultan.", en="What you agreed with consultants to do."),
)
async def held_actions(db: AsyncSession, subject: Subject) -> list[Row]:
    """What was agreed in these consultations."""
    return await rows_of(db, AgreedAction, AgreedAction.consultation_id.in_(_of(subject)), subject)


@personal_data(
    "consultation_notes",
    "consultation_notes",
    about=Text(
        id="Bahwa konsultan membuat catatan pribadi; isinya dapat menyangkut orang lain (UU 27/2022 pasal 33).",
        en="That consultants made private notes; their words may be about others (UU 27/2022 art. 33).",
    ),
)
async def held_notes(db: AsyncSession, subject: Subject) -> list[Row]:
    """That there are private notes, and when they were made; neither their words nor who wrote them."""
    condition = ConsultationNote.consultation_id.in_(_of(subject))
    return await rows_of(db, ConsultationNote, condition, subject, without=("text_sealed", "author_id"))


@personal_data(
    "consultation_files",
    "consultation_files",
    about=Text(id="Berkas pada konsultasi Anda.", en="Files that hang on your consultations."),
)
async def held_files(db: AsyncSession, subject: Subject) -> list[Row]:
    """Which files hang on these consultations."""
    return await rows_of(db, ConsultationFile, ConsultationFile.consultation_id.in_(_of(subject)), subject)


@erasing(order=40)
async def forget_consultations(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Cancel what is open, remove actions, notes and files, empty every word. That somebody was advised, in which field
    and for how long, stays for the monthly report.
    """
    if subject.person_id is None:
        return Erased("consultations")
    mine = select(Consultation).where(Consultation.person_id == subject.person_id).order_by(Consultation.id)
    rows = list(await db.scalars(mine.with_for_update()))
    for row in rows:
        if row.state in _OPEN:
            await give_room_back(db, row)
            note_transition(db, row, ConsultationState.cancelled, caller, None)
        row.problem_sealed = row.place_sealed = row.advice_sealed = None
    moves = select(ConsultationTransition).where(ConsultationTransition.consultation_id.in_(_of(subject)))
    for move in await db.scalars(moves):
        move.reason_sealed = None
    await db.flush()
    deleted = 0
    for table in (AgreedAction, ConsultationNote, ConsultationFile):
        gone = await db.scalars(delete(table).where(table.consultation_id.in_(_of(subject))).returning(table.id))
        ids = list(gone)
        audit.record(db, audit.Action.deleted, table.__tablename__, ids, about=[subject.person_id])
        deleted += len(ids)
    kept = Kept(
        "consultations",
        Text(
            id="Bahwa konsultasi berlangsung, bidang dan lamanya, tanpa nama, untuk laporan bulanan.",
            en="That consultations took place, their field and minutes, without a name, for the monthly report.",
        ),
        "UU 27/2022 art. 44; Permenkop UKM 9/2023",
    )
    return Erased("consultations", deleted=deleted, emptied=len(rows), kept=[kept] if rows else [])


def _of(subject: Subject) -> Any:
    """The ids of the person's consultations."""
    return select(Consultation.id).where(Consultation.person_id == subject.person_id)

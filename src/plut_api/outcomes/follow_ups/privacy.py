"""What follow-ups hold of a person, and what becomes of them when the person is erased."""

from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of
from plut_api.outcomes.follow_ups.models import FollowUp, FollowUpState
from plut_api.programs.models import Enrolment

ERASED = "(dihapus)"


@personal_data(
    "follow_ups",
    "follow_ups",
    about=Text(
        id="Kabar usaha Anda berbulan-bulan setelah pelatihan.",
        en="What became of your business months after training.",
    ),
)
async def held_follow_ups(db: AsyncSession, subject: Subject) -> list[Row]:
    """Follow-ups of the person's enrolments, with what was answered."""
    return await rows_of(db, FollowUp, FollowUp.enrolment_id.in_(_seats(subject)), subject)


@erasing(order=25)
async def empty_follow_ups(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove what nobody is left to answer, and every free text; answers by code stay, for the rates of programmes."""
    if subject.person_id is None:
        return Erased("follow_ups")
    mine = FollowUp.enrolment_id.in_(_seats(subject))
    gone = (
        await db.scalars(delete(FollowUp).where(mine, FollowUp.state == FollowUpState.open).returning(FollowUp.id))
    ).all()
    audit.record(db, audit.Action.deleted, "follow_ups", gone, about=[subject.person_id])
    told = update(FollowUp).where(mine, or_(FollowUp.note.is_not(None), FollowUp.correction_reason.is_not(None)))
    emptied = told.values(note=None).returning(FollowUp.id).execution_options(synchronize_session=False)
    ids = (await db.scalars(emptied)).all()
    corrected = update(FollowUp).where(mine, FollowUp.correction_reason.is_not(None))
    await db.execute(corrected.values(correction_reason=ERASED).execution_options(synchronize_session=False))
    audit.record(db, audit.Action.changed, "follow_ups", ids, about=[subject.person_id], after={"note": None})
    kept = Kept(
        "follow_ups",
        Text(
            id="Jawaban tanpa nama, untuk melihat apakah hasil pelatihan bertahan.",
            en="Answers without a name, to see whether what training achieved lasts.",
        ),
        "UU 27/2022 art. 44; Permenkop UKM 9/2023",
    )
    any_left = await db.scalar(select(FollowUp.id).where(mine).limit(1))
    return Erased("follow_ups", deleted=len(gone), emptied=len(ids), kept=[kept] if any_left else [])


def _seats(subject: Subject) -> Any:
    """The ids of the person's enrolments."""
    return select(Enrolment.id).where(Enrolment.person_id == subject.person_id)

"""What this room holds of a person, and what becomes of it when they are erased."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of
from plut_api.outcomes.models import Evidence, Outcome
from plut_api.programs.models import Enrolment


@personal_data(
    "outcomes",
    "outcomes",
    about=Text(id="Hasil pelatihan Anda: awal, sasaran, capaian.", en="Your outcomes: baseline, target, reached."),
)
async def held_outcomes(db: AsyncSession, subject: Subject) -> list[Row]:
    """Outcomes of the person's enrolments."""
    return await rows_of(db, Outcome, Outcome.id.in_(_outcomes_of(subject)), subject)


@personal_data(
    "evidence",
    "evidence",
    about=Text(id="Bukti yang dikirim dan keputusan atasnya.", en="Evidence that was sent in, and what was decided."),
)
async def held_evidence(db: AsyncSession, subject: Subject) -> list[Row]:
    """Evidence for those outcomes."""
    return await rows_of(db, Evidence, Evidence.outcome_id.in_(_outcomes_of(subject)), subject)


@erasing(order=20)
async def remove_evidence(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove evidence with its words and files; levels reached stay, for the share of participants who got there."""
    if subject.person_id is None:
        return Erased("evidence")
    statement = delete(Evidence).where(Evidence.outcome_id.in_(_outcomes_of(subject)))
    gone = (await db.scalars(statement.returning(Evidence.id))).all()
    audit.record(db, audit.Action.deleted, "evidence", gone, about=[subject.person_id])
    kept = Kept(
        "outcomes",
        Text(
            id="Tingkat hasil tanpa nama, untuk laporan lima hasil program.",
            en="Levels without a name, for the report of a programme's five outcomes.",
        ),
        "UU 27/2022 art. 44; Permenkop UKM 9/2023",
    )
    any_outcome = await db.scalar(_outcomes_of(subject).limit(1))
    return Erased("evidence", deleted=len(gone), kept=[kept] if any_outcome else [])


def _outcomes_of(subject: Subject) -> Any:
    """The ids of the outcomes of the person's enrolments."""
    seats = select(Enrolment.id).where(Enrolment.person_id == subject.person_id)
    return select(Outcome.id).where(Outcome.enrolment_id.in_(seats))

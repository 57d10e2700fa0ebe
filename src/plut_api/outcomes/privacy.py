"""What this room holds of a person, and what becomes of it when they are erased."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of
from plut_api.outcomes.models import Evidence, EvidenceFile, Outcome, OutcomeLevel, SystemFact
from plut_api.programs.models import Enrolment

holds_nothing_to_tell("system_facts", "which certificates and referrals speak for a level, all told in full themselves")


@personal_data(
    "outcomes",
    "outcomes",
    about=Text(id="Hasil pelatihan Anda: awal, sasaran, capaian.", en="Your outcomes: baseline, target, reached."),
)
async def held_outcomes(db: AsyncSession, subject: Subject) -> list[Row]:
    """Outcomes of the person's enrolments."""
    return await rows_of(db, Outcome, Outcome.id.in_(_outcomes_of(subject)), subject)


@personal_data(
    "outcome_levels",
    "outcome_levels",
    about=Text(id="Naik turunnya tingkat hasil Anda.", en="How the levels of your outcomes moved."),
)
async def held_levels(db: AsyncSession, subject: Subject) -> list[Row]:
    """Moves of those outcomes."""
    return await rows_of(db, OutcomeLevel, OutcomeLevel.outcome_id.in_(_outcomes_of(subject)), subject)


@personal_data(
    "evidence",
    "evidence",
    about=Text(id="Bukti yang dikirim dan keputusan atasnya.", en="Evidence that was sent in, and what was decided."),
)
async def held_evidence(db: AsyncSession, subject: Subject) -> list[Row]:
    """Evidence for those outcomes."""
    return await rows_of(db, Evidence, Evidence.outcome_id.in_(_outcomes_of(subject)), subject)


@personal_data(
    "evidence_files",
    "evidence_files",
    about=Text(id="Berkas mana yang menjadi bukti.", en="Which files the evidence consists of."),
)
async def held_evidence_files(db: AsyncSession, subject: Subject) -> list[Row]:
    """Which files belong to that evidence."""
    return await rows_of(db, EvidenceFile, EvidenceFile.evidence_id.in_(_evidence_of(subject)), subject)


@erasing(order=35)
async def remove_evidence(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove evidence with its words; levels reached stay, for the share of participants who got there.

    Its files are found by it, and were destroyed before (kit/files/privacy.py, 30).
    """
    if subject.person_id is None:
        return Erased("evidence")
    statement = delete(Evidence).where(Evidence.outcome_id.in_(_outcomes_of(subject)))
    gone = (await db.scalars(statement.returning(Evidence.id))).all()
    audit.record(db, audit.Action.deleted, "evidence", gone, about=[subject.person_id])
    await db.execute(delete(SystemFact).where(SystemFact.actor_id.in_(subject.sole_actor_ids)))
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


def _evidence_of(subject: Subject) -> Any:
    """The ids of the evidence for those outcomes."""
    return select(Evidence.id).where(Evidence.outcome_id.in_(_outcomes_of(subject)))

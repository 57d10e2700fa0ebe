"""What became of participants: levels before and aimed at, evidence and what was decided about it.

There are many, so they are written by the table, as the services would have left them; a few go through the services.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.service import verify_identity
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.clock import WITA
from plut_api.kit.files.models import FileRow
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Cause, Dimension, Evidence, EvidenceFile, EvidenceState, Outcome, OutcomeLevel
from plut_api.outcomes.rubric import version_in_force
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.sample.accompanying import consultants_in
from plut_api.sample.courses import COURSES
from plut_api.sample.pictures import keep_picture

D = Dimension
SHARES = ((5, 28), (4, 10), (3, 10), (2, 14), (1, 14), (0, 12), (None, 12))
"""How many of the five somebody proves, and how often in a hundred; None: nobody asked them about any."""
KINDS = {
    D.product: {1: "recipe", 2: "photo_before_after", 3: "test_result"},
    D.packaging: {1: "photo_before_after", 2: "label", 3: "drop_test"},
    D.branding: {1: "logo", 2: "listing_url", 3: "brand_guide"},
    D.market: {1: "listing_url", 2: "sales_report", 3: "qris_report"},
    D.finance: {1: "account_proof", 2: "books_export", 3: "own_capital_plan"},
}
LINKS = frozenset({"listing_url"})
REJECTED = ("Foto buram; tanggal tidak terbaca (contoh).", "Foto ulang sisi belakang kemasan.")
SERVES = {course.topic: course.serves for course in COURSES}


@dataclass
class Written:
    """Rows to write, by table, and the files that they name."""

    outcomes: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    levels: list[dict[str, Any]] = field(default_factory=list)


async def prove(
    db: AsyncSession, consultants: Sequence[Caller], chance: random.Random
) -> tuple[Sequence[Row[Any]], str]:
    """Outcomes of all who completed a programme. Those whom nobody asked yet, and what there is in words."""
    written = Written()
    rows = await _completed(db)
    untouched = []
    for number, row in enumerate(rows):
        share = chance.choices([one for one, _ in SHARES], [weight for _, weight in SHARES])[0]
        if share is None:
            untouched.append(row)
            continue
        await _of_one(db, written, row, share, number, consultants, chance)
    for table, values in (
        (Outcome, written.outcomes),
        (Evidence, written.evidence),
        (EvidenceFile, written.files),
        (OutcomeLevel, written.levels),
    ):
        await db.execute(insert(table), values)
    held = [one["file_id"] for one in written.files]
    await db.execute(update(FileRow).where(FileRow.id.in_(held)).values(attached_at=clock.now()))
    return untouched, f"{len(written.outcomes):,} outcomes, {len(written.evidence):,} pieces of evidence"


async def _completed(db: AsyncSession) -> Sequence[Row[Any]]:
    query: Any = (
        select(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.actor_id,
            Program.starts_on,
            Program.ends_on,
            Program.topics,
            Program.regency_codes,
        )
        .join(Program, Program.id == Enrolment.program_id)
        .where(Enrolment.state == EnrolmentState.completed)
        .order_by(Program.starts_on, Enrolment.id)
    )
    return (await db.execute(query)).all()


async def _of_one(
    db: AsyncSession,
    written: Written,
    row: Row[Any],
    share: int,
    number: int,
    consultants: Sequence[Caller],
    chance: random.Random,
) -> None:
    """The five outcomes of one participant, so many of them proven; the one that the programme serves comes first."""
    helper, verifier = consultants_in(row.regency_codes[0], consultants)
    main = SERVES[row.topics[0]]
    others = chance.sample([one for one in D if one is not main], k=len(D) - 1)
    photo: UUID | None = None
    for place, dimension in enumerate([main, *others][: max(share, 2)]):
        outcome = _outcome(row, dimension, helper, chance)
        written.outcomes.append(outcome)
        if place >= share:
            continue
        level = outcome["target_level"]
        kind = KINDS[dimension][level]
        if photo is None and kind not in LINKS:
            photo = await keep_picture(db, helper, "bukti-contoh.png", 1_000 + number)
        proven_on = row.ends_on + timedelta(days=chance.randint(10, 60))
        _evidence(written, outcome, kind, photo, proven_on, (helper, verifier), chance)
    if share >= 3:
        await verify_identity(db, helper, row.person_id)


def _outcome(row: Row[Any], dimension: Dimension, helper: Caller, chance: random.Random) -> dict[str, Any]:
    before = chance.choice((0, 0, 1))
    at = _at(row.starts_on, 8)
    return {
        "id": new_id(),
        "enrolment_id": row.id,
        "actor_id": row.actor_id,
        "dimension": dimension,
        "rubric_version": version_in_force(),
        "baseline_level": before,
        "baseline_at": at,
        "baseline_by": helper.id,
        "target_level": chance.choice((2, 2, 3)),
        "target_at": at,
        "target_by": helper.id,
        "reached_level": None,
        "reached_at": None,
        "created_at": at,
        "version": 2,
    }


def _evidence(
    written: Written,
    outcome: dict[str, Any],
    kind: str,
    photo: UUID | None,
    proven_on: date,
    hands: tuple[Caller, Caller],
    chance: random.Random,
) -> None:
    """Evidence handed in some days before it is decided on; what would be decided in days to come waits."""
    today, draw = clock.today(), chance.random()
    handed_in = proven_on - timedelta(days=6)
    if handed_in >= today:
        return
    if draw < 0.08:
        _hand_in(written, outcome, kind, photo, handed_in - timedelta(days=3), hands, EvidenceState.rejected)
        if draw < 0.03:
            return
    state = EvidenceState.submitted if proven_on >= today or draw > 0.97 else EvidenceState.verified
    evidence = _hand_in(written, outcome, kind, photo, handed_in, hands, state)
    if state is EvidenceState.verified:
        outcome |= {"reached_level": evidence["verified_level"], "reached_at": evidence["decided_at"], "version": 3}
        written.levels.append(
            {
                "id": new_id(),
                "outcome_id": outcome["id"],
                "before_level": None,
                "level": outcome["reached_level"],
                "cause": Cause.evidence,
                "evidence_id": evidence["id"],
                "by_id": hands[1].id,
                "rubric_version": outcome["rubric_version"],
                "created_at": evidence["decided_at"],
            }
        )


def _hand_in(
    written: Written,
    outcome: dict[str, Any],
    kind: str,
    photo: UUID | None,
    day: date,
    hands: tuple[Caller, Caller],
    state: EvidenceState,
) -> dict[str, Any]:
    verified, rejected = state is EvidenceState.verified, state is EvidenceState.rejected
    decided = verified or rejected
    level = outcome["target_level"]
    reason, step = REJECTED
    row = {
        "id": new_id(),
        "outcome_id": outcome["id"],
        "kind": kind,
        "claimed_level": level,
        "note": "Bukti contoh.",
        "url": f"https://toko.contoh.example/{outcome['enrolment_id']}" if kind in LINKS else None,
        "state": state,
        "submitted_by": hands[0].id,
        "verified_level": level if verified else None,
        "decided_by": hands[1].id if decided else None,
        "decided_at": _at(day + timedelta(days=5), 10) if decided else None,
        "reason": reason if rejected else None,
        "next_step": step if rejected else None,
        "created_at": _at(day, 9),
        "version": 2 if decided else 1,
    }
    written.evidence.append(row)
    if kind not in LINKS:
        written.files.append({"id": new_id(), "evidence_id": row["id"], "file_id": photo, "position": 0})
    return row


def _at(day: date, hour: int) -> datetime:
    return min(datetime.combine(day, time(hour), WITA), clock.now())

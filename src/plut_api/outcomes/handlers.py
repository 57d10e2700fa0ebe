"""What outcomes do about events: rows of this system that prove a level are taken up, and end with the row."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Certification
from plut_api.kit import audit, clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import jobs, runtime
from plut_api.kit.outbox import Event, on
from plut_api.outcomes.models import SystemFact
from plut_api.outcomes.service.facts import end, end_expired, follow, know
from plut_api.programs.overlaps.models import ProgramMerge

_MERGED = ("actor_id", "merged_id")
BLOCK = 200
"""Facts that one transaction ends."""


@on("certification.added", "certification.changed", "certification.verified", "certification.removed")
async def follow_certificate(db: AsyncSession, event: Event) -> None:
    """A certificate speaks while it is on file, was compared by staff and is valid; what is said is what it says now.

    One that was renewed steps back for its successor, whose event comes in its stead.
    """
    found = await db.get(Certification, event.subject_id)
    if found is None:
        return
    for certificate in [found, *await db.scalars(_renewed_by(found))]:
        living = certificate.superseded_by is None and certificate.ended_at is None
        if not living or certificate.verified_at is None:
            await end(db, "certifications", certificate.id)
            continue
        await know(
            db,
            f"certification.{certificate.kind}",
            certificate.actor_id,
            "certifications",
            certificate.id,
            since=certificate.issued_on,
            until=certificate.expires_on,
            resumes=True,
        )


_FOLLOW_SEAT = text("""
    UPDATE outcomes o SET enrolment_id = kept.id, version = o.version + 1, updated_at = now()
    FROM enrolments gone JOIN enrolments kept ON kept.program_id = gone.program_id
        AND kept.person_id = gone.person_id AND kept.state <> 'withdrawn'
    WHERE o.enrolment_id = gone.id AND gone.id = ANY(:given_back) AND NOT EXISTS (
        SELECT FROM outcomes k WHERE k.enrolment_id = kept.id AND k.dimension = o.dimension)
    RETURNING o.id, gone.person_id
""")


@on("program.merged")
async def follow_kept_seats(db: AsyncSession, event: Event) -> None:
    """Who had a seat in both programmes has one now: what was achieved from the other counts for it, where it has no
    outcome of that dimension itself.
    """
    merge = await db.get(ProgramMerge, UUID(event.facts["merge_id"]))
    given_back = merge.moved.get("enrolments", {}).get("given_back", []) if merge is not None else []
    if not given_back:
        return
    rows = (await db.execute(_FOLLOW_SEAT, {"given_back": [UUID(one) for one in given_back]})).all()
    about = [row.person_id for row in rows]
    audit.record(db, audit.Action.changed, "outcomes", [row.id for row in rows], about=about)


@on("referral.approved", "referral.disbursed")
async def take_up_referral(db: AsyncSession, event: Event) -> None:
    """A bank accepted a request for financing of a business."""
    if actor_id := event.facts.get("actor_id"):
        day = event.occurred_at.astimezone(clock.WITA).date()
        await know(db, "referral.accepted", UUID(actor_id), "referrals", event.subject_id, since=day)


@on("referral.rejected", "referral.withdrawn", "referral.expired")
async def end_referral(db: AsyncSession, event: Event) -> None:
    """A request for financing came to nothing after all."""
    await end(db, "referrals", event.subject_id)


@on("referral.repaid_three_months")
async def take_up_repayment(db: AsyncSession, event: Event) -> None:
    """A loan has been repaid on time for three months, from the day of the report that says so; it may be so again."""
    since, actor_id = date.fromisoformat(event.facts["since"]), UUID(event.facts["actor_id"])
    await know(db, event.name, actor_id, "repayments", event.subject_id, since=since, resumes=True)


@on("referral.fell_behind")
async def end_repayment(db: AsyncSession, event: Event) -> None:
    """A loan is not repaid on time any more."""
    await end(db, "repayments", event.subject_id)


@on("outcome.baseline_set", "outcome.target_set")
async def take_up_what_waited(db: AsyncSession, event: Event) -> None:
    """An outcome can be proven from now on; what speaks for its business already is taken up."""
    if actor_id := event.facts.get("actor_id"):
        await follow(db, UUID(actor_id))


@on("enrolment.changed")
async def take_up_by_new_business(db: AsyncSession, event: Event) -> None:
    """An enrolment named its business: what speaks for that is taken up, what spoke for another is not its own."""
    if actor_id := event.facts.get("actor_id"):
        await follow(db, UUID(actor_id))


@on("actor.merged", "actor.unmerged")
async def take_up_what_moved(db: AsyncSession, event: Event) -> None:
    """Two businesses became one, or one became two again, and what speaks for them went along."""
    for actor_id in sorted({event.subject_id, *(UUID(event.facts[name]) for name in _MERGED if name in event.facts)}):
        await follow(db, actor_id)


@jobs.periodic(cron="40 16 * * *")  # Soon after midnight in WITA.
@jobs.task(name="outcomes.end_expired", queueing_lock="outcomes.end_expired")
async def end_what_expired(timestamp: int) -> None:
    """End certificates whose last day is over; the levels that rested on them fall."""
    while await end_some():
        pass


async def end_some() -> int:
    """End a block of what has expired; how many businesses it was."""
    async with unit_of_work(runtime().sessions) as db:
        ended = await end_expired(db, BLOCK)
        for actor_id in ended:
            await follow(db, actor_id)
        return len(ended)


def _renewed_by(found: Certification) -> Select[Certification]:
    known = select(SystemFact.fact_id).where(SystemFact.fact_table == "certifications", SystemFact.ended_at.is_(None))
    return select(Certification).where(Certification.superseded_by == found.id, Certification.id.in_(known))

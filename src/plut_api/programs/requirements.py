"""What a programme asks of somebody before they take a seat, and what they have of it already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, ActorStatus, Ownership, Person, acts
from plut_api.actors.segments import in_segment
from plut_api.kit import clock
from plut_api.programs.exemptions import exemption_of
from plut_api.programs.fund_sources import Demand, ExemptionCode, funds
from plut_api.programs.models import Enrolment, EnrolmentState, Program, Segment


@dataclass(frozen=True)
class DocumentAsked:
    """A document that a programme asks for, and how one person stands: it is held, not asked of them, or missing."""

    demand: Demand
    held: bool
    exemption: ExemptionCode | None

    @property
    def missing(self) -> bool:
        """Whether the person cannot take a seat before they have it."""
        return not self.held and self.exemption is None


async def documents_asked(
    db: AsyncSession, program: Program, person_id: UUID, actor_id: UUID | None = None
) -> list[DocumentAsked]:
    """What a programme asks of a person: of the business that is named, otherwise of any that they own or direct.

    Most programmes ask for nothing, and then nothing is read.
    """
    asked = []
    for code in program.required_documents:
        demand = funds()[program.fund_source].demand(code)
        if demand is None:  # Its source of money no longer asks for it.
            continue
        held = await _holds_nib(db, person_id, actor_id)
        exemption = None if held else await exemption_of(db, person_id, demand.exempt)
        asked.append(DocumentAsked(demand, held, exemption))
    return asked


async def missing_documents(
    db: AsyncSession, program: Program, person_id: UUID, actor_id: UUID | None
) -> list[DocumentAsked]:
    """The documents that keep a person from a seat: asked for, not on file, and no exemption applies."""
    return [asked for asked in await documents_asked(db, program, person_id, actor_id) if asked.missing]


async def _holds_nib(db: AsyncSession, person_id: UUID, actor_id: UUID | None) -> bool:
    query = select(Actor.id).join(Ownership, Ownership.actor_id == Actor.id)
    query = query.where(Ownership.person_id == person_id, acts(), Actor.nib_index.is_not(None))
    lives = Actor.erased_at.is_(None) & Actor.merged_into.is_(None) & (Actor.status != ActorStatus.closed)
    query = query.where(lives)
    return await db.scalar((query.where(Actor.id == actor_id) if actor_id else query).limit(1)) is not None


async def prerequisite_met(db: AsyncSession, program: Program, person_id: UUID) -> bool:
    """Whether a person completed the programme that this one builds upon; without one everybody has."""
    if program.prerequisite_id is None:
        return True
    completed = select(Enrolment.id).where(
        Enrolment.program_id == program.prerequisite_id,
        Enrolment.person_id == person_id,
        Enrolment.state == EnrolmentState.completed,
    )
    return await db.scalar(completed.limit(1)) is not None


async def reserved_for(db: AsyncSession, program: Program, person_id: UUID) -> Sequence[dict[str, Any]]:
    """The reserved seats of a programme that a person can have, by the segments they belong to today."""
    if not program.reserved_seats:
        return []
    today = clock.today()
    flags = [in_segment(row["segment"], today).label(row["segment"]) for row in program.reserved_seats]
    belongs = (await db.execute(select(*flags).where(Person.id == person_id))).mappings().one()
    return [
        {"segment": Segment(row["segment"]), "seats": row["seats"], "seats_left": row["seats"] - row["seats_taken"]}
        for row in program.reserved_seats
        if belongs[row["segment"]]
    ]

"""How one person stands towards what a programme asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import own_person, require_acting_for
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid, fault
from plut_api.programs.access import require_program
from plut_api.programs.models import Program
from plut_api.programs.requirements import DocumentAsked, documents_asked, prerequisite_met, reserved_for

_PERSON_MISSING = fault("/query/person", "missing", id="Sebutkan tentang siapa", en="Name the person")


@dataclass(frozen=True)
class Requirements:
    """What a programme asks of a person: documents, the programme before it (None: no such), seats of theirs."""

    program: Program
    person_id: UUID
    documents: Sequence[DocumentAsked]
    prerequisite: Program | None
    prerequisite_met: bool
    reserved_seats: Sequence[dict[str, Any]]


async def requirements_of(
    db: AsyncSession, caller: Caller, program_id: UUID, person_id: UUID | None, actor_id: UUID | None
) -> Requirements:
    """What a programme asks of the caller, or for PLUT's staff of whom they name, and what they have of it already.

    Raises ProgramNotFound, PersonNotFound, RegisterFirst, Invalid (nobody is named).
    """
    program = await require_program(db, caller, program_id)
    if person_id is not None:
        person = await require_acting_for(db, caller, person_id)
    elif caller.is_person:
        person = await own_person(db, caller)
    else:
        raise Invalid(errors=[_PERSON_MISSING])
    if not caller.is_person:
        audit.looked_up(db, "people", [person.id], {"program_id": str(program.id)})
    return Requirements(
        program,
        person.id,
        await documents_asked(db, program, person.id, actor_id),
        await db.get(Program, program.prerequisite_id) if program.prerequisite_id else None,
        await prerequisite_met(db, program, person.id),
        await reserved_for(db, program, person.id),
    )

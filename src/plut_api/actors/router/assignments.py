"""HTTP of assignments: which consultant accompanies whom."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Response, Security

from plut_api.actors import service
from plut_api.actors.access import require_acting_for
from plut_api.actors.models import Assignment
from plut_api.actors.problems import AlreadyAssigned, AssignmentEnded, AssignmentNotFound, PersonNotFound
from plut_api.actors.router.people import PeopleRead
from plut_api.actors.schemas.assignments import (
    AssignmentBatch,
    AssignmentCreate,
    AssignmentPage,
    AssignmentRead,
    AssignmentsMade,
)
from plut_api.actors.service.assignments import assignments, one_assignment
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Id, PathId

router = Router(tag="actors")

PeopleAssign = Annotated[Caller, Security(signed_in, scopes=["people:assign"])]


@dataclass
class AssignmentFilters:
    """The query parameters of the list of assignments."""

    consultant: Annotated[
        list[Id] | None, Query(max_length=50, description="Only of these consultants, by account id.")
    ] = None
    person: Annotated[list[Id] | None, Query(max_length=50, description="Only of these people, by id.")] = None
    active: Annotated[
        bool | None, Query(description="Only those that hold, or only those that ended.", examples=[True])
    ] = None

    def conditions(self) -> list[Any]:
        """What they say as SQL."""
        found: list[Any] = []
        if self.consultant:
            found.append(Assignment.consultant_id.in_(self.consultant))
        if self.person:
            found.append(Assignment.person_id.in_(self.person))
        if self.active is not None:
            found.append(Assignment.until.is_(None) if self.active else Assignment.until.is_not(None))
        return found


Wanted = Annotated[AssignmentFilters, Depends()]


@router.post(
    "/v1/people/{person_id}/assignments",
    status_code=201,
    responses=created() | documented(PersonNotFound, AlreadyAssigned),
)
async def create_assignment(
    person_id: PathId, body: AssignmentCreate, db: Database, caller: PeopleAssign, response: Response
) -> AssignmentRead:
    """Let a consultant accompany a person. The Dinas may.

    From then on the consultant reads and does for the person and their businesses what they would themself. Several
    consultants can accompany one person: who submitted evidence, for example, does not verify it.
    """
    assignment = await service.assign(db, caller, person_id, body.consultant_id)
    put_etag(response, assignment)
    response.headers["Location"] = f"/v1/assignments/{assignment.id}"
    return AssignmentRead.model_validate(await one_assignment(db, caller, assignment.id))


@router.get("/v1/people/{person_id}/assignments", responses=documented(PersonNotFound))
async def list_person_assignments(
    person_id: PathId, db: Database, caller: PeopleRead, paging: PageOf
) -> AssignmentPage:
    """List who accompanies a person and who did, newest first. For the person, their consultants and the Dinas."""
    person = await require_acting_for(db, caller, person_id)
    query = assignments(caller).where(Assignment.person_id == person.id)
    rows = await paging.fetch(db, query, Assignment.id, descending=True)
    return AssignmentPage.model_validate(rows, from_attributes=True)


@router.post("/v1/assignments", responses=documented(), summary="Make many assignments")
async def create_assignments(body: AssignmentBatch, db: Database, caller: PeopleAssign) -> AssignmentsMade:
    """Make up to two hundred assignments at once: all of them, or none and every fault named. The Dinas may.

    A pair that is assigned already stays as it is, so the same list can be sent again.
    """
    pairs = [(pair.consultant_id, pair.person_id) for pair in body.assignments]
    return AssignmentsMade.model_validate({"data": await service.assign_all(db, caller, pairs)}, from_attributes=True)


@router.get("/v1/assignments")
async def list_assignments(db: Database, caller: PeopleRead, paging: PageOf, wanted: Wanted) -> AssignmentPage:
    """List assignments within the caller's rows, newest first: all for the Dinas, for a consultant their own.

    A person finds who accompanies them; a consultant also who else accompanies the people assigned to them.
    """
    query = assignments(caller).where(*wanted.conditions())
    rows = await paging.fetch(db, query, Assignment.id, descending=True)
    return AssignmentPage.model_validate(rows, from_attributes=True)


@router.get("/v1/assignments/{assignment_id}", responses=documented(AssignmentNotFound))
async def get_assignment(assignment_id: PathId, db: Database, caller: PeopleRead, response: Response) -> AssignmentRead:
    """Read an assignment. Its ETag is what ending it asks for."""
    row = await one_assignment(db, caller, assignment_id)
    put_etag(response, row)
    return AssignmentRead.model_validate(row)


@router.delete(
    "/v1/assignments/{assignment_id}",
    status_code=204,
    responses=documented(AssignmentNotFound, AssignmentEnded),
)
async def end_assignment(assignment_id: PathId, db: Database, caller: PeopleAssign, if_match: IfMatch = None) -> None:
    """End an assignment. From the very next request the consultant no longer reaches the person. The Dinas may."""
    await service.end_assignment(db, caller, assignment_id, if_match)

"""HTTP of guardians."""

from typing import Any

from fastapi import Response

from plut_api.actors.access import require_acting_for
from plut_api.actors.masking import view_of
from plut_api.actors.models import Guardianship
from plut_api.actors.people_problems import GuardianAlready, GuardianshipEnded, GuardianshipNotFound, NotAMinor
from plut_api.actors.problems import PersonNotFound, StaffOnly
from plut_api.actors.router.people import PeopleRead, PeopleWrite
from plut_api.actors.schemas.guardians import GuardianCreate, GuardianPage, GuardianRead
from plut_api.actors.service.guardians import end_guardianship as end_one
from plut_api.actors.service.guardians import guardians_of, record_guardian
from plut_api.kit.caller import Caller
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")


@router.post(
    "/v1/people/{person_id}/guardians",
    status_code=201,
    responses=documented(PersonNotFound, StaffOnly, NotAMinor, GuardianAlready),
    summary="Record a guardian",
)
async def create_guardian(
    person_id: PathId, body: GuardianCreate, db: Database, caller: PeopleWrite, response: Response
) -> GuardianRead:
    """Note who acts for a minor (UU 27/2022 art. 25). PLUT's staff may.

    The guardian is a registered person of age. They do for the ward and the ward's businesses what the ward could,
    until it is ended or the ward comes of age.
    """
    made = await record_guardian(db, caller, person_id, body)
    response.headers["Location"] = f"/v1/people/{person_id}/guardians"
    return await _read(db, caller, made)


@router.get("/v1/people/{person_id}/guardians", responses=documented(PersonNotFound))
async def list_guardians(person_id: PathId, db: Database, caller: PeopleRead, paging: PageOf) -> GuardianPage:
    """The guardians that a person has or had, oldest first; ended ones stay on record."""
    person = await require_acting_for(db, caller, person_id)
    rows = await paging.fetch(db, guardians_of(person.id), Guardianship.id)
    return GuardianPage.model_validate(rows | {"data": [_shape(caller, row) for row in rows["data"]]})


@router.post(
    "/v1/people/{person_id}/guardians/{guardianship_id}/end",
    responses=documented(PersonNotFound, StaffOnly, GuardianshipNotFound, GuardianshipEnded),
    summary="End a guardianship",
)
async def end_guardianship(
    person_id: PathId, guardianship_id: PathId, db: Database, caller: PeopleWrite
) -> GuardianRead:
    """End it from today on; the guardian no longer reaches the ward from the next request. PLUT's staff may."""
    return await _read(db, caller, await end_one(db, caller, person_id, guardianship_id))


async def _read(db: Database, caller: Caller, kept: Guardianship) -> GuardianRead:
    row = (await db.execute(guardians_of(kept.ward_id).where(Guardianship.id == kept.id))).one()
    return _shape(caller, row)


def _shape(caller: Caller, row: Any) -> GuardianRead:
    names = ("id", "ward_id", "guardian_id", "relation", "since", "until", "acts", "proof_file_id")
    values = {name: getattr(row, name) for name in names}
    return GuardianRead(guardian_name=view_of(caller).name(row.guardian_name), **values)

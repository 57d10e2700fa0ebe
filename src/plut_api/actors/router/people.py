"""HTTP of people."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Request, Response, Security

from plut_api.actors import service
from plut_api.actors.access import require_person
from plut_api.actors.duplicates.entry import notice_duplicates
from plut_api.actors.masking import view_of
from plut_api.actors.models import Person, SegmentKind
from plut_api.actors.people_problems import GuardianNeeded, NotAMinor
from plut_api.actors.problems import AlreadyRegistered, CodeRefused, NikMissing, NikTaken, PersonNotFound, StaffOnly
from plut_api.actors.schemas.people import (
    PersonCreate,
    PersonMatches,
    PersonPage,
    PersonPatch,
    PersonRead,
    PersonRegistered,
    PersonSearch,
)
from plut_api.actors.segments import standings
from plut_api.actors.service.disclosures import TRAINING, note_shown
from plut_api.actors.service.people_listing import Wanted, people_listed
from plut_api.actors.shapes import person_shape
from plut_api.identity.service import AccountNotFound
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.names import page_by_name
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Day, PathId, Search

router = Router(tag="actors")

SHOWN = ("person_name", "masked_nik", "masked_phone", "sex", "village")
"""What an organizer is shown of a participant."""

PeopleRead = Annotated[Caller, Security(signed_in, scopes=["people:read"])]
PeopleWrite = Annotated[Caller, Security(signed_in, scopes=["people:write"])]
MergePatch = Annotated[PersonPatch, Body(media_type="application/merge-patch+json")]
Regency = Annotated[
    str | None, Query(max_length=5, pattern=r"^[0-9]{2}\.[0-9]{2}$", description="Only of this kabupaten or kota.")
]
OfConsultant = Annotated[
    UUID | None,
    Query(
        json_schema_extra={"maxLength": 36},
        description="Only those assigned to this consultant, by account id.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    ),
]
Village = Annotated[
    str | None,
    Query(max_length=13, pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$", description="Only of this village."),
]
InSegments = Annotated[
    list[SegmentKind] | None,
    Query(max_length=5, description="Only who is in one of these segments; on the day `on`.", examples=[["women"]]),
]
OnDay = Annotated[Day | None, Query(description="The day for `segment`; today if left out.", examples=["2026-03-02"])]


@router.post(
    "/v1/people",
    status_code=201,
    responses=created()
    | documented(NikTaken, AlreadyRegistered, AccountNotFound, StaffOnly, CodeRefused, GuardianNeeded, NotAMinor),
)
async def create_person(
    body: PersonCreate, db: Database, caller: PeopleWrite, request: Request, response: Response
) -> PersonRegistered:
    """Register a person: oneself, or for PLUT's staff somebody else, which the record then says.

    For somebody else `on_behalf` says what stands behind it: a code that the person reads out from their phone
    (`POST /v1/people/codes`), or a paper that they signed (`POST /v1/files`); and for a minor `guardian` says who acts
    for them. Whom a consultant registers is assigned to that consultant at once. Of oneself only a name is needed.
    A NIK that disagrees with birth date, sex or village is accepted with a warning.
    """
    person = await service.register_person(db, request.app.state.sessions, caller, body)
    response.headers["Location"] = f"/v1/people/{person.id}"
    found = await notice_duplicates(db, caller, person)
    read = await shown(db, caller, request, response, person)
    return PersonRegistered.model_validate(dict(read) | found.told)


@router.get("/v1/people")
async def list_people(
    db: Database,
    caller: PeopleRead,
    request: Request,
    paging: PageOf,
    q: Search = None,
    regency: Regency = None,
    village: Village = None,
    consultant: OfConsultant = None,
    segment: InSegments = None,
    on: OnDay = None,
) -> PersonPage:
    """List people within the caller's rows: oneself, those assigned to a consultant, everybody for the Dinas.

    An OPD finds who has a seat in its programmes, without birth date, marital status and disabilities. NIK and phone
    are masked. `segment=disability` needs the scope `disability:read`. To look somebody up by NIK or phone, use
    `POST /v1/people/search`, which keeps them out of addresses and logs.
    """
    wanted = Wanted(regency=regency, village=village, consultant=consultant, segments=segment, on=on)
    rows = await page_by_name(db, paging, people_listed(caller, wanted), Person.full_name, Person.id, q)
    view, told = view_of(caller, in_list=True), await standings(db, rows["data"])
    data = [person_shape(person, told[person.id], request.state.locale, view) for person in rows["data"]]
    await note_shown(db, caller, SHOWN, purpose=TRAINING, people=[person.id for person in rows["data"]])
    return PersonPage(**rows | {"data": data})


@router.post("/v1/people/search", responses=documented(), name="search_people")
async def search_people(body: PersonSearch, db: Database, caller: PeopleRead, request: Request) -> PersonMatches:
    """Look people up by exact NIK or phone, among those whom the caller may act for. Changes nothing."""
    people = await service.find_people(db, caller, body)
    view, told = view_of(caller), await standings(db, people)
    return PersonMatches(data=[person_shape(person, told[person.id], request.state.locale, view) for person in people])


@router.get("/v1/people/{person_id}", responses=documented(PersonNotFound))
async def get_person(
    person_id: PathId, db: Database, caller: PeopleRead, request: Request, response: Response
) -> PersonRead:
    """Read a person: oneself, one assigned to the consultant, anybody for the Dinas.

    An OPD reads its participants with NIK and phone masked, without birth date, marital status and disabilities.
    """
    return await shown(db, caller, request, response, await require_person(db, caller, person_id))


@router.patch("/v1/people/{person_id}", responses=documented(PersonNotFound, NikTaken))
async def change_person(
    person_id: PathId,
    body: MergePatch,
    db: Database,
    caller: PeopleWrite,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> PersonRead:
    """Change a person. What the identity card says (name, NIK, sex, birth date, marital status) counts as unverified,
    once it changes, until staff compare the card again.
    """
    person = await service.change_person(db, caller, person_id, if_match, body.changes())
    return await shown(db, caller, request, response, person)


@router.post("/v1/people/{person_id}/verify-identity", responses=documented(PersonNotFound, NikMissing, StaffOnly))
async def verify_identity(
    person_id: PathId, db: Database, caller: PeopleWrite, request: Request, response: Response
) -> PersonRead:
    """Note that the identity card was compared with the NIK on file. PLUT's staff may."""
    return await shown(db, caller, request, response, await service.verify_identity(db, caller, person_id))


async def shown(db: Database, caller: Caller, request: Request, response: Response, person: Person) -> PersonRead:
    """A person as the answer to a request that reads or changes one."""
    put_etag(response, person)
    await note_shown(db, caller, SHOWN, purpose=TRAINING, people=[person.id])
    told = await standings(db, [person])
    return person_shape(person, told[person.id], request.state.locale, view_of(caller))

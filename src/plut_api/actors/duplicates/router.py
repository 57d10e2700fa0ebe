"""HTTP of duplicates: checks before a record is saved, and the pairs that wait for the Dinas."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Response, Security

from plut_api.actors.duplicates import service
from plut_api.actors.duplicates.entry import check_actor, check_person
from plut_api.actors.duplicates.models import DuplicatePair, Kind, PairState
from plut_api.actors.duplicates.problems import DuplicateDecided, DuplicateNotFound
from plut_api.actors.duplicates.schemas import (
    ActorCheck,
    DuplicateCheck,
    DuplicateComparison,
    DuplicateMerge,
    DuplicateMerged,
    DuplicatePage,
    DuplicateRead,
    NotTheSame,
    PersonCheck,
    Reason,
)
from plut_api.actors.merging.problems import AlreadyMerged, MergeBusy, MergedUnknown, NotTheSamePerson
from plut_api.actors.problems import ActorNotFound, PersonNotFound, StaffOnly
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch
from plut_api.kit.pages import PageOf
from plut_api.kit.problems import PreconditionFailed, PreconditionRequired
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="actors")
STALE = (PreconditionFailed, PreconditionRequired)

PeopleWrite = Annotated[Caller, Security(signed_in, scopes=["people:write"])]
ActorsWrite = Annotated[Caller, Security(signed_in, scopes=["actors:write"])]
DuplicatesRead = Annotated[Caller, Security(signed_in, scopes=["duplicates:read"])]
DuplicatesWrite = Annotated[Caller, Security(signed_in, scopes=["duplicates:write"])]
Merging = Annotated[Caller, Security(signed_in, scopes=["duplicates:write", "people:merge"])]


@dataclass
class PairFilters:
    """The query parameters of the list of pairs."""

    kind: Annotated[list[Kind] | None, Query(max_length=2, description="Only of people, or only of businesses.")] = None
    state: Annotated[
        list[PairState] | None, Query(max_length=4, description="Only in these states; by default `open`.")
    ] = None
    regency: Annotated[
        str | None,
        Query(
            max_length=5,
            pattern=r"^[0-9]{2}\.[0-9]{2}$",
            description="Only where one of the two is in this kabupaten or kota.",
            examples=["52.71"],
        ),
    ] = None
    reason: Annotated[list[Reason] | None, Query(max_length=10, description="Only for one of these reasons.")] = None
    min_sureness: Annotated[
        float | None, Query(ge=0, le=1, description="Only pairs that are at least so sure.", examples=[0.8])
    ] = None

    def conditions(self) -> list[Any]:
        """What they say as SQL, on `service.pairs`."""
        found: list[Any] = [DuplicatePair.state.in_(self.state or [PairState.open])]
        if self.kind:
            found.append(DuplicatePair.kind.in_(self.kind))
        if self.regency is not None:
            found.append(service.in_regency(self.regency))
        if self.reason:
            found.append(DuplicatePair.reasons.overlap(self.reason))
        if self.min_sureness is not None:
            found.append(DuplicatePair.sureness >= self.min_sureness)
        return found


Wanted = Annotated[PairFilters, Depends()]


@router.post("/v1/people/duplicate-check", responses=documented(StaffOnly))
async def check_person_duplicates(body: PersonCheck, db: Database, caller: PeopleWrite) -> DuplicateCheck:
    """Ask before registering somebody who is on file already and may be the same: why, and how sure. Nothing is saved.

    PLUT's staff may, within a quota of its own; the audit log keeps that it was asked. The Dinas is shown everybody, a
    consultant those assigned to them; of others only how many have a name that is alike and something else in common.
    """
    return DuplicateCheck(**(await check_person(db, caller, body)).told)


@router.post("/v1/actors/duplicate-check", responses=documented(StaffOnly))
async def check_actor_duplicates(body: ActorCheck, db: Database, caller: ActorsWrite) -> DuplicateCheck:
    """Ask before registering a business which ones are on file already and may be the same. Nothing is saved.

    For whom and within what limits is as for people (`POST /v1/people/duplicate-check`).
    """
    return DuplicateCheck(**(await check_actor(db, caller, body)).told)


@router.get("/v1/duplicates")
async def list_duplicates(db: Database, caller: DuplicatesRead, paging: PageOf, wanted: Wanted) -> DuplicatePage:
    """List pairs of records that may be the same, surest first. For the Dinas.

    Found on entry, after imports, and by a sweep that goes through the districts at night.
    """
    query = service.pairs().where(*wanted.conditions())
    rows = await paging.fetch(db, query, DuplicatePair.sureness, DuplicatePair.id, descending=True)
    return DuplicatePage.model_validate(rows, from_attributes=True)


@router.get("/v1/duplicates/{duplicate_id}", responses=documented(DuplicateNotFound))
async def get_duplicate(
    duplicate_id: PathId, db: Database, caller: DuplicatesRead, response: Response
) -> DuplicateComparison:
    """Read a pair: both records side by side, what agrees and what differs, and what hangs on each. For the Dinas."""
    version, pair = await service.compare(db, caller, duplicate_id)
    response.headers["ETag"] = f'"{version}"'
    return DuplicateComparison.model_validate(pair)


@router.post(
    "/v1/duplicates/{duplicate_id}/not-the-same", responses=documented(DuplicateNotFound, DuplicateDecided, *STALE)
)
async def dismiss_duplicate(
    duplicate_id: PathId,
    body: NotTheSame,
    db: Database,
    caller: DuplicatesWrite,
    response: Response,
    if_match: IfMatch = None,
) -> DuplicateRead:
    """Decide that two records are two. It is remembered: they are not a pair again, unless an exact number comes to
    agree. The Dinas may.
    """
    await service.not_the_same(db, caller, duplicate_id, if_match, body.note)
    version, pair = await service.shown_pair(db, duplicate_id)
    response.headers["ETag"] = f'"{version}"'
    return DuplicateRead.model_validate(pair)


@router.post(
    "/v1/duplicates/{duplicate_id}/merge",
    responses=documented(
        *(DuplicateNotFound, DuplicateDecided, AlreadyMerged, NotTheSamePerson, MergedUnknown, MergeBusy),
        *(PersonNotFound, ActorNotFound),
        *STALE,
    ),
)
async def merge_duplicate(
    duplicate_id: PathId,
    body: DuplicateMerge,
    db: Database,
    caller: Merging,
    response: Response,
    if_match: IfMatch = None,
) -> DuplicateMerged:
    """Merge the two records: the survivor keeps both histories, the other's id leads to it. The Dinas may.

    Other pairs of the merged record are those of the survivor from then on. Preview and undo are those of any merge.
    """
    merge = await service.merge_pair(db, caller, duplicate_id, if_match, body.survivor_id)
    version, pair = await service.shown_pair(db, duplicate_id)
    response.headers["ETag"] = f'"{version}"'
    return DuplicateMerged.model_validate({**pair, "merge_id": merge.id})

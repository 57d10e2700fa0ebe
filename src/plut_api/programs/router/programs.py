"""HTTP of the catalogue: anyone reads what is published, organizers propose and change."""

from typing import Annotated

from fastapi import Body, Depends, Response, Security

from plut_api.kit.caller import Caller, MaybeCaller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import PathId
from plut_api.programs import catalogue, service
from plut_api.programs.access import require_program
from plut_api.programs.catalogue import ProgramFilters
from plut_api.programs.problems import OrganizerOnly, ProgramNotChangeable, ProgramNotFound, QuotaBelowEnrolments
from plut_api.programs.schemas.details import QuotaChange
from plut_api.programs.schemas.programs import ProgramCreate, ProgramPage, ProgramPatch, ProgramRead

router = Router(tag="programs")

ProgramsRead = Annotated[Caller, Security(signed_in, scopes=["programs:read"])]
ProgramsWrite = Annotated[Caller, Security(signed_in, scopes=["programs:write"])]
MergePatch = Annotated[ProgramPatch, Body(media_type="application/merge-patch+json")]
Wanted = Annotated[ProgramFilters, Depends()]


def not_shared(response: Response, caller: MaybeCaller) -> None:
    """Keep what a signed-in caller sees out of shared caches: it may be more than anyone sees."""
    response.headers["Vary"] = "Accept-Language, Authorization"
    if caller is not None:
        response.headers["Cache-Control"] = "private, no-cache"


@router.get("/v1/programs", dependencies=[Depends(cacheable(60)), Depends(not_shared)], summary="List programmes")
async def list_programs(db: Database, paging: PageOf, caller: MaybeCaller, wanted: Wanted) -> ProgramPage:
    """The shared calendar: every published, running and completed programme, by first day.

    Signed in, an OPD also sees those that it owns, hosts or is invited to host in every other state, a person those
    they enrolled in, and the Dinas all. With `q` the likest titles come first, misspelling is forgiven.
    """
    return ProgramPage.model_validate(
        await catalogue.page_of_programs(db, paging, caller, wanted), from_attributes=True
    )


@router.get(
    "/v1/programs/{program_id}",
    dependencies=[Depends(cacheable(0)), Depends(not_shared)],
    responses=documented(ProgramNotFound),
    summary="Read a programme",
)
async def get_program(program_id: PathId, db: Database, caller: MaybeCaller, response: Response) -> ProgramRead:
    """One programme with the seats that are left. Its ETag is what a change of it asks for."""
    program = await require_program(db, caller, program_id)
    put_etag(response, program)
    return ProgramRead.model_validate(program)


@router.post(
    "/v1/programs",
    status_code=201,
    responses=created() | documented(OrganizerOnly),
    summary="Propose a programme",
)
async def create_program(body: ProgramCreate, db: Database, caller: ProgramsWrite, response: Response) -> ProgramRead:
    """Draft a programme: an OPD for itself, the Dinas for any organization. Nobody else sees it before `publish`."""
    program = await service.propose(db, caller, body)
    put_etag(response, program)
    response.headers["Location"] = f"/v1/programs/{program.id}"
    return ProgramRead.model_validate(program)


@router.patch(
    "/v1/programs/{program_id}",
    responses=documented(ProgramNotFound, OrganizerOnly, ProgramNotChangeable, QuotaBelowEnrolments),
    summary="Change a programme",
)
async def change_program(
    program_id: PathId,
    body: MergePatch,
    db: Database,
    caller: ProgramsWrite,
    response: Response,
    if_match: IfMatch = None,
) -> ProgramRead:
    """Change a proposal. Its organizer may while it is a draft or rejected, the Dinas also while it reviews it.

    What was approved is what takes place: from then on the content stays, but for the quota
    (`POST /v1/programs/{id}/quota`) and, once it runs, what it cost (`spent_idr`).
    """
    program = await service.change_program(db, caller, program_id, if_match, body.changes())
    put_etag(response, program)
    return ProgramRead.model_validate(program)


@router.post(
    "/v1/programs/{program_id}/quota",
    responses=etagged() | documented(ProgramNotFound, OrganizerOnly, ProgramNotChangeable, QuotaBelowEnrolments),
    summary="Change the quota",
)
async def change_quota(
    program_id: PathId, body: QuotaChange, db: Database, caller: ProgramsWrite, response: Response
) -> ProgramRead:
    """Raise or lower how many people can take part, also after approval, and how many seats are kept for segments.

    Its organizer may, and the Dinas. Nobody who has a seat, or was promised one, loses it; new seats are offered to
    those who wait.
    """
    program = await service.change_quota(db, caller, program_id, body)
    put_etag(response, program)
    return ProgramRead.model_validate(program)

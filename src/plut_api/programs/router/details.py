"""HTTP of what programmes are described by, and of what they ask of people."""

from typing import Annotated

from fastapi import Depends, Query, Request

from plut_api.actors.problems import PersonNotFound, RegisterFirst
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router, cacheable
from plut_api.kit.wire import Id, PathId
from plut_api.programs.details import fund_shape, requirements_shape, topic_shape
from plut_api.programs.fund_sources import funds
from plut_api.programs.problems import ProgramNotFound
from plut_api.programs.router.programs import ProgramsRead
from plut_api.programs.schemas.details import FundSources, RequirementsRead
from plut_api.programs.schemas.topics import TopicList
from plut_api.programs.service.standing import requirements_of
from plut_api.programs.topics import topics

HOUR = 3600
router = Router(tag="programs")
ForWhom = Annotated[
    Id | None, Query(description="Whom it is about; by default the caller. PLUT's staff name the person.")
]
ForBusiness = Annotated[
    Id | None, Query(description="The business that the seat would be for; by default any of theirs.")
]


@router.get("/v1/topics", dependencies=[Depends(cacheable(HOUR))], summary="List topics")
async def get_topics(request: Request) -> TopicList:
    """The controlled list of what programmes teach, as a flat tree in both languages.

    A programme names groups or leaves of it, not roots. `first_class` marks what every trainee should meet.
    """
    return TopicList(data=[topic_shape(topic, request.state.locale) for topic in topics().values()])


@router.get("/v1/fund-sources", dependencies=[Depends(cacheable(HOUR))], summary="List sources of money")
async def get_fund_sources(request: Request) -> FundSources:
    """Who pays for programmes, and which documents that makes them ask participants for, by which rule, of whom not.

    What is asked hangs on the source of the money, never on the person; most sources ask for nothing.
    """
    return FundSources(data=[fund_shape(fund, request.state.locale) for fund in funds().values()])


@router.get(
    "/v1/programs/{program_id}/requirements",
    responses=documented(ProgramNotFound, PersonNotFound, RegisterFirst),
    summary="See what a programme asks of a person",
)
async def get_requirements(
    program_id: PathId,
    request: Request,
    db: Database,
    caller: ProgramsRead,
    person: ForWhom = None,
    actor: ForBusiness = None,
) -> RequirementsRead:
    """Which documents are asked for before a seat is taken, which are on file, and which exemption applies.

    Also which reserved seats the person could have. For oneself, or for PLUT's staff of the person they name.
    """
    found = await requirements_of(db, caller, program_id, person, actor)
    return requirements_shape(found, request.state.locale)

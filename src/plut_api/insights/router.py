"""HTTP of work lists."""

from typing import Annotated

from fastapi import Query, Request, Security

from plut_api.actors.problems import StaffOnly
from plut_api.insights import reading
from plut_api.insights.schemas import KIND, WorkPage, WorkSummary
from plut_api.kit import audit
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.pages import CursorsOf
from plut_api.kit.web import Router

router = Router(tag="insights")

WorkRead = Annotated[Caller, Security(signed_in, scopes=["people:read", "actors:read"])]
Kinds = Annotated[
    list[Annotated[str, Query(max_length=48, pattern=KIND)]] | None,
    Query(max_length=20, description="Only these kinds of work.", examples=[["evidence.to_verify"]]),
]
Overdue = Annotated[bool, Query(description="Only what is overdue.")]


@router.get("/v1/work-list", responses=documented(StaffOnly))
async def list_work(
    request: Request,
    db: Database,
    caller: WorkRead,
    cursors: CursorsOf,
    kind: Kinds = None,
    overdue: Overdue = False,
) -> WorkPage:
    """List what waits for the caller, the longest due first, each entry with the address of its row.

    For a consultant, of the people assigned to them and their businesses: what a business needs next to be ready, files
    to confirm, evidence to verify, figures of last year that are missing, certificates that end, results without
    evidence, requests for financing under way, identities to compare. For the Dinas: people without a consultant,
    possible duplicates, requests about own data by their legal term, identities to compare.
    """
    page = WorkPage(**await reading.work_list(db, caller, cursors, kind, overdue, request.state.locale))
    people = [item.person.id for item in page.data if item.person is not None]
    actors = [item.actor.id for item in page.data if item.actor is not None]
    audit.looked_up(db, "people", [*people, *actors], {"tasks": len(page.data)})
    return page


@router.get("/v1/work-list/summary", responses=documented(StaffOnly))
async def get_work_summary(request: Request, db: Database, caller: WorkRead) -> WorkSummary:
    """Count what waits for the caller, and how much of it is overdue, by kind."""
    return WorkSummary(data=await reading.work_summary(db, caller, request.state.locale))

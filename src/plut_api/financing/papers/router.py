"""HTTP of what a business prepares for a bank."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Response, Security

from plut_api.actors.problems import ActorNotFound
from plut_api.financing.papers import plans, service
from plut_api.financing.papers.models import BankAccount, BookMonth, CreditDeclaration
from plut_api.financing.papers.problems import (
    BankAccountEnded,
    BankAccountNotFound,
    BankAccountTaken,
    BookMonthNotFound,
    BookMonthRevised,
    BookMonthTaken,
    CreditDeclarationNotFound,
    FinancingPlanNotFound,
)
from plut_api.financing.papers.schemas import (
    BankAccountCreate,
    BankAccountPage,
    BankAccountRead,
    BookMonthCreate,
    BookMonthPage,
    BookMonthRead,
    BookMonthRevision,
    CreditDeclarationCreate,
    CreditDeclarationPage,
    CreditDeclarationRead,
    FinancingPlanPut,
    FinancingPlanRead,
)
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch, put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.reference.rules import rule_value

router = Router(tag="financing")

PapersRead = Annotated[Caller, Security(signed_in, scopes=["papers:read"])]
PapersWrite = Annotated[Caller, Security(signed_in, scopes=["papers:write"])]
Revised = Annotated[bool, Query(description="Also entries that were revised.", examples=[True])]
Ended = Annotated[bool, Query(description="Also accounts that were taken off.", examples=[True])]


@router.get(
    "/v1/actors/{actor_id}/financing-plan",
    responses=etagged() | documented(ActorNotFound, FinancingPlanNotFound),
    summary="Read the financing plan",
)
async def get_financing_plan(
    actor_id: PathId, db: Database, caller: PapersRead, response: Response
) -> FinancingPlanRead:
    """What the business wants money for. For its owners and directors, their consultants, and the Dinas."""
    plan = await plans.plan_of(db, caller, actor_id)
    put_etag(response, plan)
    return FinancingPlanRead.model_validate(plan)


@router.put(
    "/v1/actors/{actor_id}/financing-plan",
    responses=etagged() | documented(ActorNotFound),
    summary="Write the financing plan",
)
async def put_financing_plan(
    actor_id: PathId,
    body: FinancingPlanPut,
    db: Database,
    caller: PapersWrite,
    response: Response,
    if_match: IfMatch = None,
) -> FinancingPlanRead:
    """Say what money is wanted for, or replace what was said; the first plan needs no `If-Match`.

    With items, their prices sum up to the amount. It is a wish: nothing of it goes to a bank before a referral does.
    """
    plan = await plans.put_plan(db, caller, actor_id, if_match, body)
    put_etag(response, plan)
    return FinancingPlanRead.model_validate(plan)


@router.post(
    "/v1/actors/{actor_id}/credit-declarations",
    status_code=201,
    responses=documented(ActorNotFound),
    summary="Declare running credit",
)
async def create_credit_declaration(
    actor_id: PathId, body: CreditDeclarationCreate, db: Database, caller: PapersWrite, response: Response
) -> CreditDeclarationRead:
    """The owner declares whether there are arrears, barred loans or an occupation that the programmes exclude.

    It counts for the days of the rule value `papers.declaration_valid_days`. Only this declaration, and a bank's yes or
    no, are kept: never a SLIK report.
    """
    row = await service.declare(db, caller, actor_id, body)
    response.headers["Location"] = f"/v1/actors/{actor_id}/credit-declarations/{row.id}"
    return _declared(row, await rule_value(db, "papers.declaration_valid_days"))


@router.get(
    "/v1/actors/{actor_id}/credit-declarations",
    responses=documented(ActorNotFound),
    summary="List credit declarations",
)
async def list_credit_declarations(
    actor_id: PathId, db: Database, caller: PapersRead, paging: PageOf
) -> CreditDeclarationPage:
    """Declarations of a business, newest first; the first one counts while it is valid."""
    query = await service.declarations_of(db, caller, actor_id)
    rows = await paging.fetch(db, query, CreditDeclaration.id, descending=True)
    days = await rule_value(db, "papers.declaration_valid_days")
    return CreditDeclarationPage(**rows | {"data": [_declared(row, days) for row in rows["data"]]})


@router.get(
    "/v1/actors/{actor_id}/credit-declarations/{declaration_id}",
    responses=documented(ActorNotFound, CreditDeclarationNotFound),
    summary="Read a credit declaration",
)
async def get_credit_declaration(
    actor_id: PathId, declaration_id: PathId, db: Database, caller: PapersRead
) -> CreditDeclarationRead:
    """One declaration of a business."""
    row = await service.one_declaration(db, caller, actor_id, declaration_id)
    return _declared(row, await rule_value(db, "papers.declaration_valid_days"))


@router.post(
    "/v1/actors/{actor_id}/book-months",
    status_code=201,
    responses=documented(ActorNotFound, BookMonthTaken),
    summary="Enter a month of the books",
)
async def create_book_month(
    actor_id: PathId, body: BookMonthCreate, db: Database, caller: PapersWrite, response: Response
) -> BookMonthRead:
    """What came in and went out in a month that has begun, and what sales are proven by. Once a month; then revise."""
    row = await service.enter_month(db, caller, actor_id, body)
    response.headers["Location"] = f"/v1/actors/{actor_id}/book-months/{row.id}"
    return BookMonthRead.model_validate(row)


@router.get(
    "/v1/actors/{actor_id}/book-months", responses=documented(ActorNotFound), summary="List months of the books"
)
async def list_book_months(
    actor_id: PathId, db: Database, caller: PapersRead, paging: PageOf, include_revised: Revised = False
) -> BookMonthPage:
    """The months on file, newest month first."""
    query = await service.months_of(db, caller, actor_id, revised=include_revised)
    rows = await paging.fetch(db, query, BookMonth.month, BookMonth.id, descending=True)
    return BookMonthPage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/actors/{actor_id}/book-months/{month_id}",
    responses=documented(ActorNotFound, BookMonthNotFound),
    summary="Read a month of the books",
)
async def get_book_month(actor_id: PathId, month_id: PathId, db: Database, caller: PapersRead) -> BookMonthRead:
    """One month, also one that was revised since."""
    return BookMonthRead.model_validate(await service.one_month(db, caller, actor_id, month_id))


@router.post(
    "/v1/actors/{actor_id}/book-months/{month_id}/revise",
    status_code=201,
    responses=documented(ActorNotFound, BookMonthNotFound, BookMonthRevised),
    summary="Revise a month of the books",
)
async def revise_book_month(
    actor_id: PathId, month_id: PathId, body: BookMonthRevision, db: Database, caller: PapersWrite, response: Response
) -> BookMonthRead:
    """Enter a month anew. The former entry stays on file; from now on the new one stands."""
    row = await service.revise_month(db, caller, actor_id, month_id, body)
    response.headers["Location"] = f"/v1/actors/{actor_id}/book-months/{row.id}"
    return BookMonthRead.model_validate(row)


@router.post(
    "/v1/actors/{actor_id}/bank-accounts",
    status_code=201,
    responses=created() | documented(ActorNotFound, BankAccountTaken),
    summary="Enter a bank account",
)
async def create_bank_account(
    actor_id: PathId, body: BankAccountCreate, db: Database, caller: PapersWrite, response: Response
) -> BankAccountRead:
    """An account in the owner's or the business's name. Its number is sealed; answers show its last digits."""
    row = await service.add_account(db, caller, actor_id, body)
    put_etag(response, row)
    response.headers["Location"] = f"/v1/actors/{actor_id}/bank-accounts/{row.id}"
    return BankAccountRead.model_validate(row)


@router.get("/v1/actors/{actor_id}/bank-accounts", responses=documented(ActorNotFound), summary="List bank accounts")
async def list_bank_accounts(
    actor_id: PathId, db: Database, caller: PapersRead, paging: PageOf, include_ended: Ended = False
) -> BankAccountPage:
    """The accounts that a business uses, newest first."""
    query = await service.accounts_of(db, caller, actor_id, ended=include_ended)
    rows = await paging.fetch(db, query, BankAccount.id, descending=True)
    return BankAccountPage.model_validate(rows, from_attributes=True)


@router.get(
    "/v1/actors/{actor_id}/bank-accounts/{account_id}",
    responses=etagged() | documented(ActorNotFound, BankAccountNotFound),
    summary="Read a bank account",
)
async def get_bank_account(
    actor_id: PathId, account_id: PathId, db: Database, caller: PapersRead, response: Response
) -> BankAccountRead:
    """One account, also one that was taken off."""
    row = await service.one_account(db, caller, actor_id, account_id)
    put_etag(response, row)
    return BankAccountRead.model_validate(row)


@router.delete(
    "/v1/actors/{actor_id}/bank-accounts/{account_id}",
    status_code=204,
    responses=documented(ActorNotFound, BankAccountNotFound, BankAccountEnded),
    summary="Take a bank account off",
)
async def end_bank_account(
    actor_id: PathId, account_id: PathId, db: Database, caller: PapersWrite, if_match: IfMatch = None
) -> None:
    """Take an account off that is no longer used. It stays on file."""
    await service.end_account(db, caller, actor_id, account_id, if_match)


def _declared(row: CreditDeclaration, days: int) -> CreditDeclarationRead:
    names = CreditDeclarationRead.model_fields.keys() - {"valid_until"}
    values = {name: getattr(row, name) for name in names}
    return CreditDeclarationRead.model_validate(values | {"valid_until": row.declared_on + timedelta(days=days)})

"""Entering what a business prepares for a bank. Owners do it for themselves, and the consultants who serve them.

Every change emits papers.changed, by which readiness is judged anew.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by, require_actor
from plut_api.financing.papers.models import BankAccount, BookMonth, CreditDeclaration
from plut_api.financing.papers.problems import (
    BankAccountEnded,
    BankAccountNotFound,
    BankAccountTaken,
    BookMonthNotFound,
    BookMonthRevised,
    BookMonthTaken,
    CreditDeclarationNotFound,
)
from plut_api.financing.papers.schemas import (
    BankAccountCreate,
    BookMonthCreate,
    BookMonthRevision,
    CreditDeclarationCreate,
)
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.files import readable_through, require_file
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import Organization, OrganizationKind

ACCOUNT_CONTEXT = "bank_accounts.number"
_MONTH_TAKEN = {"uq_book_months_one_standing": BookMonthTaken()}
_ACCOUNT_TAKEN = {"uq_bank_accounts_one_number": BankAccountTaken()}


@readable_through(BookMonth.file_id, of_subject=lambda subject: BookMonth.actor_id.in_(subject.sole_actor_ids))
def proofs_of_reached_businesses(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read a business may read the proofs of its sales; a bank gets them by a dossier alone."""
    return actors_reached_by(caller, BookMonth.actor_id)


async def tell(db: AsyncSession, caller: Caller, actor_id: UUID, paper: str, row_id: UUID) -> None:
    """Say that a paper of a business changed."""
    await outbox.record(db, "papers.changed", row_id, by=caller, actor_id=actor_id, paper=paper)


async def declarations_of(db: AsyncSession, caller: Caller, actor_id: UUID) -> Select[CreditDeclaration]:
    """The declarations of a business within the caller's rows. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    return select(CreditDeclaration).where(CreditDeclaration.actor_id == actor.id)


async def one_declaration(db: AsyncSession, caller: Caller, actor_id: UUID, declaration_id: UUID) -> CreditDeclaration:
    """A declaration of a business. Raises ActorNotFound, CreditDeclarationNotFound."""
    query = await declarations_of(db, caller, actor_id)
    found = await db.scalar(query.where(CreditDeclaration.id == declaration_id))
    if found is None:
        raise CreditDeclarationNotFound()
    return found


async def declare(
    db: AsyncSession, caller: Caller, actor_id: UUID, given: CreditDeclarationCreate
) -> CreditDeclaration:
    """Declare what credit runs today; earlier declarations stay.

    Raises ActorNotFound, Invalid (`answer_by_consultant`, `bank_unknown`). Emits papers.changed.
    """
    actor = await require_actor(db, caller, actor_id, for_update=True)
    values: dict[str, Any] = given.model_dump(exclude={"bank_answer"})
    if (answer := given.bank_answer) is not None:
        if faults := await _faults_of_answer(db, caller, answer.bank_id):
            raise Invalid(errors=faults)
        values |= {"bank_id": answer.bank_id, "bank_answered_on": answer.answered_on}
        values["bank_found_clear"] = answer.is_clear
    row = CreditDeclaration(id=new_id(), actor_id=actor.id, declared_on=clock.today(), recorded_by=caller.id, **values)
    db.add(row)
    await db.flush()
    await db.refresh(row)
    await tell(db, caller, actor.id, "credit_declaration", row.id)
    return row


async def months_of(db: AsyncSession, caller: Caller, actor_id: UUID, *, revised: bool = True) -> Select[BookMonth]:
    """The months of a business within the caller's rows, those revised too. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    query = select(BookMonth).where(BookMonth.actor_id == actor.id)
    return query if revised else query.where(BookMonth.superseded_at.is_(None))


async def one_month(db: AsyncSession, caller: Caller, actor_id: UUID, month_id: UUID) -> BookMonth:
    """A month of a business, also one that was revised. Raises ActorNotFound, BookMonthNotFound."""
    query = await months_of(db, caller, actor_id)
    found = await db.scalar(query.where(BookMonth.id == month_id))
    if found is None:
        raise BookMonthNotFound()
    return found


async def enter_month(db: AsyncSession, caller: Caller, actor_id: UUID, given: BookMonthCreate) -> BookMonth:
    """Enter a month of the books.

    Raises ActorNotFound, BookMonthTaken, Invalid (`month_in_future`, `proof_missing`, `file_unknown`). Emits
    papers.changed.
    """
    actor = await require_actor(db, caller, actor_id)
    await _check_proof(db, caller, given, known=None)
    return await _keep_month(db, caller, actor.id, date.fromisoformat(f"{given.month}-01"), given)


async def revise_month(
    db: AsyncSession, caller: Caller, actor_id: UUID, month_id: UUID, given: BookMonthRevision
) -> BookMonth:
    """Enter a month anew; the former entry stays on file.

    Raises ActorNotFound, BookMonthNotFound, BookMonthRevised, Invalid (`proof_missing`, `file_unknown`). Emits
    papers.changed.
    """
    former = await one_month(db, caller, actor_id, month_id)
    await _check_proof(db, caller, given, known=former.file_id)
    await db.refresh(former, with_for_update=True)
    if former.superseded_at is not None:
        raise BookMonthRevised()
    former.superseded_at = clock.now()
    await db.flush()
    return await _keep_month(db, caller, former.actor_id, former.month, given, revises_id=former.id)


async def accounts_of(db: AsyncSession, caller: Caller, actor_id: UUID, *, ended: bool = True) -> Select[BankAccount]:
    """The accounts of a business within the caller's rows. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    query = select(BankAccount).where(BankAccount.actor_id == actor.id)
    return query if ended else query.where(BankAccount.ended_at.is_(None))


async def one_account(
    db: AsyncSession, caller: Caller, actor_id: UUID, account_id: UUID, *, for_update: bool = False
) -> BankAccount:
    """An account of a business, also one that was taken off. Raises ActorNotFound, BankAccountNotFound."""
    query = (await accounts_of(db, caller, actor_id)).where(BankAccount.id == account_id)
    found = await db.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise BankAccountNotFound()
    return found


async def add_account(db: AsyncSession, caller: Caller, actor_id: UUID, given: BankAccountCreate) -> BankAccount:
    """Enter an account. Raises ActorNotFound, BankAccountTaken. Emits papers.changed."""
    actor = await require_actor(db, caller, actor_id)
    number = "".join(digit for digit in given.number if digit.isdigit())
    row = BankAccount(
        id=new_id(),
        actor_id=actor.id,
        number_sealed=vault().seal(ACCOUNT_CONTEXT, number),
        number_index=vault().blind(ACCOUNT_CONTEXT, number),
        number_ending=number[-4:],
        recorded_by=caller.id,
        **given.model_dump(exclude={"number"}),
    )
    with refusing(_ACCOUNT_TAKEN):
        db.add(row)
        await db.flush()
    await db.refresh(row)
    await tell(db, caller, actor.id, "bank_account", row.id)
    return row


async def end_account(db: AsyncSession, caller: Caller, actor_id: UUID, account_id: UUID, if_match: str | None) -> None:
    """Take an account off; it stays on file.

    Raises ActorNotFound, BankAccountNotFound, BankAccountEnded, and for `If-Match`. Emits papers.changed.
    """
    row = await one_account(db, caller, actor_id, account_id, for_update=True)
    require_match(row, if_match)
    if row.ended_at is not None:
        raise BankAccountEnded()
    row.ended_at = clock.now()
    row.version += 1
    await db.flush()
    await tell(db, caller, row.actor_id, "bank_account", row.id)


async def _keep_month(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    month: date,
    given: BookMonthRevision,
    revises_id: UUID | None = None,
) -> BookMonth:
    values = given.model_dump(exclude={"month"}) | {"month": month, "revises_id": revises_id}
    row = BookMonth(id=new_id(), actor_id=actor_id, recorded_by=caller.id, **values)
    with refusing(_MONTH_TAKEN):
        db.add(row)
        await db.flush()
    await db.refresh(row)
    await tell(db, caller, actor_id, "book_month", row.id)
    return row


async def _check_proof(db: AsyncSession, caller: Caller, given: BookMonthRevision, *, known: UUID | None) -> None:
    if given.file_id is not None and given.proof is None:
        raise Invalid(errors=[_PROOF_MISSING])
    if given.file_id is not None and given.file_id != known:
        await require_file(db, caller, given.file_id)


async def _faults_of_answer(db: AsyncSession, caller: Caller, bank_id: UUID) -> list[Fault]:
    faults = [_BY_CONSULTANT] if caller.is_person else []
    known = select(Organization.id).where(Organization.id == bank_id, Organization.kind == OrganizationKind.bank)
    if await db.scalar(known) is None:
        faults.append(_BANK_UNKNOWN)
    return faults


_PROOF_MISSING = fault(
    "#/proof",
    "proof_missing",
    id="Sebutkan jenis bukti dari berkas ini",
    en="Say what kind of proof this file is",
)
_BY_CONSULTANT = fault(
    "#/bank_answer",
    "answer_by_consultant",
    id="Jawaban bank dicatat oleh konsultan yang menanyakannya",
    en="A bank's answer is entered by the consultant who asked it",
)
_BANK_UNKNOWN = fault(
    "#/bank_answer/bank_id", "bank_unknown", id="Bank ini tidak terdaftar", en="There is no such bank"
)

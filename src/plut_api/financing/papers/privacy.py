"""What is held of a person in papers, and what becomes of it when they are erased."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.papers.models import BankAccount, BookMonth, CreditDeclaration, FinancingPlan
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "financing_plans",
    "financing_plans",
    about=Text(id="Rencana pembiayaan usaha Anda.", en="What your businesses want money for."),
)
async def held_plans(db: AsyncSession, subject: Subject) -> list[Row]:
    """Plans of the person's businesses."""
    return await rows_of(db, FinancingPlan, FinancingPlan.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "credit_declarations",
    "credit_declarations",
    about=Text(id="Pernyataan kredit yang Anda buat.", en="What was declared of running credit."),
)
async def held_declarations(db: AsyncSession, subject: Subject) -> list[Row]:
    """Declarations for the person's businesses."""
    return await rows_of(db, CreditDeclaration, CreditDeclaration.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "book_months",
    "book_months",
    about=Text(id="Pembukuan bulanan usaha Anda.", en="The monthly books of your businesses."),
)
async def held_months(db: AsyncSession, subject: Subject) -> list[Row]:
    """Months of the person's businesses, those revised too."""
    return await rows_of(db, BookMonth, BookMonth.actor_id.in_(subject.actor_ids), subject)


@personal_data(
    "bank_accounts",
    "bank_accounts",
    about=Text(id="Rekening yang dipakai usaha Anda.", en="The bank accounts of your businesses."),
)
async def held_accounts(db: AsyncSession, subject: Subject) -> list[Row]:
    """Accounts of the person's businesses."""
    return await rows_of(db, BankAccount, BankAccount.actor_id.in_(subject.actor_ids), subject)


@erasing(order=41)
async def remove_papers(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove papers of businesses that are the person's alone. Those of businesses with other owners tell of these."""
    deleted = 0
    tables: tuple[type[Any], ...] = (FinancingPlan, CreditDeclaration, BookMonth, BankAccount)
    for table in tables:
        gone = delete(table).where(table.actor_id.in_(subject.sole_actor_ids)).returning(table.id)
        ids = list(await db.scalars(gone.execution_options(synchronize_session=False)))
        audit.record(db, audit.Action.deleted, table.__tablename__, ids, about=[subject.person_id])
        deleted += len(ids)
    return Erased("papers", deleted=deleted)

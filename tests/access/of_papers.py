"""What each side prepared for a bank: a plan, a declaration, books, an account, and where it sells."""

from plut_api.kit.database import Model
from tests.access.rows import Side
from tests.factories import Make
from tests.financing.papers import bank_account, book_month, declaration, plan, shop


async def rows_of_papers(make: Make, side: Side) -> dict[str, Model]:
    """The papers of a side's business, in order."""
    actor = side.actor
    rows: dict[str, Model] = {
        "financing_plan": plan(actor),
        "credit_declaration": declaration(actor),
        "book_month": book_month(actor, sales_idr=int(side.markers["sales"])),
        "bank_account": bank_account(actor),
    }
    await make.add(*rows.values(), shop(actor), *(book_month(actor, number) for number in range(1, 6)))
    return rows

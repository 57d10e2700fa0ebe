"""What hangs on a side's referral: a document that the bank asked for, and one that was supplied."""

from typing import Any

from plut_api.financing.models import DocumentRequest, Referral, ReferralDocument
from tests.access.rows import Rows, Side


async def rows_of_referral(world: Rows, side: Side, referral: Referral) -> dict[str, Any]:
    """Both rows, by their names."""
    request = await world.add(
        DocumentRequest(referral_id=referral.id, kind="sales_records", words="Nota.", asked_by=side.teller.id)
    )
    paper = await world.make.paper(side.consultant)
    document = await world.add(
        ReferralDocument(
            referral_id=referral.id,
            request_id=request.id,
            kind="sales_records",
            file_id=paper.id,
            supplied_by=side.consultant.id,
        )
    )
    return {"document_request": request, "referral_document": document}

"""Where the rows are read that prove facts; results keep a table and an id, the address is made as they are told."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

_OF_ACTOR = "/v1/actors/{subject_id}"
_OF_COOPERATIVE = "/v1/cooperatives/{subject_id}"
_RECORDS = ("officers", "meetings", "outlets", "figures", "papers", "proposals")
HREFS: Mapping[str, str] = {
    "annual_figures": f"{_OF_ACTOR}/annual-figures/{{row_id}}",
    "certifications": f"{_OF_ACTOR}/certifications/{{row_id}}",
    "sales_channels": f"{_OF_ACTOR}/sales-channels/{{row_id}}",
    "financing_plans": f"{_OF_ACTOR}/financing-plan",
    "credit_declarations": f"{_OF_ACTOR}/credit-declarations/{{row_id}}",
    "books": f"{_OF_ACTOR}/book-months",
    "book_months": f"{_OF_ACTOR}/book-months/{{row_id}}",
    "bank_accounts": f"{_OF_ACTOR}/bank-accounts/{{row_id}}",
    "evidence": "/v1/evidence/{row_id}",
    "certificates": "/v1/certificates/{row_id}",
    "cooperative_credit_declarations": f"{_OF_COOPERATIVE}/credit-declarations/{{row_id}}",
    **{f"cooperative_{name}": f"{_OF_COOPERATIVE}/{name}/{{row_id}}" for name in _RECORDS},
}
"""By table: the address of a row, or of its subject's list. A table that is missing here has none."""


def hrefs(pairs: Iterable[Sequence[str]] | None, subject_id: UUID) -> list[str]:
    """The addresses of what a result's evidence names, each once, in order."""
    found = [
        HREFS[table].format(subject_id=subject_id, row_id=row_id) for table, row_id in pairs or () if table in HREFS
    ]
    return list(dict.fromkeys(found))

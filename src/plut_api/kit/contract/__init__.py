"""The contract (OpenAPI 3.1): what every operation has is written here once, so that a route says only what is its own.

`install_contract(app)` makes `app.openapi()` the finished document. On a route, `responses=` takes `documented(…)`
joined by `|` with `created()`, `etagged()`, `listed(…)` or `moved()` where the automatic part does not suffice.
"""

from plut_api.kit.contract.catalogue import problem_catalogue
from plut_api.kit.contract.declared import created, documented, etagged, listed, moved, operation_id, read_by_hand
from plut_api.kit.contract.described import describe
from plut_api.kit.contract.document import allowed_methods, install_contract
from plut_api.kit.contract.kept import answer_faults
from plut_api.kit.contract.written import as_yaml

__all__ = [
    "allowed_methods",
    "answer_faults",
    "as_yaml",
    "created",
    "describe",
    "documented",
    "etagged",
    "install_contract",
    "listed",
    "moved",
    "operation_id",
    "problem_catalogue",
    "read_by_hand",
]

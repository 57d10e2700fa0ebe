"""Tables of financing: what each wall lets through of them (see declared.py)."""

from collections.abc import Mapping

from plut_api.kit.walls import Wall
from plut_api.walls.reach import OPEN_TO_BANK, ORGANIZATION, Reach, of_own, shared, where

OPEN = ("rule_sets", "generations")
CLOSED = ("ready_rows", "readiness_next", "readiness_kinds", "readiness_due", "generation_blocks", "rule_set_diffs")

WRITES: Mapping[str, Mapping[Wall, tuple[str, ...]]] = {
    "ready_exits": {Wall.bank: ("SELECT",)},
    "verifiable_dossiers": dict.fromkeys(Wall, ("SELECT",)),
    "ready_list": {Wall.bank: ("SELECT",)},
    "ready_list_whole": {Wall.bank: ("SELECT",)},
    "financing_facts": {Wall.bank: ("SELECT",), Wall.outsider: ("SELECT",)},
}

PERSONAL: Mapping[str, Mapping[Wall, Reach]] = {
    "saved_searches": {Wall.bank: of_own("bank_id", "INSERT", "UPDATE", "DELETE")},
    "score_disclosures": {Wall.bank: of_own("bank_id")},
    "consents": {Wall.bank: of_own("organization_id", "UPDATE")},
    # A draft is the applicant's own: whom they will ask, and in which order, no bank is told.
    "referrals": {
        Wall.bank: Reach(
            f"bank_id = {ORGANIZATION} AND submitted_at IS NOT NULL", ("UPDATE",), needs=("referrals.submitted_at",)
        )
    },
    "referral_breaches": {Wall.bank: where("referrals", "t.id = referral_breaches.referral_id")},
    "document_requests": {Wall.bank: where("referrals", "t.id = document_requests.referral_id", "INSERT")},
    "referral_documents": {
        Wall.bank: where("referrals", f"t.id = referral_documents.referral_id AND {OPEN_TO_BANK}"),
    },
    "referral_transitions": {Wall.bank: where("referrals", "t.id = referral_transitions.referral_id", "INSERT")},
    "dossiers": {Wall.bank: where("referrals", "t.id = dossiers.referral_id")},
    "readiness_objections": {},
    "objection_files": {},
    "financing_plans": {},
    "credit_declarations": {},
    "book_months": {},
    "bank_accounts": {},
    "readiness": {Wall.bank: shared("readiness.actor_id")},
    "readiness_changes": {},
    "cooperative_readiness": {},
    "repayment_reports": {Wall.bank: where("referrals", "t.id = repayment_reports.referral_id", "INSERT", "UPDATE")},
    "refusal_closures": {},
    # Nobody is told from these, but what a bank drafts is no business of another, and what it published only its own.
    "financing_products": {
        Wall.bank: Reach(
            f"state <> 'draft' OR bank_id = {ORGANIZATION}",
            ("INSERT", "UPDATE", "DELETE"),
            written=f"bank_id = {ORGANIZATION}",
        ),
        Wall.opd: Reach("state <> 'draft'"),
        Wall.outsider: Reach("state <> 'draft'"),
    },
    "product_quotas": {
        Wall.bank: Reach("true", ("INSERT", "UPDATE", "DELETE"), written=f"bank_id = {ORGANIZATION}"),
        Wall.opd: Reach("true"),
        Wall.outsider: Reach("true"),
    },
}

"""What the audit log tells of financing: tables and operations (see declared.py)."""

from collections.abc import Mapping

from plut_api.kit.audit.shapes import ListRead, Read, Told
from plut_api.kit.audit.shapes import as_told as _told

AUDITED: Mapping[str, Told] = {
    "saved_searches": _told(plain="notify_from new_rows digest_at", derived="seen_at counted_at"),
    "score_disclosures": _told(plain="bank_id valid_from valid_until"),
    "dossiers": _told(derived="present_sealed compared_at"),
    "readiness_objections": _told(plain="rule_code rule_set result fact", derived="late_at"),
    "objection_files": _told(),
    "financing_plans": _told(plain="scheme tenor_months", hashed="principle"),
    "credit_declarations": _told(
        plain="declared_on bank_answered_on",
        hashed="has_arrears has_barred_credit has_excluded_occupation bank_found_clear",
    ),
    "book_months": _told(plain="month"),
    "bank_accounts": _told(),
    "readiness": _told(derived="rule_set status score results computed_at"),
    "cooperative_readiness": _told(derived="rule_set status score results computed_at"),
    "referrals": _told(
        plain="scheme place amount_idr tenor_months approved_amount_idr approved_tenor_months approved_pricing_kind "
        "approved_rate_bp disbursed_amount_idr disbursed_on data_removed_on",
        derived="state_since due_at",
    ),
    "document_requests": _told(plain="kind due_on"),
    "referral_documents": _told(plain="kind"),
    "referral_transitions": _told(plain="caller_role reason_code"),
    "repayment_reports": _told(plain="as_of collectibility days_past_due outstanding_idr paid_idr"),
    "refusal_closures": _told(),
    "financing_products": _told(
        plain="edition scheme rate_bp bank_nisbah_bp bank_share_bp projected_profit_bp admin_fee_idr min_amount_idr "
        "max_amount_idr min_tenor_months max_tenor_months collateral_from_idr regency_codes quota_idr quota_count "
        "valid_from valid_until published_at closed_at",
    ),
}

UNAUDITED: Mapping[str, str] = {
    "ready_rows": "computed from what is told of itself",
    "readiness_kinds": "computed, and gone when it serves",
    "readiness_next": "computed from what is told of itself, and gone when it serves",
    "readiness_changes": "is itself the history of what is computed, with its causes",
    "readiness_due": "names whom an event is about until they are judged",
    "generations": "runs of the worker, which tell their own progress",
    "generation_blocks": "how far such a run is",
    "rule_set_diffs": "counts alone",
    "product_quotas": "counted from referrals and set by products, which are told of themselves",
    "ready_exits": "computed from what is told of itself",
    "referral_breaches": "computed from clocks of referrals, which are told of themselves",
}

READS: Mapping[str, Read] = {
    "getFinancingPlan": Read("actors", "actor_id"),
    "listCreditDeclarations": Read("actors", "actor_id"),
    "getCreditDeclaration": Read("actors", "actor_id"),
    "listBookMonths": Read("actors", "actor_id"),
    "getBookMonth": Read("actors", "actor_id"),
    "listBankAccounts": Read("actors", "actor_id"),
    "getBankAccount": Read("actors", "actor_id"),
    "getReadiness": Read("actors", "actor_id"),
    "listReadinessChanges": Read("actors", "actor_id"),
    "listCooperativeReadinessChanges": Read("cooperatives", "cooperative_id"),
    "getReadinessObjection": Read("readiness_objections", "objection_id"),
    "getReferral": Read("referrals", "referral_id"),
    "listReferralTransitions": Read("referrals", "referral_id"),
    "listRepaymentReports": Read("referrals", "referral_id"),
    "getRefusal": Read("referrals", "referral_id"),
    "listDocumentRequests": Read("referrals", "referral_id"),
    "listReferralDocuments": Read("referrals", "referral_id"),
}

LISTS: Mapping[str, ListRead] = {
    "listBusinessObjections": ListRead("readiness_objections"),
    "listCooperativeObjections": ListRead("readiness_objections"),
    "listReadinessObjections": ListRead("readiness_objections"),
    "listReferrals": ListRead("referrals"),
}

NOT_PERSONAL: Mapping[str, str] = {
    "getReferralClocks": "counts and days of each bank, without anybody's request",
    "listGenerations": "runs over all, without anybody's result",
    "getRuleSetDiff": "counts, small ones suppressed",
    "getFinancingReport": "numbers only; those about a few are left out",
    "getReferralDossier": "writes an entry of its own",
    "listSavedSearches": "filters of a bank",
    "getSavedSearch": "filters of a bank",
    "getScoreDisclosure": "a setting of a bank",
    "listReadyBusinesses": "the disclosure log names every business that a bank was shown, block by block",
}

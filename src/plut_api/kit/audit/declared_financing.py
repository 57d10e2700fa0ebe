"""What the audit log tells of financing: tables and operations (see declared.py)."""

from collections.abc import Mapping

from plut_api.kit.audit.shapes import ListRead, Read, Told
from plut_api.kit.audit.shapes import as_told as _told

AUDITED: Mapping[str, Told] = {
    "readiness": _told(derived="rule_set status score results computed_at"),
    "referrals": _told(plain="amount_idr tenor_months approved_amount_idr disbursed_amount_idr disbursed_on"),
    "referral_transitions": _told(plain="caller_role reason_code"),
}

UNAUDITED: Mapping[str, str] = {
    "ready_rows": "computed from what is told of itself",
    "ready_exits": "computed from what is told of itself",
}

READS: Mapping[str, Read] = {
    "getReadiness": Read("actors", "actor_id"),
    "getReferral": Read("referrals", "referral_id"),
    "listReferralTransitions": Read("referrals", "referral_id"),
}

LISTS: Mapping[str, ListRead] = {
    "listReferrals": ListRead("referrals"),
}

NOT_PERSONAL: Mapping[str, str] = {
    "listReadyBusinesses": "the disclosure log names every business that a bank was shown, block by block",
}

"""What the audit log tells of records of cooperatives: tables and operations (see declared.py)."""

from collections.abc import Mapping

from plut_api.kit.audit.shapes import Read, Told
from plut_api.kit.audit.shapes import as_told as _told

AUDITED: Mapping[str, Told] = {
    "cooperative_officers": _told(plain="since until", hashed="has_kin village_office"),
    "cooperative_meetings": _told(plain="held_on book_year"),
    "cooperative_outlets": _told(plain="name opened_on closed_on premises_until"),
    "cooperative_figures": _told(plain="month sales_idr expenses_idr members members_paid"),
    "cooperative_papers": _told(plain="dated_on until", derived="number_seen"),
    "cooperative_proposals": _told(
        plain="scheme capex_idr opex_idr tenor_months stage_amounts_idr repayment_sources yearly_income_idr "
        "yearly_instalments_idr"
    ),
    "cooperative_credit_declarations": _told(plain="declared_on"),
}

UNAUDITED: Mapping[str, str] = {
    "cooperative_revisions": "what a record was; the correction is an entry of its own table",
}

READS: Mapping[str, Read] = {
    "listCooperativeOfficers": Read("cooperatives", "cooperative_id"),
    "getCooperativeOfficer": Read("cooperative_officers", "officer_id"),
    "listCooperativeMeetings": Read("cooperatives", "cooperative_id"),
    "getCooperativeMeeting": Read("cooperative_meetings", "meeting_id"),
    "listCooperativeRevisions": Read("cooperatives", "cooperative_id"),
}

_NOBODY = "of a cooperative, which is no person"
NOT_PERSONAL: Mapping[str, str] = dict.fromkeys(
    (
        *("getCooperativeOutlet", "listCooperativeFigures", "getCooperativeFigure"),
        *("listCooperativePapers", "getCooperativePaper", "listCooperativeProposals", "getCooperativeProposal"),
        *("listCooperativeCreditDeclarations", "getCooperativeCreditDeclaration"),
        "getCooperativeReadiness",
    ),
    _NOBODY,
)

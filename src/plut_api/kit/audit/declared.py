"""What the audit log tells of, table by table and operation by operation. Names only: kit imports no room.

A table, or an operation that needs a token, which stands nowhere here fails a test. Of an audited table everything is
told as a keyed hash that does not show by itself: identifiers, instants, enumerations and booleans are told as they
are, any other column only if it is named as `plain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """How the changes of a table are told. `hashed` are enumerations that describe a person; `derived` is left out:
    what is computed from rows that are told of themselves.
    """

    plain: frozenset[str] = frozenset()
    hashed: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()


def _told(plain: str = "", hashed: str = "", derived: str = "") -> Told:
    return Told(frozenset(plain.split()), frozenset(hashed.split()), frozenset(derived.split()))


AUDITED: Mapping[str, Told] = {
    "organizations": _told(plain="code name"),
    "accounts": _told(),
    "totp_secrets": _told(derived="last_step"),
    "message_preferences": _told(plain="channels muted_kinds"),
    "clients": _told(plain="name scopes jwks_url"),
    "signing_keys": _told(derived="public_jwk"),
    "people": _told(plain="village_code", hashed="sex marital_status"),
    "actors": _told(
        plain="village_code regency_code kbli_version kbli_code started_on",
        derived="size_class size_by_sales size_by_capital size_basis row_key",
    ),
    "ownerships": _told(plain="since until share_percent"),
    "ownership_offers": _told(plain="since share_percent answer"),
    "actor_status_changes": _told(plain="changed_on"),
    "legal_form_changes": _told(plain="changed_on"),
    "products": _told(plain="category price_idr"),
    "product_photos": _told(plain="position"),
    "certifications": _told(plain="kind trademark_class issued_on expires_on", derived="reminded_at"),
    "sales_channels": _told(plain="since until"),
    "assignments": _told(),
    "merges": _told(),
    "duplicate_pairs": _told(plain="reasons sureness"),
    "registrations": _told(),
    "phone_changes": _told(),
    "takeover_codes": _told(),
    "guardianships": _told(plain="since until", hashed="relation"),
    "person_segments": _told(plain="since until", hashed="segment"),
    "annual_figures": _told(plain="year source workers_female workers_male"),
    "consents": _told(plain="data_categories text_version language channel paper_hash"),
    "data_requests": _told(plain="report"),
    "facilities": _told(plain="code name village_code about address"),
    "opening_shifts": _told(plain="weekday since until"),
    "opening_exceptions": _told(plain="on_date note"),
    "rooms": _told(plain="code name capacity features"),
    "closures": _told(plain="first_on last_on reason"),
    "equipment": _told(plain="code name count"),
    "booking_rules": _told(plain="days_ahead automatic_attendees"),
    "booking_series": _told(plain="rule"),
    "bookings": _told(plain="on_date attendees"),
    "equipment_loans": _told(plain="on_date count"),
    "files": _told(plain="media_type size_bytes"),
    "programs": _told(
        plain="title aim segments regency_codes starts_on ends_on seats budget_idr", derived="seats_taken"
    ),
    "program_transitions": _told(),
    "training_sessions": _told(plain="held_on title place"),
    "enrolments": _told(),
    "outcomes": _told(plain="rubric_version baseline_level target_level reached_level"),
    "evidence": _told(plain="claimed_level verified_level"),
    "cooperatives": _told(
        plain="name village_code regency_code legal_number established_on nik_koperasi member_count notes address"
    ),
    "cooperative_managers": _told(),
    "cooperative_invitations": _told(),
    "readiness": _told(derived="rule_set status score results computed_at"),
    "referrals": _told(plain="amount_idr tenor_months approved_amount_idr disbursed_amount_idr disbursed_on"),
    "referral_transitions": _told(plain="caller_role reason_code"),
    "imports": _told(
        plain="file_hash row_count created_count updated_count unchanged_count refused_count warning_count failure "
        "source as_of filled_count overwritten_count kept_count"
    ),
    "import_mappings": _told(plain="source definition"),
    "outside_ids": _told(plain="system kind"),
}

UNAUDITED: Mapping[str, str] = {
    **dict.fromkeys(("audit_entries", "audit_seals", "audit_links"), "the log itself"),
    "disclosures": "a log of its own, which nobody can change either",
    "merge_moves": "the rows of a merge; each of them is an entry of its own table",
    "events": "tells what the entries of the same transaction tell",
    "idempotent_answers": "an answer word for word, gone within a day",
    "rate_windows": "counts calls, gone within hours",
    "messages": "tells what entries of the same transaction tell, gone within months",
    "message_deliveries": "a log of its own",
    "message_spending": "sums of the log of deliveries",
    "takeover_tries": "counts wrong tries of a day; each is an entry as a refusal",
    "one_time_codes": "a hash that is good for minutes; what is done by it is an entry",
    "refresh_tokens": "a hash; signing in and renewing are entries",
    "recovery_codes": "a hash; who signs in by one is an entry",
    "password_links": "a hash that is good for days; the password that is chosen by it is an entry",
    "revocations": "kept for as long as a token might still be used; why it was made is an entry",
    "used_once": "what clients signed for one use, gone within minutes",
    "ready_rows": "computed from what is told of itself",
    "duplicate_sweeps": "how far a sweep has come; the pairs that it finds are entries",
    "size_changes": "computed from figures and thresholds; a log of its own, that is only added to",
    "size_laws": "how far a law was applied; the businesses it changed have entries",
    "ready_exits": "computed from what is told of itself",
    "import_files": "sealed bytes, gone once they are read; of the import there is an entry",
    "import_faults": "found in a file, of which nothing was loaded",
    "import_differences": "what was changed by it are entries; the report stands beside the import",
    **dict.fromkeys(
        ("regions", "kbli", "holidays", "rule_values", "remote_areas", "rule_sets"), "comes with a release"
    ),
}

NEVER = frozenset(
    {"password_hash", "code_hash", "token_hash", "secret_hash", "private_sealed", "secret_sealed", "key_sealed", "jwks"}
)
"""Secrets, and what would help to guess one: not even hashed."""

MARKS = frozenset({"created_at", "updated_at", "version", "change_xid"})
"""What every change moves."""

SUBJECTS = (
    *("person_id", "actor_id", "cooperative_id", "account_id", "signed_by", "consultant_id"),
    *("ward_id", "guardian_id"),
)
"""Columns that name whom an object is about."""


@dataclass(frozen=True)
class Read:
    """An operation that shows what is personal: of which kind, and where its id is in the path."""

    kind: str
    parameter: str


@dataclass(frozen=True)
class ListRead:
    """An operation that shows many: of which kind. The answer says which."""

    kind: str
    subjects: tuple[str, ...] = field(default=("person_id", "actor_id", "consultant_id"))


READS: Mapping[str, Read] = {
    "getPerson": Read("people", "person_id"),
    "getMerge": Read("merges", "merge_id"),
    "getActor": Read("actors", "actor_id"),
    "getOwners": Read("actors", "actor_id"),
    "getOwner": Read("ownerships", "ownership_id"),
    "listStatusChanges": Read("actors", "actor_id"),
    "listLegalForms": Read("actors", "actor_id"),
    "listProducts": Read("actors", "actor_id"),
    "getProduct": Read("products", "product_id"),
    "listActorCertifications": Read("actors", "actor_id"),
    "getCertification": Read("certifications", "certification_id"),
    "listSalesChannels": Read("actors", "actor_id"),
    "getSalesChannel": Read("sales_channels", "channel_id"),
    "listAnnualFigures": Read("actors", "actor_id"),
    "getAnnualFigures": Read("actors", "actor_id"),
    "listSizeChanges": Read("actors", "actor_id"),
    "listTimeline": Read("actors", "actor_id"),
    "getReadiness": Read("actors", "actor_id"),
    "listConsents": Read("actors", "actor_id"),
    "getOneConsent": Read("consents", "consent_id"),
    "listDisclosures": Read("actors", "actor_id"),
    "listCooperativeConsents": Read("cooperatives", "cooperative_id"),
    "getCooperativeConsent": Read("consents", "consent_id"),
    "getDataRequest": Read("data_requests", "request_id"),
    "getBooking": Read("bookings", "booking_id"),
    "getEnrolment": Read("enrolments", "enrolment_id"),
    "getOutcomes": Read("enrolments", "enrolment_id"),
    "getOutcome": Read("enrolments", "enrolment_id"),
    "listOutcomeEvidence": Read("enrolments", "enrolment_id"),
    "getEvidence": Read("evidence", "evidence_id"),
    "getReferral": Read("referrals", "referral_id"),
    "listReferralTransitions": Read("referrals", "referral_id"),
    "getCooperativeContact": Read("cooperatives", "cooperative_id"),
    "listCooperativeManagers": Read("cooperatives", "cooperative_id"),
    "getCooperativeManager": Read("cooperative_managers", "manager_id"),
    "listCooperativeInvitations": Read("cooperatives", "cooperative_id"),
    "getCooperativeInvitation": Read("cooperative_invitations", "invitation_id"),
    "getFile": Read("files", "file_id"),
    "getStaffMember": Read("accounts", "staff_id"),
    "getAssignment": Read("assignments", "assignment_id"),
    "listPersonAssignments": Read("people", "person_id"),
    "getPersonPreferences": Read("people", "person_id"),
    "listGuardians": Read("people", "person_id"),
    "getPersonSegments": Read("people", "person_id"),
    "listImportFaults": Read("imports", "import_id"),
    "listImportDifferences": Read("imports", "import_id"),
}
"""Written in the transaction that reads."""

LISTS: Mapping[str, ListRead] = {
    "listPeople": ListRead("people"),
    "listMerges": ListRead("merges"),
    "searchPeople": ListRead("people"),
    "listActors": ListRead("actors"),
    "listCertifications": ListRead("certifications"),
    "searchActors": ListRead("actors"),
    "listDuplicates": ListRead("duplicate_pairs", ("a_id", "b_id")),
    "listAssignments": ListRead("assignments"),
    "listBookings": ListRead("bookings"),
    "listEnrolments": ListRead("enrolments"),
    "listProgramEnrolments": ListRead("enrolments"),
    "listEvidence": ListRead("evidence"),
    "listReferrals": ListRead("referrals"),
    "listDataRequests": ListRead("data_requests"),
    "listStaff": ListRead("accounts"),
}
"""Written within a second after the answer, so that a list waits for nothing."""

NOT_PERSONAL: Mapping[str, str] = {
    "listReadyBusinesses": "the disclosure log names every business that a bank was shown, block by block",
    "listProgramTransitions": "moves of a programme, of which nobody can be told",
    "getSuggestedFills": "sessions and rooms, of which nobody can be told",
    "getUtilisation": "counts of shifts, by organization",
    "getBookingRules": "rules of the house",
    "listImports": "counts of rows",
    "getImport": "counts of rows",
    "listImportMappings": "names of columns",
    "getImportMapping": "names of columns",
    "exportActors": "writes an entry of its own for every block",
    "getDuplicate": "writes an entry that names both records",
    "listWork": "writes an entry that says whom the list named",
    "getWorkSummary": "counts of tasks",
    "searchRegistry": "writes an entry that says who was found",
    "listAuditEntries": "writes an entry that says what was asked for",
    "listMyCooperativeInvitations": "the caller's own",
    "listMyOwnerships": "the caller's own",
    "listMyRecords": "masked, of the phone that the caller signed in by",
    "getMe": "the caller's own",
    "getMyData": "the caller's own",
    "listMyDataRequests": "the caller's own",
    "getMyDataRequest": "the caller's own",
    "listMyDisclosures": "the caller's own",
    "getTotp": "the caller's own",
    "getMyPreferences": "the caller's own",
    "listMyMessages": "the caller's own",
    "listMessageDeliveries": "neither texts nor recipients",
    "listMessageSpending": "sums of a day",
}
"""Reading operations that need a token and write no entry, and why."""

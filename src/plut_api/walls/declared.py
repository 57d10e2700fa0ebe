"""Every table once: whether persons can be told from it, and what each wall lets through.

A table that stands nowhere here is closed to organizations, and a test names it.
"""

from collections.abc import Mapping

from plut_api.kit.walls import Wall
from plut_api.walls import financing
from plut_api.walls.reach import CALLER, ORGANIZATION, Reach, of_own, only, own, shared, where

APPEND_ONLY = frozenset({"audit_entries", "audit_seals", "audit_links", "disclosures"})
"""Even the application can only add to these, and read them."""

NARROW: Mapping[str, tuple[str, ...]] = {
    "annual_figures": ("SELECT", "INSERT", "UPDATE (actor_id, file_id)", "DELETE"),
    "size_changes": ("SELECT", "INSERT", "UPDATE (actor_id)", "DELETE"),
}
"""What the application may do to tables that it adds to, but for merging and erasing: a trigger asks for the latter."""

READ_ONLY = frozenset({"alembic_version", "database_origins"})
"""The application reads these; what it holds comes with a release."""

OPEN = frozenset(
    {
        *("regions", "kbli", "holidays", "rule_values", "remote_areas", "organizations", "cooperatives"),
        "cooperative_outlets",
        *("facilities", "opening_shifts", "opening_exceptions", "rooms", "closures", "equipment", "booking_rules"),
        *("programs", "program_transitions", "program_hosts", "reserved_seats", "training_sessions"),
        "program_sponsors",
        *("overlaps", "program_merges"),
        "session_trainers",
        "certificate_counters",
        *financing.OPEN,
    }
)
"""Nobody can be told from these: every wall lets them be read."""

CLOSED = frozenset(
    {
        *("takeover_codes", "takeover_tries"),
        *("one_time_codes", "clients", "signing_keys", "used_once", "rate_windows", "alembic_version"),
        "database_origins",
        *("imports", "import_files", "import_faults", "audit_seals", "audit_links"),
        "duplicate_sweeps",
        *("import_differences", "import_mappings", "outside_ids"),
        *("size_laws", "message_spending"),
        *financing.CLOSED,
    }
)
"""Behind no wall these may even be asked. Instead of `ready_rows` banks read the views `ready_list` and
`ready_list_whole`, which give the identified document only where the asking bank has a live consent (migration 0014).
"""

WRITES: Mapping[str, Mapping[Wall, tuple[str, ...]]] = {
    "revocations": dict.fromkeys(Wall, ("INSERT",)),
    "audit_entries": dict.fromkeys(Wall, ("INSERT",)),
    "programs": {Wall.opd: ("INSERT", "UPDATE")},
    "program_transitions": {Wall.opd: ("INSERT",)},
    "program_hosts": {Wall.opd: ("INSERT", "UPDATE", "DELETE")},
    "program_sponsors": {Wall.opd: ("INSERT", "DELETE")},
    "program_seats": dict.fromkeys(Wall, ("SELECT",)),
    "reserved_seats": {Wall.opd: ("INSERT", "UPDATE", "DELETE")},
    "training_sessions": {Wall.opd: ("INSERT", "UPDATE", "DELETE")},
    "session_trainers": {Wall.opd: ("INSERT", "UPDATE", "DELETE")},
    "overlaps": {Wall.opd: ("INSERT", "UPDATE")},
    "certificate_counters": {Wall.opd: ("INSERT", "UPDATE")},
    "verifiable_certificates": dict.fromkeys(Wall, ("SELECT",)),
    "waiting_facts": dict.fromkeys(Wall, ("SELECT",)),
    "held_rooms": dict.fromkeys(Wall, ("SELECT",)),
    "held_equipment": dict.fromkeys(Wall, ("SELECT",)),
    **financing.WRITES,
    "procrastinate_jobs": dict.fromkeys(Wall, ("INSERT", "SELECT (id)")),
    "procrastinate_events": dict.fromkeys(Wall, ("INSERT",)),
}
"""What walls let through beyond reading, of tables without row security."""


def _of_programs(program_id: str, *may: str) -> Reach:
    """Rows of programmes that the OPD runs or co-hosts."""
    run = f"EXISTS (SELECT FROM programs t WHERE t.id = {program_id} AND {_RUN_BY_US})"
    return Reach(run, may, needs=("programs", "program_hosts.accepted_at"))


_SEATED = "t.state <> 'withdrawn'"
_COHOSTED = f"h.program_id = t.id AND h.organization_id = {ORGANIZATION} AND h.accepted_at IS NOT NULL"
_RUN_BY_US = f"(t.organization_id = {ORGANIZATION} OR EXISTS (SELECT FROM program_hosts h WHERE {_COHOSTED}))"
"""SQL: the programme `t` is one that the organization runs or co-hosts."""
_WAITS = "EXISTS (SELECT FROM waiting_entries w WHERE w.person_id = people.id AND w.ended_at IS NULL)"
_HAS_SEAT = "EXISTS (SELECT FROM enrolments t WHERE t.person_id = people.id AND " + _SEATED + ")"
_OWNS = "ownerships.until IS NULL AND ownerships.role = 'owner'"
_COLLEAGUES = f"id = {CALLER} OR organization_id = {ORGANIZATION} AND kind = 'staff'"
_SELF = f"id = {CALLER}"
_TEACHING = where("session_trainers", "t.trainer_id = trainers.id")

CONSULTING = (
    *("consultations", "consultation_transitions", "agreed_actions", "consultation_notes", "consultation_files"),
)
"""What people confide to consultants: behind every wall there are no rows of it."""
COOPERATIVE_RECORDS = ("officers", "meetings", "figures", "papers", "proposals", "credit_declarations", "revisions")
"""What a cooperative records beside its outlets, which are public: behind every wall there are no rows of it."""
_PAPER = f"EXISTS (SELECT FROM agreements a WHERE a.paper_file_id = files.id AND a.organization_id = {ORGANIZATION})"
_SUPPLIED = "EXISTS (SELECT FROM referral_documents t WHERE t.file_id = files.id)"
_PAPERS = Reach(_PAPER, needs=("agreements",))
"""Signed papers of agreements of the own organization."""

PERSONAL: Mapping[str, Mapping[Wall, Reach]] = {
    **financing.PERSONAL,
    "accounts": {
        Wall.bank: Reach(_COLLEAGUES, ("UPDATE",), written=_SELF),
        # Trainers come from any house.
        Wall.opd: Reach(f"id = {CALLER} OR kind = 'staff'", ("UPDATE",), written=_SELF),
        Wall.outsider: Reach(_COLLEAGUES, ("UPDATE",), written=_SELF),
    },
    "refresh_tokens": {wall: own("account_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "totp_secrets": {wall: own("account_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "recovery_codes": {wall: own("account_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "password_links": {wall: own("account_id", "DELETE") for wall in Wall},
    "idempotent_answers": {wall: own("caller_id", "INSERT", "DELETE") for wall in Wall},
    "messages": {wall: own("recipient_id", "UPDATE") for wall in Wall},
    "message_deliveries": {wall: where("messages", "t.id = message_deliveries.message_id") for wall in Wall},
    "message_preferences": {wall: own("account_id", "INSERT", "UPDATE") for wall in Wall},
    "events": dict.fromkeys(
        Wall,
        Reach(
            "EXISTS (SELECT FROM feed_entries t WHERE t.event_id = events.id)",
            ("INSERT",),
            written="true",
            needs=("feed_entries",),
        ),
    ),
    "feed_entries": {wall: of_own("organization_id") for wall in Wall},
    "webhook_endpoints": {wall: of_own("organization_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "webhook_deliveries": {
        wall: where("webhook_endpoints", "t.id = webhook_deliveries.endpoint_id", "INSERT", "UPDATE") for wall in Wall
    },
    "webhook_attempts": {wall: where("webhook_deliveries", "t.id = webhook_attempts.delivery_id") for wall in Wall},
    "actors": {
        Wall.bank: shared("actors.id"),
        Wall.opd: where("enrolments", f"t.actor_id = actors.id AND {_SEATED}"),
    },
    "annual_figures": {Wall.bank: shared("annual_figures.actor_id")},
    "size_changes": {},
    "ownerships": {
        Wall.bank: only(_OWNS, shared("ownerships.actor_id")),
        Wall.opd: only(_OWNS, where("enrolments", f"t.person_id = ownerships.person_id AND {_SEATED}")),
    },
    "people": {
        Wall.bank: where("ownerships", "t.person_id = people.id"),
        # Those who wait for a seat are named in its list; what else an OPD reads of people is bound by its queries.
        Wall.opd: Reach(f"{_HAS_SEAT} OR {_WAITS}", needs=("enrolments", "waiting_entries")),
    },
    "ownership_offers": {},
    "actor_status_changes": {},
    "legal_form_changes": {},
    "products": {},
    "product_photos": {},
    "certifications": {},
    "sales_channels": {},
    "merges": {},
    "merge_moves": {},
    "assignments": {},
    "duplicate_pairs": {},
    "registrations": {},
    "phone_changes": {},
    "guardianships": {},
    "person_segments": {
        Wall.opd: where("people", "t.id = person_segments.person_id AND person_segments.segment <> 'disability'"),
    },
    "agreements": {
        Wall.bank: of_own("organization_id"),
        Wall.opd: Reach(f"organization_id = {ORGANIZATION} OR state = 'active'"),
        Wall.outsider: of_own("organization_id"),
    },
    "agreement_transitions": {wall: where("agreements", "t.id = agreement_transitions.agreement_id") for wall in Wall},
    "commitments": {wall: where("agreements", "t.id = commitments.agreement_id") for wall in Wall},
    **{table: {} for table in CONSULTING},
    "cooperative_managers": {},
    "cooperative_invitations": {},
    **{f"cooperative_{records}": {} for records in COOPERATIVE_RECORDS},
    "files": {
        Wall.opd: Reach(
            f"uploaded_by = {CALLER} OR EXISTS (SELECT FROM evidence_files t WHERE t.file_id = files.id) OR {_PAPER}",
            ("INSERT", "UPDATE"),
            written=f"uploaded_by = {CALLER}",
            needs=("evidence_files", "agreements"),
        ),
        Wall.bank: Reach(f"{_PAPER} OR {_SUPPLIED}", needs=("agreements", "referral_documents")),
        Wall.outsider: _PAPERS,
    },
    "uploads": {Wall.opd: own("uploaded_by", "INSERT", "UPDATE", "DELETE")},
    "data_requests": {wall: own("account_id", "INSERT", "UPDATE") for wall in Wall},
    "disclosures": {wall: of_own("organization_id", "INSERT") for wall in Wall},
    "bookings": {wall: of_own("organization_id", "INSERT", "UPDATE") for wall in Wall},
    "booking_series": {
        wall: Reach(
            f"booked_by = {CALLER} OR EXISTS (SELECT FROM bookings t WHERE t.series_id = booking_series.id)",
            ("INSERT",),
            written=f"booked_by = {CALLER}",
            needs=("bookings",),
        )
        for wall in Wall
    },
    "trainers": {
        Wall.bank: _TEACHING,
        Wall.opd: Reach("true", ("INSERT", "UPDATE"), written=f"organization_id = {ORGANIZATION}"),
        Wall.outsider: _TEACHING,
    },
    "equipment_loans": {wall: where("bookings", "t.id = equipment_loans.booking_id", "INSERT") for wall in Wall},
    "enrolments": {
        Wall.opd: _of_programs("enrolments.program_id", "INSERT", "UPDATE"),
    },
    "waiting_entries": {Wall.opd: _of_programs("waiting_entries.program_id")},
    "attendances": {Wall.opd: where("enrolments", "t.id = attendances.enrolment_id", "INSERT", "UPDATE")},
    "test_scores": {Wall.opd: where("enrolments", "t.id = test_scores.enrolment_id", "INSERT", "UPDATE")},
    "completion_waivers": {Wall.opd: where("enrolments", "t.id = completion_waivers.enrolment_id", "INSERT")},
    "certificates": {Wall.opd: where("enrolments", "t.id = certificates.enrolment_id", "INSERT", "UPDATE")},
    "no_shows": {},
    "outcomes": {
        Wall.bank: shared("outcomes.actor_id"),
        Wall.opd: where("enrolments", "t.id = outcomes.enrolment_id", "INSERT", "UPDATE"),
    },
    "follow_ups": {Wall.opd: where("enrolments", "t.id = follow_ups.enrolment_id")},
    "evidence": {Wall.opd: where("outcomes", "t.id = evidence.outcome_id", "INSERT", "UPDATE")},
    "evidence_files": {Wall.opd: where("evidence", "t.id = evidence_files.evidence_id")},
    "outcome_levels": {Wall.opd: where("outcomes", "t.id = outcome_levels.outcome_id")},
    "system_facts": {},
}
"""Persons can be told from these: every wall lets them be asked, and gives the rows of its reach; without one, none."""

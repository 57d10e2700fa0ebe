"""Every table once: whether persons can be told from it, and what each wall lets through.

A table that stands nowhere here is closed to organizations, and a test names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plut_api.kit.walls import Wall

ORGANIZATION = "(SELECT nullif(current_setting('plut.organization', true), '')::uuid)"
"""SQL: the organization whose request runs. A subquery, so that it is asked for once a statement."""
CALLER = "(SELECT nullif(current_setting('plut.caller', true), '')::uuid)"
"""SQL: the account or machine client whose request runs."""


@dataclass(frozen=True)
class Reach:
    """What a wall lets through of a table: the rows to read, what else may be done, and to which rows (the same).

    `rows` is SQL; the tables it asks are behind the same wall. `needs` names them, and the columns that an older
    revision lacks (`ownerships.until`).
    """

    rows: str
    may: tuple[str, ...] = ()
    written: str | None = None
    needs: tuple[str, ...] = ()


APPEND_ONLY = frozenset({"audit_entries", "audit_seals", "audit_links", "disclosures"})
"""Even the application can only add to these, and read them."""

NARROW: Mapping[str, tuple[str, ...]] = {
    "annual_figures": ("SELECT", "INSERT", "UPDATE (actor_id, file_id)", "DELETE"),
    "size_changes": ("SELECT", "INSERT", "UPDATE (actor_id)", "DELETE"),
}
"""What the application may do to tables that it adds to, but for merging and erasing: a trigger asks for the latter."""

READ_ONLY = frozenset({"alembic_version"})
"""The application reads these; what it holds comes with a release."""

OPEN = frozenset(
    {
        *("regions", "kbli", "holidays", "rule_values", "remote_areas", "rule_sets", "organizations", "cooperatives"),
        *("facilities", "opening_shifts", "opening_exceptions", "rooms", "closures", "equipment", "booking_rules"),
        *("programs", "program_transitions", "training_sessions"),
    }
)
"""Nobody can be told from these: every wall lets them be read."""

CLOSED = frozenset(
    {
        *("takeover_codes", "takeover_tries"),
        *("one_time_codes", "clients", "signing_keys", "used_once", "rate_windows", "alembic_version"),
        *("imports", "import_files", "import_faults", "ready_rows", "audit_seals", "audit_links"),
        "duplicate_sweeps",
        *("import_differences", "import_mappings", "outside_ids"),
        *("size_laws", "message_spending"),
    }
)
"""Behind no wall these may even be asked. Instead of `ready_rows` banks read the views `ready_list` and
`ready_list_whole`, which give the identified document only where the asking bank has a live consent (migration 0014).
"""

WRITES: Mapping[str, Mapping[Wall, tuple[str, ...]]] = {
    "events": dict.fromkeys(Wall, ("INSERT",)),
    "revocations": dict.fromkeys(Wall, ("INSERT",)),
    "audit_entries": dict.fromkeys(Wall, ("INSERT",)),
    "programs": {Wall.opd: ("INSERT", "UPDATE")},
    "program_transitions": {Wall.opd: ("INSERT",)},
    "training_sessions": {Wall.opd: ("INSERT", "UPDATE", "DELETE")},
    "held_rooms": dict.fromkeys(Wall, ("SELECT",)),
    "held_equipment": dict.fromkeys(Wall, ("SELECT",)),
    "ready_exits": {Wall.bank: ("SELECT",)},
    "ready_list": {Wall.bank: ("SELECT",)},
    "ready_list_whole": {Wall.bank: ("SELECT",)},
    "procrastinate_jobs": dict.fromkeys(Wall, ("INSERT", "SELECT (id)")),
    "procrastinate_events": dict.fromkeys(Wall, ("INSERT",)),
}
"""What walls let through beyond reading, of tables without row security."""

_LIVE = f"c.organization_id = {ORGANIZATION} AND c.withdrawn_at IS NULL AND c.expires_at > now()"
_OPEN_REFERRAL = f"r.bank_id = {ORGANIZATION} AND r.state IN ('submitted', 'received', 'in_review', 'approved')"


def _shared(actor: str, may: tuple[str, ...] = ()) -> Reach:
    """Rows of businesses that consented to this bank, or whose request for financing lies with it."""
    consented = f"EXISTS (SELECT FROM consents c WHERE c.actor_id = {actor} AND {_LIVE})"
    requested = f"EXISTS (SELECT FROM referrals r WHERE r.actor_id = {actor} AND {_OPEN_REFERRAL})"
    return Reach(f"{consented} OR {requested}", may, needs=("consents", "referrals"))


def _own(column: str, *may: str) -> Reach:
    return Reach(f"{column} = {CALLER}", may)


def _of_own(column: str, *may: str) -> Reach:
    return Reach(f"{column} = {ORGANIZATION}", may)


def _where(table: str, condition: str, *may: str) -> Reach:
    """Rows for which there is one in another table, as far as that is behind the same wall."""
    return Reach(f"EXISTS (SELECT FROM {table} t WHERE {condition})", may, needs=(table,))


def _only(condition: str, reach: Reach) -> Reach:
    """Those rows of a reach that also meet a condition on ownerships."""
    needs = (*reach.needs, "ownerships.until", "ownerships.role")
    return replace(reach, rows=f"({condition}) AND ({reach.rows})", needs=needs)


_SEATED = "t.state <> 'withdrawn'"
_OWNS = "ownerships.until IS NULL AND ownerships.role = 'owner'"
_COLLEAGUES = f"id = {CALLER} OR organization_id = {ORGANIZATION} AND kind = 'staff'"
_SELF = f"id = {CALLER}"

PERSONAL: Mapping[str, Mapping[Wall, Reach]] = {
    "accounts": {
        Wall.bank: Reach(_COLLEAGUES, ("UPDATE",), written=_SELF),
        # Trainers come from any house.
        Wall.opd: Reach(f"id = {CALLER} OR kind = 'staff'", ("UPDATE",), written=_SELF),
        Wall.outsider: Reach(_COLLEAGUES, ("UPDATE",), written=_SELF),
    },
    "refresh_tokens": {wall: _own("account_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "totp_secrets": {wall: _own("account_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "recovery_codes": {wall: _own("account_id", "INSERT", "UPDATE", "DELETE") for wall in Wall},
    "password_links": {wall: _own("account_id", "DELETE") for wall in Wall},
    "idempotent_answers": {wall: _own("caller_id", "INSERT", "DELETE") for wall in Wall},
    "messages": {wall: _own("recipient_id", "UPDATE") for wall in Wall},
    "message_deliveries": {wall: _where("messages", "t.id = message_deliveries.message_id") for wall in Wall},
    "message_preferences": {wall: _own("account_id", "INSERT", "UPDATE") for wall in Wall},
    "consents": {Wall.bank: _of_own("organization_id", "UPDATE")},
    "referrals": {Wall.bank: _of_own("bank_id", "UPDATE")},
    "referral_transitions": {
        Wall.bank: _where("referrals", "t.id = referral_transitions.referral_id", "INSERT"),
    },
    "actors": {
        Wall.bank: _shared("actors.id"),
        Wall.opd: _where("enrolments", f"t.actor_id = actors.id AND {_SEATED}"),
    },
    "annual_figures": {Wall.bank: _shared("annual_figures.actor_id")},
    "size_changes": {},
    "readiness": {Wall.bank: _shared("readiness.actor_id")},
    "ownerships": {
        Wall.bank: _only(_OWNS, _shared("ownerships.actor_id")),
        Wall.opd: _only(_OWNS, _where("enrolments", f"t.person_id = ownerships.person_id AND {_SEATED}")),
    },
    "people": {
        Wall.bank: _where("ownerships", "t.person_id = people.id"),
        Wall.opd: _where("enrolments", f"t.person_id = people.id AND {_SEATED}"),
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
        Wall.opd: _where("people", "t.id = person_segments.person_id AND person_segments.segment <> 'disability'"),
    },
    "cooperative_managers": {},
    "cooperative_invitations": {},
    "files": {Wall.opd: _own("uploaded_by", "INSERT", "UPDATE")},
    "data_requests": {wall: _own("account_id", "INSERT", "UPDATE") for wall in Wall},
    "disclosures": {wall: _of_own("organization_id", "INSERT") for wall in Wall},
    "bookings": {wall: _of_own("organization_id", "INSERT", "UPDATE") for wall in Wall},
    "booking_series": {wall: _own("booked_by", "INSERT") for wall in Wall},
    "equipment_loans": {wall: _where("bookings", "t.id = equipment_loans.booking_id", "INSERT") for wall in Wall},
    "enrolments": {
        Wall.opd: _where(
            "programs", f"t.id = enrolments.program_id AND t.organization_id = {ORGANIZATION}", "INSERT", "UPDATE"
        ),
    },
    "outcomes": {
        Wall.bank: _shared("outcomes.actor_id"),
        Wall.opd: _where("enrolments", "t.id = outcomes.enrolment_id", "INSERT", "UPDATE"),
    },
    "evidence": {Wall.opd: _where("outcomes", "t.id = evidence.outcome_id", "INSERT", "UPDATE")},
}
"""Persons can be told from these: every wall lets them be asked, and gives the rows of its reach; without one, none."""

"""What a wall lets through of a table, as SQL conditions."""

from dataclasses import dataclass, replace

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


LIVE_CONSENT = f"c.organization_id = {ORGANIZATION} AND c.withdrawn_at IS NULL AND c.expires_at > now()"
OPEN_REFERRAL = (
    f"r.bank_id = {ORGANIZATION} AND r.state IN "
    "('submitted', 'received', 'in_review', 'info_requested', 'info_provided', 'approved')"
)
OPEN_TO_BANK = "t.state NOT IN ('draft', 'rejected', 'withdrawn', 'expired')"
"""SQL: the referral `t` has not ended without financing, so that its bank may read what came with it."""


def shared(actor: str, may: tuple[str, ...] = ()) -> Reach:
    """Rows of businesses that consented to this bank, or whose request for financing lies with it."""
    consented = f"EXISTS (SELECT FROM consents c WHERE c.actor_id = {actor} AND {LIVE_CONSENT})"
    requested = f"EXISTS (SELECT FROM referrals r WHERE r.actor_id = {actor} AND {OPEN_REFERRAL})"
    return Reach(f"{consented} OR {requested}", may, needs=("consents", "referrals"))


def own(column: str, *may: str) -> Reach:
    return Reach(f"{column} = {CALLER}", may)


def of_own(column: str, *may: str) -> Reach:
    return Reach(f"{column} = {ORGANIZATION}", may)


def where(table: str, condition: str, *may: str) -> Reach:
    """Rows for which there is one in another table, as far as that is behind the same wall."""
    return Reach(f"EXISTS (SELECT FROM {table} t WHERE {condition})", may, needs=(table,))


def only(condition: str, reach: Reach) -> Reach:
    """Those rows of a reach that also meet a condition on ownerships."""
    needs = (*reach.needs, "ownerships.until", "ownerships.role")
    return replace(reach, rows=f"({condition}) AND ({reach.rows})", needs=needs)

"""What is said of tables and operations in `declared.py`: how changes are told, and what a reading operation shows."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """How the changes of a table are told. `hashed` are enumerations that describe a person; `derived` is left out:
    what is computed from rows that are told of themselves.
    """

    plain: frozenset[str] = frozenset()
    hashed: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()


def as_told(plain: str = "", hashed: str = "", derived: str = "") -> Told:
    """From names, apart by spaces."""
    return Told(frozenset(plain.split()), frozenset(hashed.split()), frozenset(derived.split()))


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

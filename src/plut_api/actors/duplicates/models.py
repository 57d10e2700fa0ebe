"""Tables of pairs that may be the same, and of how far the sweep has come."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Double, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check, enum_column


class Kind(StrEnum):
    """Of what two records are."""

    person = "person"
    actor = "actor"


class FoundBy(StrEnum):
    """What found a pair first."""

    entry = "entry"
    import_ = "import"
    sweep = "sweep"


class PairState(StrEnum):
    """What became of a pair. `gone`: one of the two is no more, without this pair having been decided by anybody."""

    open = "open"
    not_the_same = "not_the_same"
    merged = "merged"
    gone = "gone"


class DuplicatePair(Versioned, Model):
    """Two records that may be the same, each pair once; `a_id` is the smaller id. There are people and businesses in
    the same columns, so that nothing here refers to either table.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("kind", "a_id", "b_id", name="uq_duplicate_pairs_kind_a_id_b_id"),
        Index("ix_duplicate_pairs_list", "state", "sureness", "id"),
        Index("ix_duplicate_pairs_b_id", "kind", "b_id"),
        check("a_id < b_id", "in_order"),
        check("cardinality(reasons) > 0", "for_a_reason"),
        check("sureness BETWEEN 0 AND 1", "sureness"),
        check("(decided_at IS NULL) = (decided_by IS NULL)", "decided"),
        check(
            "CASE state WHEN 'open' THEN decided_at IS NULL WHEN 'gone' THEN true ELSE decided_at IS NOT NULL END",
            "decided_by_someone",
        ),
    )
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "kind"))
    a_id: Mapped[UUID]
    b_id: Mapped[UUID]
    reasons: Mapped[list[str]]
    sureness: Mapped[float] = mapped_column(Double)  # By the scoring of the day on which it was last looked at.
    found_by: Mapped[FoundBy] = mapped_column(enum_column(FoundBy, "found_by"))
    state: Mapped[PairState] = mapped_column(enum_column(PairState, "state"), default=PairState.open)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]


class DuplicateSweep(Model):
    """When a district was last swept for pairs; people who live in no known village are a district of their own."""

    __tablename__ = "duplicate_sweeps"
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "kind"), primary_key=True)
    district_code: Mapped[str] = mapped_column(primary_key=True)
    swept_at: Mapped[datetime | None]
    pair_count: Mapped[int | None] = mapped_column(Integer)

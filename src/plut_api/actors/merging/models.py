"""Tables of merges and of what each of them moved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, check, enum_column
from plut_api.kit.merging import Of


class MergeRecord(Identified, Model):
    """One record was merged into another; at most one merge of a record stands at a time.

    The ids outlive whom they name. From `undo_until` on, or once it was undone, nothing of it can be undone.
    """

    __tablename__ = "merges"
    __table_args__ = (
        Index("ix_merges_survivor_id", "survivor_id", "id"),
        Index("uq_merges_one_standing", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        check("survivor_id <> merged_id", "two_records"),
        check("kind <> 'accounts'", "of_people_or_actors"),
        check("(undone_at IS NULL) = (undone_by IS NULL)", "undone_by_someone"),
    )
    kind: Mapped[Of] = mapped_column(enum_column(Of, "kind"))
    survivor_id: Mapped[UUID]
    merged_id: Mapped[UUID]
    merged_at: Mapped[datetime]
    merged_by: Mapped[UUID]
    undo_until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class MergeMove(Identified, Model):
    """One statement of a merge, in order: how many rows of which table it met, by which rule, and as they were.

    `rows_sealed` holds the rows before and after as JSON; it goes when the merge cannot be undone any more.
    """

    __tablename__ = "merge_moves"
    __table_args__ = (UniqueConstraint("merge_id", "position"),)
    merge_id: Mapped[UUID] = mapped_column(ForeignKey(MergeRecord.id, ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    table_name: Mapped[str]
    rule: Mapped[str | None]
    row_count: Mapped[int] = mapped_column(Integer)
    rows_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

"""Tables of imports, of saved mappings, and of what records are called in other systems."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Actor, Person
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column


class ImportKind(StrEnum):
    """What a file holds. `exchange` is what `/v1/exchange/actors` gave, worked on by another system."""

    cooperatives = "cooperatives"
    actors = "actors"
    exchange = "exchange"


class ImportMode(StrEnum):
    """Try a file, or load it."""

    validate = "validate"
    commit = "commit"


class ImportState(StrEnum):
    """Where an import stands."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"


class OnConflict(StrEnum):
    """What a row does to a record that is known: nothing, fill what is empty, or overwrite what differs."""

    skip = "skip"
    fill_empty = "fill_empty"
    update = "update"


class DifferenceAction(StrEnum):
    """What becomes of one field in which a file and the register differ."""

    fill = "fill"
    update = "update"
    keep = "keep"
    add = "add"


class Severity(StrEnum):
    """Whether a finding keeps its row out (`error`) or only tells of something (`warning`)."""

    error = "error"
    warning = "warning"


class Import(Identified, Model):
    """One file given to us. Rows are counted: read, new, changed, unchanged, refused.

    A file that was only tried is kept, sealed, and can be committed as it was reported until `commit_until`.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_organization_id", "organization_id", "id"),)
    kind: Mapped[ImportKind] = mapped_column(enum_column(ImportKind, "kind"))
    mode: Mapped[ImportMode] = mapped_column(enum_column(ImportMode, "mode"))
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState, "state"), default=ImportState.queued)
    file_name: Mapped[str]
    file_hash: Mapped[bytes] = mapped_column(LargeBinary)
    caller_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    row_count: Mapped[int | None] = mapped_column(Integer)
    created_count: Mapped[int | None] = mapped_column(Integer)
    updated_count: Mapped[int | None] = mapped_column(Integer)
    unchanged_count: Mapped[int | None] = mapped_column(Integer)
    refused_count: Mapped[int | None] = mapped_column(Integer)
    warning_count: Mapped[int | None] = mapped_column(Integer)
    on_conflict: Mapped[OnConflict] = mapped_column(
        enum_column(OnConflict, "on_conflict"),
        default=OnConflict.fill_empty,
        server_default=text("'fill_empty'"),
    )
    source: Mapped[str | None]  # Whose file it is: row keys and outside ids are of their source.
    as_of: Mapped[date | None]  # The day the file tells of; null: not known.
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # As it was when the file came.
    filled_count: Mapped[int | None] = mapped_column(Integer)
    overwritten_count: Mapped[int | None] = mapped_column(Integer)
    kept_count: Mapped[int | None] = mapped_column(Integer)
    report_digest: Mapped[bytes | None] = mapped_column(LargeBinary)  # Equal for equal reports of a file.
    commit_until: Mapped[datetime | None]
    committed_by: Mapped[UUID | None]  # Who committed what was reported; null for a file that came to be loaded.
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class ImportFile(Model):
    """The bytes of a file (sealed) until it is loaded, or can no longer be committed; then the row goes."""

    __tablename__ = "import_files"
    import_id: Mapped[UUID] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportFault(Model):
    """One thing wrong, or worth a warning, in one row of a file. Values of personal columns are masked."""

    __tablename__ = "import_faults"
    __table_args__ = (Index("ix_import_faults_import_id", "import_id", "line", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    column: Mapped[str | None]
    code: Mapped[str]
    severity: Mapped[Severity] = mapped_column(enum_column(Severity, "severity"))
    value: Mapped[str | None]


class ImportDifference(Model):
    """One field in which a row of a file and the register differ, and what becomes of it. Personal values are masked.

    `seen_version` is the version of the record that was compared: of the person where one is named, else the business.
    """

    __tablename__ = "import_differences"
    __table_args__ = (Index("ix_import_differences_import_id", "import_id", "line", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey(Import.id, ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[UUID | None]  # Null: the business comes with this row.
    person_id: Mapped[UUID | None]  # Null: the field is of the business or its figures.
    business: Mapped[str]
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    action: Mapped[DifferenceAction] = mapped_column(enum_column(DifferenceAction, "action"))
    reason: Mapped[str | None]
    seen_version: Mapped[int | None] = mapped_column(Integer)
    nib_index: Mapped[bytes | None] = mapped_column(LargeBinary)  # Of a business to be added.
    row_key: Mapped[str | None]


class ImportMapping(Versioned, Model):
    """How the files of one source are read: its column names, fixed values, its words for ours. Of one organization."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("organization_id", "source"),)
    organization_id: Mapped[UUID]
    source: Mapped[str]
    kind: Mapped[ImportKind] = mapped_column(enum_column(ImportKind, "kind"))
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_by: Mapped[UUID]


class OutsideId(Identified, Model):
    """What another system calls one of our records. One id is one record; of several ids the current one is sent out.

    A record has several when records that another system tells apart were merged here.
    """

    __tablename__ = "outside_ids"
    __table_args__ = (
        UniqueConstraint("system", "kind", "outside_id"),
        Index(
            "uq_outside_ids_actor_id",
            "actor_id",
            "system",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND actor_id IS NOT NULL"),
        ),
        Index(
            "uq_outside_ids_person_id",
            "person_id",
            "system",
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND person_id IS NOT NULL"),
        ),
        Index("ix_outside_ids_actor_id", "actor_id"),
        Index("ix_outside_ids_person_id", "person_id"),
        check("kind IN ('actor', 'person')", "kind"),
        check("(kind = 'actor') = (actor_id IS NOT NULL)", "of_an_actor"),
        check("(kind = 'person') = (person_id IS NOT NULL)", "of_a_person"),
    )
    system: Mapped[str]
    outside_id: Mapped[str]
    kind: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    import_id: Mapped[UUID | None]
    superseded_at: Mapped[datetime | None]

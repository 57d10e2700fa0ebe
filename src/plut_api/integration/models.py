"""Tables of imports."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Identified, Model, enum_column


class ImportKind(StrEnum):
    """What a file holds."""

    cooperatives = "cooperatives"
    actors = "actors"


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


class Severity(StrEnum):
    """Whether a finding keeps its row out (`error`) or only tells of something (`warning`)."""

    error = "error"
    warning = "warning"


class Import(Identified, Model):
    """One file given to us. Rows are counted: read, new, changed, unchanged, refused."""

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
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[dict[str, str] | None] = mapped_column(JSONB)


class ImportFile(Model):
    """The bytes of a file (sealed) until its import is finished; then the row goes."""

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

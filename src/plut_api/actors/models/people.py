"""Tables of people and of who accompanies them.

Columns ending in `_sealed` are encrypted, those ending in `_index` are blind indexes; uniqueness stands on the index.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.identity.models import Account
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.reference.models import Region


class Sex(StrEnum):
    """Sex as in the population register."""

    female = "female"
    male = "male"


class MaritalStatus(StrEnum):
    """Marital status as in the population register."""

    single = "single"
    married = "married"
    divorced = "divorced"
    widowed = "widowed"


class Disability(StrEnum):
    """Kinds of disability (UU 8/2016 art. 4); several at once are possible. Self-declared, never demanded."""

    physical = "physical"
    intellectual = "intellectual"
    mental = "mental"
    sensory = "sensory"


class Person(Versioned, Model):
    """A person: owner, participant, aspiring entrepreneur. No document is demanded before it is needed."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("account_id"),
        UniqueConstraint("nik_index"),
        Index("ix_people_phone_index", "phone_index"),
        Index("ix_people_village_name", "village_code", "full_name"),
        Index("ix_people_birth_date_name", "birth_date", func.reverse(func.plain_name(literal_column("full_name")))),
        Index(
            "ix_people_village_name_trgm",
            "village_code",
            func.plain_name(literal_column("full_name")).label("plain_name"),
            postgresql_using="gist",
            postgresql_ops={"plain_name": "gist_trgm_ops(siglen=32)"},
        ),
        Index(
            "ix_people_registered",
            "created_at",
            "id",
            postgresql_where=text("erased_at IS NULL AND merged_into IS NULL"),
        ),
        Index("ix_people_name_trgm", "full_name", postgresql_using="gin", postgresql_ops={"full_name": "gin_trgm_ops"}),
        check("(identity_verified_at IS NULL) = (identity_verified_by IS NULL)", "verified_by_someone"),
        check("identity_verified_at IS NULL OR nik_index IS NOT NULL", "verified_nik"),
        Index("ix_people_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        check("(merged_into IS NULL) = (merged_at IS NULL) AND merged_into <> id", "merged_into_another"),
    )
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    full_name: Mapped[str]
    nik_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    nik_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    sex: Mapped[Sex | None] = mapped_column(enum_column(Sex, "sex"))
    birth_date: Mapped[date | None]
    marital_status: Mapped[MaritalStatus | None] = mapped_column(enum_column(MaritalStatus, "marital_status"))
    disabilities: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    village_code: Mapped[str | None] = mapped_column(ForeignKey(Region.code))
    registered_by: Mapped[UUID | None]  # The account that registered on the person's behalf; null: the person.
    identity_verified_at: Mapped[datetime | None]
    identity_verified_by: Mapped[UUID | None]
    import_id: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]  # From then on an empty row, which others still refer to.
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # Then an empty row as well.
    merged_at: Mapped[datetime | None]


class Assignment(Versioned, Model):
    """A consultant accompanies a person, until it is ended; ended ones stay on file. Rows hang on it, see access.py."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_one_active",
            "consultant_id",
            "person_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_assignments_person_id", "person_id", "id"),
        Index("ix_assignments_consultant_id", "consultant_id", "id"),
        check("until >= since", "period"),
        check("(until IS NULL) = (ended_by IS NULL)", "ended_by_someone"),
    )
    consultant_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    since: Mapped[datetime] = mapped_column(server_default=text("now()"))
    until: Mapped[datetime | None]
    assigned_by: Mapped[UUID]
    ended_by: Mapped[UUID | None]

"""Tables of cooperatives and of those who keep their affairs."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Person
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.reference.models import Region


class CooperativeStatus(StrEnum):
    """What a cooperative reports of itself: legal entity, preparing an outlet, outlet in operation."""

    legal = "legal"
    preparing = "preparing"
    operating = "operating"


class Cooperative(Versioned, Model):
    """A village cooperative. The law founds one per village; the register keeps to it."""

    __tablename__ = "cooperatives"
    __table_args__ = (
        UniqueConstraint("village_code"),
        UniqueConstraint("legal_number"),
        UniqueConstraint("nik_koperasi"),
        Index("ix_cooperatives_list", "regency_code", "id"),
        Index("ix_cooperatives_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        check("regency_code = substr(village_code, 1, 5)", "regency_of_village"),
        check("member_count >= 1", "members"),
    )
    name: Mapped[str]
    village_code: Mapped[str] = mapped_column(ForeignKey(Region.code))
    regency_code: Mapped[str]
    legal_number: Mapped[str]
    established_on: Mapped[date]
    nik_koperasi: Mapped[str | None]
    member_count: Mapped[int] = mapped_column(Integer)
    status: Mapped[CooperativeStatus] = mapped_column(
        enum_column(CooperativeStatus, "status"), default=CooperativeStatus.legal
    )
    notes: Mapped[str | None]
    address: Mapped[str | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email: Mapped[str | None]
    import_id: Mapped[UUID | None]


class BoardRole(StrEnum):
    """What somebody is on the board (pengurus) of a cooperative (UU 25/1992 art. 29)."""

    chair = "chair"
    deputy = "deputy"
    secretary = "secretary"
    treasurer = "treasurer"
    member = "member"


class CooperativeManager(Versioned, Model):
    """A person keeps the affairs of a cooperative, until it is ended; ended ones stay on file."""

    __tablename__ = "cooperative_managers"
    __table_args__ = (
        Index(
            "uq_cooperative_managers_one_active",
            "cooperative_id",
            "person_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_cooperative_managers_cooperative_id", "cooperative_id", "id"),
        Index("ix_cooperative_managers_person_id", "person_id"),
        check("until >= since", "period"),
        check("(until IS NULL) = (ended_by IS NULL)", "ended_by_someone"),
    )
    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey(Cooperative.id))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    role_in_board: Mapped[BoardRole] = mapped_column(enum_column(BoardRole, "role_in_board"))
    since: Mapped[datetime] = mapped_column(server_default=text("now()"))
    until: Mapped[datetime | None]
    invited_by: Mapped[UUID]
    ended_by: Mapped[UUID | None]


class CooperativeInvitation(Versioned, Model):
    """Whoever holds a phone is asked to become a manager: a code is sent to it, kept as a hash, used once, in days."""

    __tablename__ = "cooperative_invitations"
    __table_args__ = (
        Index(
            "uq_cooperative_invitations_one_open",
            "cooperative_id",
            "phone_index",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_cooperative_invitations_cooperative_id", "cooperative_id", "id"),
        Index("ix_cooperative_invitations_phone_index", "phone_index", "id"),
        check("accepted_at IS NULL OR withdrawn_at IS NULL", "ended_once"),
    )
    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey(Cooperative.id))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    role_in_board: Mapped[BoardRole] = mapped_column(enum_column(BoardRole, "role_in_board"))
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # Null until the worker has sent a code.
    expires_at: Mapped[datetime]
    invited_by: Mapped[UUID]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

"""Tables of whose a business is: who owns and runs it, since when, and who was asked to become an owner."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, LargeBinary, Numeric, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.businesses import Actor
from plut_api.actors.models.people import Person
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.kit.files import FileRow


class OwnerRole(StrEnum):
    """What a person is in a business. Open.

    An owner decides; a director acts for it like an owner (UU 40/2007 art. 92, 98), but decides neither whose it is nor
    what a bank is shown of the owner; a manager stands on file and reaches nothing by it.
    """

    owner = "owner"
    director = "director"
    manager = "manager"


class Ownership(Versioned, Model):
    """A person's part in a business. It lives while `until` is null, and stays on file when it has ended.

    A changed role or share leaves a row of what held before; the living row keeps its id. A living business has at
    least one owner, whose shares add up to 100 at most: the service sees to both under the lock of the business.
    """

    __tablename__ = "ownerships"
    __table_args__ = (
        Index("uq_ownerships_one_living", "actor_id", "person_id", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_ownerships_ended", "actor_id", postgresql_where=text("until IS NOT NULL")),
        Index("ix_ownerships_paper_file_id", "paper_file_id", postgresql_where=text("paper_file_id IS NOT NULL")),
        check("share_percent > 0 AND share_percent <= 100", "share"),
        check("share_percent IS NULL OR role = 'owner'", "share_of_an_owner"),
        check("until >= since", "period"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), index=True)
    role: Mapped[OwnerRole] = mapped_column(
        enum_column(OwnerRole, "role"), default=OwnerRole.owner, server_default=text("'owner'")
    )
    share_percent: Mapped[float | None] = mapped_column(Numeric(5, 2, asdecimal=False))  # Null: not told.
    since: Mapped[date | None]
    until: Mapped[date | None]
    recorded_by: Mapped[UUID | None]
    paper_file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))  # Signed by who became part of it.
    ended_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"), nullable=False)


class OwnershipOffer(Versioned, Model):
    """Somebody is asked, by phone, to become part of a business; nothing holds until they agree."""

    __tablename__ = "ownership_offers"
    __table_args__ = (
        Index(
            "uq_ownership_offers_one_open",
            "actor_id",
            "phone_index",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_ownership_offers_phone_index", "phone_index"),
        Index("ix_ownership_offers_actor_id", "actor_id", "id"),
        check("share_percent > 0 AND share_percent <= 100", "share"),
        check("share_percent IS NULL OR role = 'owner'", "share_of_an_owner"),
        check("(answered_at IS NULL) = (answer IS NULL)", "answered_when"),
        check("answer IN ('accepted', 'declined', 'withdrawn')", "answer"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)  # As in `accounts`, to find who signs in by it.
    role: Mapped[OwnerRole] = mapped_column(enum_column(OwnerRole, "role"))
    share_percent: Mapped[float | None] = mapped_column(Numeric(5, 2, asdecimal=False))
    since: Mapped[date | None]
    offered_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]


def owns(row: Any = Ownership) -> ColumnElement[bool]:
    """The condition on `ownerships`, or an alias of it, that it makes somebody an owner today."""
    return and_(row.until.is_(None), row.role == OwnerRole.owner)


def acts(row: Any = Ownership) -> ColumnElement[bool]:
    """The same, that its person acts for the business today: an owner or a director."""
    return and_(row.until.is_(None), row.role.in_((OwnerRole.owner, OwnerRole.director)))


OWNS = "until IS NULL AND role = 'owner'"
"""`owns` for SQL of one's own, over `ownerships`."""

"""Tables of trainers, and of where they teach."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.facilities.models import Shift
from plut_api.identity.models import Account
from plut_api.kit.database import Identified, Model, Versioned, check, enum_column
from plut_api.organizations.models import Organization
from plut_api.programs.models.sessions import TrainingSession


class Trainer(Versioned, Model):
    """Somebody who teaches: staff with an account, or an expert from outside without one."""

    __tablename__ = "trainers"
    __table_args__ = (
        UniqueConstraint("account_id"),
        Index("ix_trainers_name", "name", "id"),
        check("length(name) > 0", "name"),
    )
    name: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organization.id), index=True)  # Who keeps the row.
    about: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class SessionTrainer(Identified, Model):
    """A trainer teaches in a session, and so nowhere else on that day in that shift, as long as the session is held.

    Day, shift and whether it is held are those of the session: the foreign key carries every change of them here, so
    whoever moves or cancels a session moves or frees its trainers by that, or runs into the unique index.
    When two programmes are merged, sessions keep their rows, and their trainers with them.
    """

    __tablename__ = "session_trainers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "held_on", "shift", "is_held"],
            [TrainingSession.id, TrainingSession.held_on, TrainingSession.shift, TrainingSession.is_held],
            name="fk_session_trainers_session",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        UniqueConstraint("session_id", "trainer_id"),
        Index(
            "uq_session_trainers_one_place",
            "trainer_id",
            "held_on",
            "shift",
            unique=True,
            postgresql_where=text("is_held"),
        ),
    )
    session_id: Mapped[UUID]
    trainer_id: Mapped[UUID] = mapped_column(ForeignKey(Trainer.id))
    held_on: Mapped[date]
    shift: Mapped[Shift] = mapped_column(enum_column(Shift, "shift"))
    is_held: Mapped[bool]

"""The table of guardians."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.people import Person
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.kit.files.models import FileRow


class Relation(StrEnum):
    """What a guardian is to the ward. `appointed`: by a court or an authority."""

    mother = "mother"
    father = "father"
    grandparent = "grandparent"
    sibling = "sibling"
    relative = "relative"
    appointed = "appointed"
    other = "other"


class Guardianship(Versioned, Model):
    """A guardian acts for a minor (UU 27/2022 art. 25), from `since` until the day before `until`.

    It says nothing any more from the day on which the ward comes of age: that is computed on the day asked.
    """

    __tablename__ = "guardianships"
    __table_args__ = (
        Index(
            "uq_guardianships_one_active", "ward_id", "guardian_id", unique=True, postgresql_where=text("until IS NULL")
        ),
        Index("ix_guardianships_ward_id", "ward_id", "id"),
        Index("ix_guardianships_guardian_id", "guardian_id"),
        check("ward_id <> guardian_id", "not_oneself"),
        check("until >= since", "period"),
        check("(until IS NULL) = (ended_by IS NULL)", "ended_by_someone"),
    )
    ward_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    relation: Mapped[Relation] = mapped_column(enum_column(Relation, "relation"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None]
    recorded_by: Mapped[UUID]
    ended_by: Mapped[UUID | None]
    proof_file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))

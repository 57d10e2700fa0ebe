"""The table of segments that only somebody's word tells; what a law defines is computed (`actors/segments.py`)."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.people import Person
from plut_api.kit.database import Model, Versioned, check, enum_column


class SegmentKind(StrEnum):
    """Groups that programmes are meant for. Open."""

    women = "women"
    mothers = "mothers"
    youth = "youth"
    disability = "disability"
    remote_village = "remote_village"


class SegmentSource(StrEnum):
    """Who says so: the person (or their guardian), an officer for them, a file, or a law."""

    self_ = "self"
    officer = "officer"
    import_ = "import"
    law = "law"


class PersonSegment(Versioned, Model):
    """That a person belongs to a segment from `since` until the day before `until`. Past periods stay."""

    __tablename__ = "person_segments"
    __table_args__ = (
        Index(
            "uq_person_segments_one_active", "person_id", "segment", unique=True, postgresql_where=text("until IS NULL")
        ),
        Index("ix_person_segments_person_id", "person_id", "segment"),
        check("until >= since", "period"),
        check("until IS NOT NULL OR ended_by IS NULL", "ended_when"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    segment: Mapped[SegmentKind] = mapped_column(enum_column(SegmentKind, "segment"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None]
    source: Mapped[SegmentSource] = mapped_column(enum_column(SegmentSource, "source"))
    recorded_by: Mapped[UUID | None]
    ended_by: Mapped[UUID | None]

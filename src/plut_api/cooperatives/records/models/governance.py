"""Tables of who leads a cooperative, and of its meetings. A consultant who saw the paper verifies a row."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models import Person
from plut_api.cooperatives.models import Cooperative
from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.kit.files import FileRow
from plut_api.organizations.models import Organization


class Recorded(Versioned):
    """What every record has: its cooperative, who entered it, and the consultant who looked at the paper."""

    cooperative_id: Mapped[UUID] = mapped_column(ForeignKey(Cooperative.id))
    recorded_by: Mapped[UUID]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None]


def verified_by_someone() -> CheckConstraint:
    """The constraint that somebody verified what is verified; one for every table of records."""
    return check("(verified_at IS NULL) = (verified_by IS NULL)", "verified_by_someone")


class Organ(StrEnum):
    """The two organs of a cooperative that people are elected to (UU 25/1992 art. 29, 38)."""

    board = "board"
    supervisors = "supervisors"


class Post(StrEnum):
    """What somebody is in an organ (Juklak Menkop 1/2025); supervisors have a chair and members."""

    chair = "chair"
    deputy_business = "deputy_business"
    deputy_members = "deputy_members"
    secretary = "secretary"
    treasurer = "treasurer"
    member = "member"


class VillageOffice(StrEnum):
    """Whether an officer belongs to the leadership of the village: not, as its head, or otherwise."""

    none = "none"
    head = "head"
    other = "other"


class CooperativeOfficer(Recorded, Model):
    """Somebody holds a post on the board or among the supervisors; either a registered person, or only a name."""

    __tablename__ = "cooperative_officers"
    __table_args__ = (
        Index("ix_cooperative_officers_cooperative_id", "cooperative_id", "id"),
        Index("ix_cooperative_officers_person_id", "person_id"),
        ExcludeConstraint(
            ("cooperative_id", "="),
            ("organ", "="),
            ("post", "="),
            (text("daterange(since, until, '[]')"), "&&"),
            where=text("post <> 'member'"),
            using="gist",
            name="ex_cooperative_officers_one_per_post",
        ),
        check("num_nonnulls(person_id, full_name) = 1", "person_or_name"),
        check("organ = 'board' OR post IN ('chair', 'member')", "post_of_organ"),
        check("until >= since", "period"),
        verified_by_someone(),
    )
    organ: Mapped[Organ] = mapped_column(enum_column(Organ, "organ"))
    post: Mapped[Post] = mapped_column(enum_column(Post, "post"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    full_name: Mapped[str | None]
    since: Mapped[date]
    until: Mapped[date | None]
    has_kin: Mapped[bool | None] = mapped_column(Boolean)
    village_office: Mapped[VillageOffice | None] = mapped_column(enum_column(VillageOffice, "village_office"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))


class MeetingKind(StrEnum):
    """What a meeting is: it founds, it hears the year's accounts (RAT), it gives the village's approval, or the board
    decides to ask one bank.
    """

    founding = "founding"
    annual = "annual"
    approval = "approval"
    board = "board"


class MeetingDecision(StrEnum):
    """What a meeting came to."""

    approved = "approved"
    refused = "refused"


class CooperativeMeeting(Recorded, Model):
    """A meeting that was held, its decision and its minutes."""

    __tablename__ = "cooperative_meetings"
    __table_args__ = (
        Index("ix_cooperative_meetings_cooperative_id", "cooperative_id", "id"),
        Index(
            "uq_cooperative_meetings_one_a_year",
            "cooperative_id",
            "book_year",
            unique=True,
            postgresql_where=text("kind = 'annual'"),
        ),
        check("(kind = 'annual') = (book_year IS NOT NULL)", "year_of_annual"),
        check("(kind = 'board') = (bank_id IS NOT NULL)", "bank_of_board"),
        check("(kind = 'approval') = (village_head_agrees IS NOT NULL)", "village_of_approval"),
        check("extract(year FROM held_on) > book_year", "after_the_year"),
        verified_by_someone(),
    )
    kind: Mapped[MeetingKind] = mapped_column(enum_column(MeetingKind, "kind"))
    held_on: Mapped[date]
    book_year: Mapped[int | None] = mapped_column(SmallInteger)
    bank_id: Mapped[UUID | None] = mapped_column(ForeignKey(Organization.id))
    decision: Mapped[MeetingDecision] = mapped_column(enum_column(MeetingDecision, "decision"))
    village_head_agrees: Mapped[bool | None] = mapped_column(Boolean)
    summary: Mapped[str | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))

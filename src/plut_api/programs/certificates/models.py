"""Tables of certificates.

When two programmes become one (overlaps) certificates stay as they are: they hang on the enrolment, and what they say
was written when they were issued.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check, enum_column
from plut_api.programs.models import Enrolment


class RevokeReason(StrEnum):
    """Why a certificate holds no more, in terms that may be told to anybody."""

    wrong_person = "wrong_person"
    wrong_details = "wrong_details"
    not_earned = "not_earned"
    replaced = "replaced"
    other = "other"


class Certificate(Versioned, Model):
    """That a participant completed a programme, in the words of the day it was issued. One of an enrolment holds.

    `person_name` is null once the person was erased: it then still verifies, without a name.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        UniqueConstraint("number"),
        UniqueConstraint("code"),
        Index("ix_certificates_enrolment_id", "enrolment_id", "id"),
        Index("uq_certificates_one_valid", "enrolment_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
        check("serial > 0", "serial"),
        check("(revoked_at IS NULL) = (revoke_reason IS NULL)", "revoked_why"),
        check("sessions_attended BETWEEN 0 AND sessions_held", "sessions"),
    )
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey(Enrolment.id))
    year: Mapped[int] = mapped_column(SmallInteger)
    serial: Mapped[int] = mapped_column(Integer)
    number: Mapped[str]
    code: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]  # Nobody: the rule of its programme did, when that ended.
    person_name: Mapped[str | None]
    program_title: Mapped[str]
    organizers: Mapped[list[str]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    completed_on: Mapped[date]
    sessions_held: Mapped[int] = mapped_column(SmallInteger)
    sessions_attended: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[int] = mapped_column(Integer)  # Of the sessions attended.
    post_score: Mapped[int | None] = mapped_column(SmallInteger)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificates.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[RevokeReason | None] = mapped_column(enum_column(RevokeReason, "revoke_reason"))
    revoke_note: Mapped[str | None]


class CertificateCounter(Model):
    """The last serial number given in a year. Its row lock makes those who issue queue, so that no number is missing:
    what is undone gives its number back.
    """

    __tablename__ = "certificate_counters"
    __table_args__ = (check("last >= 0", "last"),)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)

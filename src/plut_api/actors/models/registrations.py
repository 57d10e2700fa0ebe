"""Tables of what stands behind a registration on behalf, of changed phones, and of taking a record over."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.people import Person
from plut_api.identity.models import Account
from plut_api.kit.database import Identified, Model, check, enum_column
from plut_api.kit.files.models import FileRow


class ProofKind(StrEnum):
    """What stands behind something done for a person: a code that went to their phone, or a paper that they signed.

    `import` is a file that another agency answers for.
    """

    own_code = "own_code"
    signed_paper = "signed_paper"
    import_ = "import"


_PAPER = "(proof = 'signed_paper') = (paper_reference IS NOT NULL AND paper_file_id IS NOT NULL)"


class Registration(Identified, Model):
    """That somebody registered a person on their behalf, when, and by what proof (UU 27/2022 art. 22, 24).

    Who registered alone has none; of an imported person `people.import_id` says as much.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index("ix_registrations_person_id", "person_id"),
        check(_PAPER, "paper_is_on_file"),
        check("proof <> 'own_code' OR phone_index IS NOT NULL", "code_went_to_a_phone"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    registered_by: Mapped[UUID]  # An account or a machine client.
    proof: Mapped[ProofKind] = mapped_column(enum_column(ProofKind, "proof"))
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)  # As in `people`: the phone that the code went to.
    paper_reference: Mapped[str | None]
    paper_file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))


class PhoneChange(Identified, Model):
    """A person or their account gets another number; until `done_at` it waits for the code, one at a time."""

    __tablename__ = "phone_changes"
    __table_args__ = (
        Index("ix_phone_changes_person_id", "person_id"),
        Index("ix_phone_changes_account_id", "account_id"),
        Index("uq_phone_changes_one_waiting", "account_id", unique=True, postgresql_where=text("done_at IS NULL")),
        check(_PAPER, "paper_is_on_file"),
        check("proof <> 'import'", "proof_is_ones_own"),
        check("num_nonnulls(account_id, person_id) > 0", "of_somebody"),
        check("(done_at IS NULL) = (phone_sealed IS NOT NULL)", "number_while_it_waits"),
        check("done_at IS NOT NULL OR account_id IS NOT NULL", "account_waits"),
    )
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)  # As in `people`.
    proof: Mapped[ProofKind] = mapped_column(enum_column(ProofKind, "proof"))
    paper_reference: Mapped[str | None]
    paper_file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))
    changed_by: Mapped[UUID]
    done_at: Mapped[datetime | None]


class TakeoverCode(Identified, Model):
    """A code that PLUT gave to a person so that they can take their record over; hashed, one living at a time."""

    __tablename__ = "takeover_codes"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        Index(
            "uq_takeover_codes_one_living",
            "person_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND ended_at IS NULL"),
        ),
        Index("ix_takeover_codes_person_id", "person_id"),
        check("used_at IS NULL OR ended_at IS NULL", "used_or_ended"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # Another took its place, or the record was taken over otherwise.


class TakeoverTry(Identified, Model):
    """A wrong try of an account to take a record over; five within a day are the last ones."""

    __tablename__ = "takeover_tries"
    __table_args__ = (Index("ix_takeover_tries_account_id", "account_id", "created_at"),)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))

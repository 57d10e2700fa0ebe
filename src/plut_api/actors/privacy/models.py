"""Tables of consents, disclosures, and requests about one's own data.

The last two outlive whom they are about: they refer to nothing that the database would hold on to.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from plut_api.kit.database import Identified, Model, Versioned, Xid8, check, enum_column
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization


class ConsentPurpose(StrEnum):
    """What a consent allows, and so of whom it speaks: a business, or a cooperative."""

    financing = "financing"
    cooperative_financing = "cooperative_financing"


class SubjectKind(StrEnum):
    """Whose data a consent is about: a person's business, or a cooperative, which two of its officers speak for."""

    actor = "actor"
    cooperative = "cooperative"


class DataCategory(StrEnum):
    """What a recipient may see by a consent; the words of each version name theirs (consent_texts.yaml)."""

    business_name = "business_name"
    owner_name = "owner_name"
    village = "village"
    business_activity = "business_activity"
    size_class = "size_class"
    yearly_figures = "yearly_figures"
    training_outcomes = "training_outcomes"
    readiness_gates = "readiness_gates"
    cooperative_profile = "cooperative_profile"
    cooperative_officers = "cooperative_officers"
    cooperative_figures = "cooperative_figures"


class Consent(Identified, Model):
    """A subject's owner or officers let one organization see it for one purpose (UU 27/2022 art. 20-24), until it ends.

    `change_xid` stamps the transaction of the last change, for the incremental pull of the recipient. What an officer
    of PLUT recorded names the signed paper and who signed it.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_one_active",
            "actor_id",
            "organization_id",
            "purpose",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "uq_consents_one_active_of_cooperative",
            "cooperative_id",
            "organization_id",
            "purpose",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL AND cooperative_id IS NOT NULL"),
        ),
        Index("ix_consents_changes", "organization_id", "change_xid", "actor_id"),
        Index("ix_consents_actor_id", "actor_id", "organization_id"),
        Index("ix_consents_paper_file_id", "paper_file_id", postgresql_where=text("paper_file_id IS NOT NULL")),
        check("expires_at > given_at", "period"),
        check(
            "CASE subject_kind WHEN 'actor' THEN actor_id IS NOT NULL AND cooperative_id IS NULL AND "
            "purpose = 'financing' ELSE actor_id IS NULL AND cooperative_id IS NOT NULL AND "
            "purpose = 'cooperative_financing' END",
            "one_subject",
        ),
        check("cardinality(data_categories) > 0", "names_data"),
        check(
            "(channel = 'paper') = (paper_reference IS NOT NULL AND paper_hash IS NOT NULL "
            "AND recorded_by IS NOT NULL AND signed_by IS NOT NULL)",
            "paper_is_on_file",
        ),
        check("(channel = 'paper') = (given_by IS NULL)", "given_or_signed"),
        check("(confirmed_at IS NULL) = (confirmed_by IS NULL)", "confirmed_by_someone"),
        check("confirmed_by <> given_by", "second_officer_is_another"),
    )
    subject_kind: Mapped[SubjectKind] = mapped_column(
        enum_column(SubjectKind, "subject_kind"), default=SubjectKind.actor, server_default=text("'actor'")
    )
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("actors.id", ondelete="CASCADE"))
    cooperative_id: Mapped[UUID | None]  # Its table lies in a room above.
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id))
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_column(ConsentPurpose, "purpose"))
    data_categories: Mapped[list[str]] = mapped_column(
        server_default=text(
            "'{business_name,owner_name,village,business_activity,size_class,yearly_figures,training_outcomes,"
            "readiness_gates}'"
        )
    )
    text_version: Mapped[str]
    language: Mapped[str]
    channel: Mapped[str]
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    recorded_by: Mapped[UUID | None]
    paper_reference: Mapped[str | None]
    paper_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    paper_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]  # The second officer of a cooperative.
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    copy_of: Mapped[UUID | None]  # An ended copy, left where a merge moved the consent away from, for the bank's pull.
    change_xid: Mapped[int] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))

    @property
    def version(self) -> int:
        """The ETag that withdrawing asks for: 1 as given, one more once confirmed, one more once withdrawn."""
        return 1 + (self.confirmed_at is not None) + (self.withdrawn_at is not None)

    @property
    def paper_sha256(self) -> str | None:
        """The hash of the signed paper's file, in hexadecimal."""
        return self.paper_hash.hex() if self.paper_hash is not None else None


_PENDING = {"gin_pending_list_limit": 65_536}
"""KiB that wait to be sorted in: a bank that pulls the whole list leaves that to autovacuum, which comes for it."""


class Disclosure(Model):
    """Somebody outside PLUT was served a block of rows in which persons or businesses can be told (UU 27/2022 art. 31).

    One row per block, however many it names. Only added to: the application may neither change nor remove rows.
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        Index("ix_disclosures_actor_ids", "actor_ids", postgresql_using="gin", postgresql_with=_PENDING),
        Index("ix_disclosures_person_ids", "person_ids", postgresql_using="gin", postgresql_with=_PENDING),
        Index("ix_disclosures_caller_id", "caller_id", "disclosed_at"),
        Index("ix_disclosures_organization_id", "organization_id", "disclosed_at"),
        check("cardinality(actor_ids) + cardinality(person_ids) > 0", "names_somebody"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    disclosed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    caller_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    operation: Mapped[str]
    purpose: Mapped[str]
    fields: Mapped[list[str]]
    request_id: Mapped[UUID | None]
    actor_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))


class RequestKind(StrEnum):
    """What a person asks for (UU 27/2022 art. 6, 8, 10, 11)."""

    rectification = "rectification"
    objection = "objection"
    restriction = "restriction"
    erasure = "erasure"


class RequestState(StrEnum):
    """Where a request stands; erasure waits for the code that was sent to the phone, then is done at once."""

    awaiting_code = "awaiting_code"
    open = "open"
    in_progress = "in_progress"
    done = "done"
    refused = "refused"


class DataRequest(Versioned, Model):
    """A request of a person about their own data, with the instant by which the law wants it answered.

    Words are sealed. The ids name an account and a person that erasure may have removed or emptied since.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        Index("ix_data_requests_account_id", "account_id", "id"),
        Index("ix_data_requests_due", "due_at", postgresql_where=text("state IN ('open', 'in_progress')")),
        Index(
            "uq_data_requests_one_erasure",
            "account_id",
            unique=True,
            postgresql_where=text("state = 'awaiting_code'"),
        ),
        check("(state IN ('done', 'refused')) = (decided_at IS NOT NULL)", "decided_when"),
        check("state <> 'awaiting_code' OR kind = 'erasure'", "only_erasure_awaits_code"),
    )
    account_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    kind: Mapped[RequestKind] = mapped_column(enum_column(RequestKind, "kind"))
    state: Mapped[RequestState] = mapped_column(enum_column(RequestState, "state"))
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

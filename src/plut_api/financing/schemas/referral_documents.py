"""Documents of referrals on the wire, and the end of what a bank was given."""

from pydantic import Field

from plut_api.financing.schemas.referrals import Document, Reason, ReferralRead
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Note, Read, Wire


class DocumentRequestRead(Read):
    """A document that the bank asked for."""

    id: Id
    kind: Document
    words: Note | None = Field(description="Which one, in the bank's words.", examples=[None])
    due_on: Day | None = Field(description="Until when the bank waits.", examples=[None])
    created_at: Instant
    answered_at: Instant | None = Field(description="When the applicant answered.", examples=[None])


class DocumentRequestPage(Page[DocumentRequestRead]):
    """One page of documents asked for, oldest first."""


class ReferralDocumentCreate(Wire):
    """A file for a draft, or for what the bank asked."""

    file_id: Id
    request_id: Id | None = Field(
        default=None, description="What it answers.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]
    )
    kind: Document | None = Field(default=None, description="Needed where it answers no request.")


class ReferralDocumentRead(Read):
    """A file that was supplied with a referral; it is read at `/v1/files/{file_id}`."""

    id: Id
    request_id: Id | None = Field(description="What it answers.", examples=[None])
    kind: Document
    file_id: Id
    created_at: Instant


class ReferralDocumentPage(Page[ReferralDocumentRead]):
    """One page of documents supplied, oldest first."""


class EndAcknowledgement(Wire):
    """The bank says that it removed what it held of an applicant whom it does not finance."""

    data_removed_on: Day


class QueueWithdrawal(Wire):
    """Why an order of banks is withdrawn."""

    reason_code: Reason | None = Field(default=None, description="Why.", examples=["no_longer_needed"])
    note: Note | None = Field(default=None, description="Free text.", examples=["Belum jadi."])


class ReferralQueueRead(Read):
    """An order of banks, with the referral to each."""

    queue_id: Id
    data: list[ReferralRead] = Field(max_length=5, description="The referrals, in order.")

"""Waiting lists on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Name, Note, Read, Wire
from plut_api.programs.models import Segment
from plut_api.programs.schemas.programs import Title
from plut_api.programs.waiting.models import WaitingState
from plut_api.programs.waiting.order import Criterion

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_AT = "2026-03-06T08:00:00.000000Z"
Sentence = Annotated[str, Field(min_length=1, max_length=300, pattern=LINE, description="A sentence.")]
Code = Annotated[Criterion, Field(description="Which criterion. Open: expect new values.", examples=["first_time"])]
Place = Annotated[int, Field(ge=1, le=1_000_000, json_schema_extra={"format": "int32"})]
Term = Annotated[int, Field(ge=0, le=10_000, json_schema_extra={"format": "int32"})]


class WaitingWords(Read):
    """A sentence in both languages."""

    id: Sentence = Field(description="In Indonesian.", examples=["Belum pernah menyelesaikan program."])
    en: Sentence = Field(description="In English.", examples=["Has never completed a programme."])


class WaitingCreate(Wire):
    """Who wants a seat in a full programme."""

    person_id: Id | None = Field(
        default=None, description="Who wants it; by default the caller. PLUT's staff name the person.", examples=[_ID]
    )
    actor_id: Id | None = Field(
        default=None, description="The business it is for, one that the person owns; can follow later.", examples=[_ID]
    )
    waiver_reason: Note | None = Field(
        default=None,
        description="Why the person need not have completed the programme that comes before. PLUT's staff may.",
        examples=["Sudah mengikuti pelatihan setara di tempat lain."],
    )


class WaitingReason(Read):
    """How a person stands by one criterion of the published order."""

    code: Code
    value: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9:.+-]+$")] = Field(
        description="`true` or `false`; of `no_shows` a number; of `asked_at` an instant.", examples=["true"]
    )
    words: WaitingWords


class WaitingEntryRead(Read):
    """A person's place in the waiting list of one programme, and why it is that one."""

    id: Id
    program_id: Id
    program_title: Title
    person_id: Id
    person_name: Name = Field(description="Who waits, by full name.", examples=["Baiq Contoh"])
    actor_id: Id | None = Field(description="The business it is for; null while there is none.", examples=[_ID])
    state: WaitingState = Field(
        description="`waiting`, `offered` (a seat is held until `offer_expires_at`), or how it ended. Open: expect new "
        "values.",
        examples=["waiting"],
    )
    rank: Place | None = Field(
        description="The place among those who wait now: 1 is offered the next seat, unless it is reserved for a "
        "segment that they are not in. Null for who does not wait.",
        examples=[3],
    )
    waiting: Place | None = Field(description="How many wait in all; null for who does not.", examples=[12])
    reasons: list[WaitingReason] = Field(
        max_length=10,
        description="Each criterion of `/v1/waiting-rule`, in its order, as it stands now; for the person and PLUT's "
        "staff, while they wait.",
    )
    reserved_for: Segment | None = Field(
        description="The segment that the offered seat is reserved for; null for a general one, while there is no "
        "offer, and where the caller may not know it. Open: expect new values.",
        examples=["mothers"],
    )
    asked_at: Instant = Field(description="When the person asked for a seat.", examples=[_AT])
    offered_at: Instant | None = Field(description="When a seat was offered.", examples=[_AT])
    offer_expires_at: Instant | None = Field(description="Until when the offer can be accepted.", examples=[_AT])
    enrolment_id: Id | None = Field(description="The seat, once the offer is accepted.", examples=[_ID])
    ended_at: Instant | None = Field(description="When the waiting ended; null while it goes on.", examples=[_AT])


class WaitingEntryPage(Page[WaitingEntryRead]):
    """One page of waiting entries."""


class WaitingCriterionRead(Read):
    """One criterion by which those who wait are ranked."""

    code: Code
    name: WaitingWords
    about: WaitingWords


class WaitingRuleRead(Read):
    """By which rule seats that free are offered, and for how long. It is the same for all programmes."""

    criteria: list[WaitingCriterionRead] = Field(
        max_length=10,
        description="In their order: each decides only among those whom all before it leave equal. No criterion is "
        "weighed against another.",
    )
    about: WaitingWords
    offer_hours: Term = Field(description="Hours in which an offer can be accepted.", examples=[48])
    late_offer_hours: Term = Field(description="The same, near the first day of the programme.", examples=[12])
    late_days: Term = Field(description="Days before the first day from which that is near.", examples=[4])
    release_reserved_days: Term = Field(
        description="Days before the first day from which reserved seats that nobody asked for are for everybody.",
        examples=[3],
    )

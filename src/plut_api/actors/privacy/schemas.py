"""Disclosures, requests about one's own data, and what is held, on the wire."""

from typing import Annotated, Any

from pydantic import Field

from plut_api.actors.privacy.models import RequestKind, RequestState
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Note, Read, Wire

Word = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_.]*$", description="A word of ours.", examples=["financing"])
]
Law = Annotated[
    str,
    Field(
        max_length=300, pattern=r"^[^\x00-\x1f]*$", description="The rule behind it.", examples=["UU 27/2022 art. 31"]
    ),
]
Reason = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$", description="Plain words.", examples=["Bukti persetujuan."])
]
Kind = Annotated[RequestKind, Field(description="What is asked for. Open: expect new values.", examples=["objection"])]
State = Annotated[RequestState, Field(description="Where it stands. Open: expect new values.", examples=["open"])]
Number = Annotated[
    int,
    Field(ge=0, le=2**31 - 1, json_schema_extra={"format": "int32"}, description="A number of rows.", examples=[3]),
]


class DisclosureRead(Read):
    """One time that somebody outside PLUT was shown a person or business: who, what, why, when."""

    id: Id
    disclosed_at: Instant
    organization_id: Id | None = Field(description="Who was shown it; null if nobody in particular.")
    organization_name: Name | None = Field(description="Their name.", examples=["Bank NTB Syariah"])
    operation: Annotated[
        str,
        Field(max_length=80, pattern=r"^[A-Za-z]+$", description="operationId.", examples=["listReadyBusinesses"]),
    ]
    purpose: Word = Field(description="Why. Open: expect new values.", examples=["financing"])
    fields: Annotated[list[Word], Field(max_length=50, description="What was shown.", examples=[["business_name"]])]
    actor_ids: Annotated[list[Id], Field(max_length=1000, description="Which of the own businesses.", examples=[[]])]


class DisclosurePage(Page[DisclosureRead]):
    """One page of disclosures, newest first."""


class SectionRead(Read):
    """One kind of thing that is held of a person."""

    name: Word
    about: Reason
    rows: Annotated[
        list[dict[str, Any]],
        Field(
            max_length=1_000_000,
            description="Every row, with the names of the fields as keys. `self` and `other` stand for accounts.",
            examples=[[{"id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"}]],
        ),
    ]


class MyData(Read):
    """Everything held of the caller, in sections (UU 27/2022 art. 6, 13)."""

    account_id: Id
    made_at: Instant
    sections: Annotated[list[SectionRead], Field(max_length=100, description="What is held.", examples=[[]])]


class DataRequestCreate(Wire):
    """Ask for the correction of what one cannot change oneself, object to a use, or ask to have it limited."""

    kind: Annotated[
        RequestKind,
        Field(
            description="`rectification`, `objection` or `restriction`; erasure has an address of its own.",
            examples=["rectification"],
        ),
    ]
    text: Note


class DataRequestMove(Wire):
    """A move of a request, with the words to the person when it ends."""

    to: State
    answer: Note | None = Field(default=None, description="Needed for `done` and `refused`.", examples=["Sudah."])


class KeptRead(Read):
    """What stays after erasure, naming nobody."""

    section: Word
    why: Reason
    law: Law
    until: Day | None = Field(description="Until when; null while no end is set.", examples=["2031-01-01"])


class ErasedRead(Read):
    """What erasure did in one section."""

    section: Word
    deleted: Number
    emptied: Number


class ErasureReport(Read):
    """What was erased, and what stays without naming anybody."""

    erased: Annotated[list[ErasedRead], Field(max_length=100, description="By section.", examples=[[]])]
    kept: Annotated[list[KeptRead], Field(max_length=100, description="What stays.", examples=[[]])]


class DataRequestRead(Read):
    """A request about one's own data, and the instant by which it is to be answered (3 × 24 hours)."""

    id: Id
    person_id: Id | None = Field(description="The person, if registered as one.")
    kind: Kind
    state: State
    text: Note | None = Field(description="In the person's words; null for erasure.", examples=["NIK saya keliru."])
    answer: Note | None = Field(description="What became of it.", examples=[None])
    created_at: Instant
    due_at: Instant
    is_overdue: Annotated[bool, Field(description="Whether it waits past that instant.", examples=[False])]
    decided_at: Instant | None = Field(description="When it ended.", examples=[None])
    report: ErasureReport | None = Field(description="What was erased; null before, and for other kinds.")


class DataRequestPage(Page[DataRequestRead]):
    """One page of requests."""


class ErasureConfirm(Wire):
    """The code that was sent to the phone."""

    code: Annotated[
        str,
        Field(
            min_length=6,
            max_length=6,
            pattern=r"^[0-9]{6}$",
            description="Six digits.",
            examples=["482913"],
            repr=False,
        ),
    ]

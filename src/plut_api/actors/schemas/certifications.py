"""Certificates on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.schemas.people import PastDay
from plut_api.actors.schemas.status import Label
from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Day, Id, Instant, Name, Patch, Read, Trimmed, Unicode, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"

KindCode = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[a-z_]+$",
        description="`pirt`, `halal`, `bpom_md`, `sni`, `merek`, `sku`: a code of `GET /v1/certification-kinds`. Open: "
        "expect new values.",
        examples=["pirt"],
    ),
]
Number = Annotated[
    str,
    Field(
        min_length=1,
        max_length=60,
        pattern=LINE,
        description="Number as printed; blanks, dots, hyphens and small letters are understood, and not kept. Its form "
        "is that of the kind.",
        examples=["206527101000130"],
    ),
    Trimmed,
    Unicode,
]
TrademarkClass = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=45,
        json_schema_extra={"format": "int32"},
        description="Class of a trade mark (Nice), 1 to 45.",
        examples=[30],
    ),
]


class CertificationCreate(Wire):
    """A certificate. Without `expires_on` its end follows from the kind, where that has a term."""

    kind: KindCode
    number: Number
    issued_on: PastDay = Field(description="Day of issue; of a trade mark that of the application.")
    expires_on: Day | None = Field(default=None, description="Last day, as printed.", examples=["2029-03-01"])
    trademark_class: TrademarkClass | None = Field(default=None, description="Class of a trade mark.", examples=[30])
    product_id: Id | None = Field(default=None, description="The product it is for; null: all.", examples=[_ID])
    file_id: Id | None = Field(default=None, description="The paper (`POST /v1/files`).", examples=[_ID])
    replaces: Id | None = Field(
        default=None, description="The certificate of the same kind that this one renews.", examples=[None]
    )


class CertificationPatch(Patch):
    """A correction; null removes. What staff had compared is unverified again once it changes."""

    number: Number = Field(default_factory=str)
    issued_on: PastDay = Field(default_factory=clock.today)
    expires_on: Day | None = Field(default=None, description="Last day, as printed.", examples=["2029-03-01"])
    trademark_class: TrademarkClass | None = Field(default=None, description="Class of a trade mark.", examples=[30])
    product_id: Id | None = Field(default=None, description="The product it is for; null: all.", examples=[_ID])
    file_id: Id | None = Field(default=None, description="The paper (`POST /v1/files`).", examples=[_ID])


class CertificationRead(Read):
    """A certificate of a business."""

    id: Id
    actor_id: Id
    kind: KindCode
    number: Number
    issued_on: Day
    expires_on: Day | None = Field(description="Last day; null: holds without an end, or unknown.", examples=[None])
    trademark_class: TrademarkClass | None = Field(description="Class of a trade mark.", examples=[None])
    product_id: Id | None = Field(description="The product it is for; null: all.", examples=[None])
    file_id: Id | None = Field(description="The paper, at `GET /v1/files/{file_id}`.", examples=[None])
    verified_at: Instant | None = Field(description="When PLUT's staff compared it; null: not yet.", examples=[None])
    verified_by: Id | None = Field(description="Who compared it.", examples=[None])
    superseded_by: Id | None = Field(description="The certificate that renewed it; null: none.", examples=[None])
    ended_at: Instant | None = Field(description="When it was removed; null: it was not.", examples=[None])
    created_at: Instant
    updated_at: Instant


class CertificationPage(Page[CertificationRead]):
    """One page of certificates, newest first."""


class CertificationListed(CertificationRead):
    """A certificate with the name of its business."""

    business_name: Name


class CertificationListedPage(Page[CertificationListed]):
    """One page of certificates."""


class CertificationKindRead(Read):
    """A kind of certificate."""

    code: KindCode
    label_id: Label = Field(description="In Indonesian.", examples=["Sertifikat halal"])
    label_en: Label = Field(description="In English.", examples=["Halal certificate"])
    issuer: Label = Field(description="Who issues it.", examples=["BPJPH"])
    pattern: Annotated[
        str,
        Field(
            max_length=200, pattern=LINE, description="Form of the number, in capitals, without blanks, dots, hyphens."
        ),
    ] = Field(examples=["ID[0-9]{17}"])
    example: Label = Field(description="An invented number.", examples=["ID52110000123450124"])
    hint_id: Label = Field(description="The form in words, in Indonesian.", examples=["Halal: ID dan 17 angka"])
    hint_en: Label = Field(description="The form in words, in English.", examples=["Halal: ID and 17 digits"])
    has_end: Annotated[bool, Field(description="Whether it ends at all.", examples=[False])]
    term_rule: Annotated[str, Field(max_length=80, pattern=LINE, description="Code of the rule value.")] | None = Field(
        description="The rule value (`GET /v1/rule-values`) with its term in years; null: as printed.", examples=[None]
    )
    source: Label = Field(description="Where the form is from.", examples=["BPOM 22/2018"])
    status: Annotated[
        str,
        Field(
            max_length=1,
            pattern=r"^[CRV]$",
            description="`C` text read, `R` reported, `V` to be verified.",
            examples=["R"],
        ),
    ]


class CertificationKinds(Read):
    """All kinds of certificates."""

    data: Annotated[list[CertificationKindRead], Field(max_length=100, description="The kinds.", examples=[[]])]

"""Consents on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.actors.privacy.models import ConsentPurpose, DataCategory, SubjectKind
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Read, Trimmed, Unicode, Wire

Purpose = Annotated[
    ConsentPurpose, Field(description="What it allows. Open: expect new values.", examples=["financing"])
]
BusinessPurpose = Annotated[
    Literal[ConsentPurpose.financing],
    Field(description="What it allows. Open: expect new values.", examples=["financing"]),
]
TextVersion = Annotated[
    str, Field(max_length=16, pattern=r"^[0-9.]+$", description="Version of the text agreed to.", examples=["1"])
]
TextLanguage = Annotated[Literal["id", "en"], Field(description="Language it was read in.", examples=["id"])]
Channel = Annotated[
    Literal["app", "counter", "paper"],
    Field(
        description="How it was given: on the own device, at PLUT's counter, or on paper, which PLUT's staff record.",
        examples=["app"],
    ),
]
Category = Annotated[
    DataCategory, Field(description="A kind of data. Open: expect new values.", examples=["business_name"])
]
Categories = Annotated[
    list[Category], Field(max_length=50, description="What the recipient then sees.", examples=[["business_name"]])
]
PaperReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        pattern=LINE,
        description="Where the signed paper's file lies.",
        examples=["files/persetujuan-0142.pdf"],
    ),
    Trimmed,
    Unicode,
]
Sha256 = Annotated[
    str,
    Field(
        min_length=64,
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of that file, in hexadecimal.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Prose = Annotated[
    str, Field(max_length=4000, pattern=r"^[^\x00]*$", description="Plain words.", examples=["Saya mengizinkan …"])
]


class ConsentCreate(Wire):
    """Let one organization see one business, for one purpose, until it ends or is withdrawn."""

    organization_id: Id
    purpose: BusinessPurpose = ConsentPurpose.financing
    text_version: TextVersion
    language: TextLanguage = "id"
    channel: Channel = "app"
    signed_by: Id | None = Field(default=None, description="The owner who signed; with `paper` only.", examples=[None])
    paper_reference: PaperReference | None = Field(default=None, description="With `paper` only.", examples=[None])
    paper_sha256: Sha256 | None = Field(
        default=None,
        description="With `paper` only; must be that of the file in `paper_file_id`, if one is named.",
        examples=[None],
    )
    paper_file_id: Id | None = Field(
        default=None,
        description="The scan, handed in by `POST /v1/files`; instead of `paper_reference` and `paper_sha256`.",
        examples=[None],
    )


class ConsentRead(Read):
    """A consent, in force while it is neither withdrawn nor expired."""

    id: Id
    subject_kind: Annotated[
        SubjectKind, Field(description="Whose data it is about. Open: expect new values.", examples=["actor"])
    ]
    actor_id: Id | None = Field(description="The business, if it is about one.")
    cooperative_id: Id | None = Field(description="The cooperative, if it is about one.", examples=[None])
    organization_id: Id
    purpose: Purpose
    data_categories: Categories
    text_version: TextVersion
    language: TextLanguage
    channel: Annotated[
        str, Field(max_length=32, pattern=r"^[a-z_]+$", description="Where it was given.", examples=["app"])
    ]
    given_at: Instant
    signed_by: Id | None = Field(description="The owner who signed the paper.", examples=[None])
    paper_reference: PaperReference | None = Field(description="Where the signed paper lies.", examples=[None])
    paper_sha256: Sha256 | None = Field(description="Hash of the signed paper's file.", examples=[None])
    paper_file_id: Id | None = Field(
        description="The scan of the signed paper, if it was handed in (`GET /v1/files/{file_id}`).", examples=[None]
    )
    confirmed_at: Instant | None = Field(
        description="When the second officer of a cooperative confirmed it; till then it is not in force.",
        examples=[None],
    )
    expires_at: Instant
    withdrawn_at: Instant | None = Field(description="When it ended early.", examples=[None])


class ConsentPage(Page[ConsentRead]):
    """One page of consents, newest first."""


class ConsentText(Read):
    """The words of a consent, in both languages."""

    version: TextVersion
    purpose: Purpose
    text_id: Prose
    text_en: Prose
    data_shared: Categories


class ConsentTexts(Read):
    """Every version of every consent text; the last of a purpose is the present one."""

    data: Annotated[list[ConsentText], Field(max_length=100, description="The texts.", examples=[[]])]

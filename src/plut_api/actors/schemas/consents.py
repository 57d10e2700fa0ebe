"""Consents on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.actors.models import ConsentPurpose
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Read, Wire

Purpose = Annotated[
    ConsentPurpose, Field(description="What it allows. Open: expect new values.", examples=["financing"])
]
TextVersion = Annotated[
    str, Field(max_length=16, pattern=r"^[0-9.]+$", description="Version of the text agreed to.", examples=["1"])
]
TextLanguage = Annotated[Literal["id", "en"], Field(description="Language it was read in.", examples=["id"])]
Channel = Annotated[
    Literal["app", "counter"],
    Field(description="Where it was given: on the own device, or at PLUT's counter.", examples=["app"]),
]
Prose = Annotated[
    str, Field(max_length=4000, pattern=r"^[^\x00]*$", description="Plain words.", examples=["Saya mengizinkan …"])
]


class ConsentCreate(Wire):
    """Let one organization see one business, for one purpose, until it ends or is withdrawn."""

    organization_id: Id
    purpose: Purpose = ConsentPurpose.financing
    text_version: TextVersion
    language: TextLanguage = "id"
    channel: Channel = "app"


class ConsentRead(Read):
    """A consent, in force while it is neither withdrawn nor expired."""

    id: Id
    actor_id: Id
    organization_id: Id
    purpose: Purpose
    text_version: TextVersion
    language: TextLanguage
    channel: Annotated[
        str, Field(max_length=32, pattern=r"^[a-z_]+$", description="Where it was given.", examples=["app"])
    ]
    given_at: Instant
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
    data_shared: Annotated[
        list[Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$", description="A kind of data.")]],
        Field(max_length=50, description="What the recipient then sees.", examples=[["business_name"]]),
    ]


class ConsentTexts(Read):
    """Every version of every consent text; the last of a purpose is the present one."""

    data: Annotated[list[ConsentText], Field(max_length=100, description="The texts.", examples=[[]])]

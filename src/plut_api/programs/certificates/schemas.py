"""Certificates on the wire."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from plut_api.kit.wire import TEXT, Day, Id, Instant, Name, Note, Read, Wire
from plut_api.programs.certificates.models import RevokeReason
from plut_api.programs.schemas.programs import Title

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
CODE = r"^[A-Za-z0-9 -]{16,24}$"

CodePath = Annotated[
    str,
    Path(
        min_length=16,
        max_length=24,
        pattern=CODE,
        description="The code of a certificate, with or without hyphens, in any case.",
        examples=["MFRGGZDFMZTWQ2LK"],
    ),
]
CertificateCode = Annotated[
    str,
    Field(
        max_length=24,
        pattern=r"^[A-Z2-7]{16,24}$",
        description="By which anybody can verify it. Nobody can guess it.",
        examples=["MFRGGZDFMZTWQ2LK"],
    ),
]
CertificateNumber = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[A-Z-]+/[0-9]{4}/[0-9]{6,9}$",
        description="Its number: series, year, and the number in the year, without gaps.",
        examples=["PLUT-NTB/2026/000123"],
    ),
]
Validity = Annotated[
    Literal["valid", "revoked", "erased"],
    Field(
        description="Whether it holds; `erased`: its holder had their data erased. Open: expect new values.",
        examples=["valid"],
    ),
]
Sessions = Annotated[
    int,
    Field(ge=0, le=10_000, json_schema_extra={"format": "int32"}, description="Number of sessions.", examples=[5]),
]
Hours = Annotated[
    int, Field(ge=0, le=100_000, json_schema_extra={"format": "int32"}, description="Hours.", examples=[20])
]
Reason = Annotated[
    RevokeReason,
    Field(description="Why it holds no more. Anybody may read that. Open: expect new values.", examples=["not_earned"]),
]


class Told(Read):
    """What a certificate tells of a programme, in the words of the day it was issued."""

    number: CertificateNumber
    code: CertificateCode
    state: Validity
    program_title: Title
    organizers: list[Name] = Field(max_length=50, description="Who ran the programme.", examples=[["Dinas Contoh"]])
    starts_on: Day
    ends_on: Day
    completed_on: Day = Field(description="When the participant completed it.")
    sessions_held: Sessions = Field(description="How many sessions there were.", examples=[5])
    sessions_attended: Sessions = Field(description="Of them attended.", examples=[4])
    hours: Hours = Field(description="Hours of the sessions attended.", examples=[16])
    issued_at: Instant
    revoked_at: Instant | None = Field(description="When it was revoked.")


class Verification(Told):
    """What anybody may know of a certificate."""

    person_name: Name | None = Field(description="The holder's name, masked; null if erased.", examples=["B•••• C••••"])
    reason: RevokeReason | None = Field(description="Why it was revoked. Open: expect new values.")
    reason_words: str | None = Field(
        max_length=200, pattern=TEXT, description="The same in words.", examples=["Syarat tidak terpenuhi."]
    )


class CertificateRead(Told):
    """A certificate, for its holder, the organizer and PLUT's staff."""

    id: Id
    enrolment_id: Id
    person_name: Name | None = Field(description="The name on it; null if erased.", examples=["Baiq Contoh"])
    address: str = Field(
        max_length=500,
        pattern=r"^https?://\S+$",
        description="Where anybody can verify it; the QR says that.",
        examples=["https://plut.example/v1/certificates/MFRGGZDFMZTWQ2LK"],
    )
    replaces_id: Id | None = Field(description="The certificate in whose place it was issued.", examples=[_ID])
    reason: RevokeReason | None = Field(description="Why it was revoked. Open: expect new values.")
    note: Note | None = Field(description="What was said about that.", examples=["Nilai salah dicatat."])


class Revocation(Wire):
    """Why a certificate is taken back."""

    reason: Reason
    note: Note | None = Field(
        default=None,
        description="More about it, for the holder, the organizer and PLUT alone.",
        examples=["Kehadiran dicatat untuk orang lain."],
    )

"""Codes and proofs on the wire: what stands behind something done for a person."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from plut_api.actors.models import ProofKind
from plut_api.identity.phones import Phone
from plut_api.kit.wire import LINE, Id, Trimmed, Unicode, Wire


class GivenProof(StrEnum):
    """What an officer can bring."""

    own_code = "own_code"
    signed_paper = "signed_paper"


class AskedPurpose(StrEnum):
    """What an officer asks a code for."""

    registration = "registration"
    phone_change = "phone_change"


SixDigits = Annotated[
    str,
    Field(
        max_length=6, pattern=r"^[0-9]{6}$", description="The six digits that went to the phone.", examples=["031415"]
    ),
]
PaperReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=LINE,
        description="Where the signed paper is filed.",
        examples=["Map Pendaftaran 2026/12"],
    ),
    Trimmed,
    Unicode,
]
RegistrationProof = Annotated[
    ProofKind,
    Field(
        description="What stands behind a registration on behalf: a code to the person's phone (`own_code`), a paper "
        "that they signed (`signed_paper`), or an agency's file (`import`). Open.",
        examples=["own_code"],
    ),
]


class OnBehalf(Wire):
    """What stands behind something done for a person: `code` for `own_code`; the other two for `signed_paper`."""

    proof: Annotated[
        GivenProof,
        Field(
            description="`own_code`: the person read out the code of `POST /v1/people/codes`; `signed_paper`: a paper.",
            examples=["own_code"],
        ),
    ]
    code: SixDigits | None = Field(default=None, description="The code that the person read out.", examples=["031415"])
    paper_reference: PaperReference | None = Field(
        default=None, description="Where the signed paper is filed.", examples=["Map Pendaftaran 2026/12"]
    )
    paper_file_id: Id | None = Field(
        default=None,
        description="The paper as a file that the caller uploaded (`POST /v1/files`).",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )


class PersonCodeRequest(Wire):
    """A code for somebody who sits in front of an officer."""

    phone: Phone
    purpose: Annotated[
        AskedPurpose,
        Field(
            description="`registration`: to be registered; `phone_change`: to get this number in place of another.",
            examples=["registration"],
        ),
    ] = AskedPurpose.registration

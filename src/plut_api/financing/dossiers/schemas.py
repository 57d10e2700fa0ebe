"""Dossiers on the wire."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from plut_api.financing.dossiers.content import Code, DossierContent, Sha256
from plut_api.kit.wire import Id, Instant, Name, Read

DossierPath = Annotated[
    str,
    Path(
        min_length=16,
        max_length=24,
        pattern=r"^[A-Za-z0-9 -]{16,24}$",
        description="The code printed on a dossier, with or without hyphens, in any case.",
        examples=["MFRGGZDFMZTWQ2LK"],
    ),
]
DossierCode = Annotated[
    str,
    Field(
        max_length=24,
        pattern=r"^[A-Z2-7]{16,24}$",
        description="By which anybody who holds the dossier can check it. Nobody can guess it.",
        examples=["MFRGGZDFMZTWQ2LK"],
    ),
]
DossierState = Annotated[
    Literal["with_bank", "ended", "erased"],
    Field(
        description="Whether its referral is with the bank, has ended, or what it held was erased. Open.",
        examples=["with_bank"],
    ),
]


class DossierChange(Read):
    """One difference between the dossier as it was sent and how it would be sent now."""

    section: Code = Field(description="The part of the dossier.", examples=["outcomes"])
    item: Code | None = Field(description="The item's id, or the code of a gate; null for a part without items.")
    kind: Literal["added", "removed", "changed"] = Field(description="What happened.", examples=["changed"])
    members: list[Code] = Field(max_length=50, description="What differs in it.", examples=[["reached_level"]])


class DossierRead(Read):
    """A dossier as it was sent to the bank, with what changed since."""

    id: Id
    referral_id: Id
    code: DossierCode
    frozen_at: Instant = Field(description="When it was sent, and what it holds was so.")
    content_sha256: Sha256 = Field(description="Fingerprint of what it holds; the printed dossier shows the same.")
    address: str = Field(
        max_length=500,
        pattern=r"^https?://\S+$",
        description="Where anybody can check it; the QR says that.",
        examples=["https://plut.example/v1/dossiers/MFRGGZDFMZTWQ2LK"],
    )
    content: DossierContent
    compared_at: Instant | None = Field(description="When it was last compared; null if nothing happened since.")
    changes: list[DossierChange] = Field(max_length=2000, description="What is otherwise by now.")


class DossierCheck(Read):
    """What anybody may know of a dossier."""

    code: DossierCode
    state: DossierState
    frozen_at: Instant
    content_sha256: Sha256
    bank: Name = Field(description="The bank that it was sent to.", examples=["Bank Contoh"])
    business: Name | None = Field(description="Name of the business, masked.", examples=["K•••• C••••"])

"""Cooperatives of the register on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.cooperatives.models import CooperativeStatus
from plut_api.cooperatives.rules import LEGAL_NUMBER, MAX_MEMBERS, NIK_KOPERASI, PROGRAMME_BEGAN
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Note, Patch, Read, RegencyCode, VillageCode, Wire

CooperativeName = Annotated[
    Name,
    Field(
        description="`Koperasi Desa|Kelurahan Merah Putih <village>`, where needed with `Kecamatan <district>` behind.",
        examples=["Koperasi Kelurahan Merah Putih Bintaro"],
    ),
]
LegalNumber = Annotated[
    str,
    Field(
        max_length=40,
        pattern=LEGAL_NUMBER,
        description="Number of the Ministry of Law's decision that made it a legal entity (AHU).",
        examples=["AHU-0098491.AH.01.29.TAHUN 2025"],
    ),
]
NikKoperasi = Annotated[
    str,
    Field(
        max_length=13,
        pattern=NIK_KOPERASI,
        description="Nomor Induk Koperasi: the ministry's number of a cooperative, 13 digits. No person's NIK.",
        examples=["5271010079145"],
    ),
]
Members = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=MAX_MEMBERS,
        json_schema_extra={"format": "int32"},
        description="Members.",
        examples=[128],
    ),
]
Status = Annotated[
    CooperativeStatus,
    Field(
        description="How far it has come: `legal` (legal entity), `preparing` an outlet, outlet `operating`. Open.",
        examples=["preparing"],
    ),
]
EstablishedOn = Annotated[
    Day, Field(description="Day of the founding deed, from May 2025 on.", examples=["2025-06-11"])
]


class CooperativeCreate(Wire):
    """A cooperative to register."""

    name: CooperativeName
    village_code: VillageCode
    legal_number: LegalNumber
    established_on: EstablishedOn
    nik_koperasi: NikKoperasi | None = Field(
        default=None, description="NIK koperasi, once there is one.", examples=["5271010079145"]
    )
    member_count: Members
    status: Status = CooperativeStatus.legal
    notes: Note | None = Field(default=None, description="Remarks.", examples=["Menunggu pembukaan rekening."])


class CooperativePatch(Patch):
    """What to change of a cooperative; its village stays."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    name: CooperativeName = Field(default_factory=str)
    legal_number: LegalNumber = Field(default_factory=str)
    established_on: EstablishedOn = Field(default_factory=lambda: PROGRAMME_BEGAN)
    nik_koperasi: NikKoperasi | None = Field(
        default=None, description="NIK koperasi, once there is one.", examples=["5271010079145"]
    )
    member_count: Members = Field(default_factory=int)
    status: Status = Field(default_factory=lambda: CooperativeStatus.legal)
    notes: Note | None = Field(default=None, description="Remarks.", examples=["Menunggu pembukaan rekening."])


class CooperativeRead(Read):
    """A village cooperative."""

    id: Id
    name: CooperativeName
    village_code: VillageCode
    regency_code: RegencyCode
    legal_number: LegalNumber
    established_on: EstablishedOn
    nik_koperasi: NikKoperasi | None = Field(description="NIK koperasi.", examples=["5271010079145"])
    member_count: Members
    status: Status
    notes: Note | None = Field(description="Remarks.", examples=["Menunggu pembukaan rekening."])
    created_at: Instant
    updated_at: Instant


class CooperativePage(Page[CooperativeRead]):
    """One page of cooperatives."""

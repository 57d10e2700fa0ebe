"""What a dossier holds, as it is frozen, sealed, compared and sent: one shape for all four.

Sections hold items with an `id` of their own, so that what changed since can be told item by item. The chain runs from
`training` (enrolment) over `outcomes` (of that enrolment) and `evidence` (of that outcome) to the `gates` of readiness.
No score is among them: the number stays inside PLUT. NIK and NPWP are not, either (consent text 1).
"""

from typing import Annotated

from pydantic import Field

from plut_api.kit.wire import LINE, TEXT, Count, Day, Id, Idr, Instant, Name, Read, RegencyCode, VillageCode, Year
from plut_api.outcomes.schemas import BothLanguages

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
Code = Annotated[str, Field(max_length=60, pattern=LINE, description="A code. Open: expect new values.")]
Words = Annotated[str, Field(max_length=2000, pattern=TEXT, description="Words.", examples=["Bahan baku"])]
Sha256 = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the bytes, in hexadecimal digits.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Level = Annotated[
    int,
    Field(ge=0, le=4, json_schema_extra={"format": "int32"}, description="Level of the rubric.", examples=[2]),
]
Months = Annotated[
    int, Field(ge=1, le=360, json_schema_extra={"format": "int32"}, description="Months.", examples=[24])
]


class DossierItem(Read):
    """A part of a section that can change by itself."""

    id: Id


class DossierDocument(Read):
    """A file that was handed in as proof: its fingerprint, not the file."""

    sha256: Sha256
    media_type: Code = Field(examples=["application/pdf"])
    size_bytes: int = Field(ge=1, le=10**12, json_schema_extra={"format": "int64"}, description="Size.", examples=[1])


class DossierRequest(Read):
    """What is asked of the bank."""

    bank: Name
    scheme: Code = Field(description="The financing scheme.", examples=["kur_mikro"])
    product: Name | None = Field(description="Title of the product asked for; null if none was named.")
    amount_idr: Idr
    tenor_months: Months
    purpose: Words


class DossierBusiness(Read):
    """The applicant, as far as the owner's consent allows; what it leaves out is null."""

    name: Name | None = Field(description="Name of the business.", examples=["Kopi Contoh"])
    owner_name: Name | None = Field(description="The first owner.", examples=["Baiq Contoh"])
    village_code: VillageCode | None = Field(description="Its village.", examples=["52.71.01.1001"])
    village: Name | None = Field(description="Name of the village.", examples=["Sembalun"])
    regency_code: RegencyCode | None = Field(description="Its kabupaten or kota.", examples=["52.71"])
    kbli_version: Code | None = Field(description="Version of the KBLI.", examples=["2020"])
    kbli_code: Code | None = Field(description="Main activity, KBLI subclass.", examples=["10792"])
    size_class: Code | None = Field(description="Size class; null if unknown.", examples=["micro"])
    started_on: Day | None = Field(description="First day of trading.")
    identity_verified_at: Instant | None = Field(description="When staff compared the owner's identity card.")
    identity_verified_by: Name | None = Field(description="Who did.", examples=["Konsultan Contoh"])


class DossierFigures(DossierItem):
    """The figures of one year that count."""

    year: Year
    sales_idr: Idr | None = Field(description="Sales of the year; null if not told.")
    capital_idr: Idr | None = Field(description="Capital without land and buildings; null if not told.")
    workers: Count | None = Field(description="Women and men who work in it; null if not told.")
    verification: Code = Field(description="How well they are proven.", examples=["document_seen"])
    source: Code = Field(description="Where they come from.", examples=["owner"])
    recorded_at: Instant
    recorded_by: Name | None = Field(description="The member of staff who recorded or verified them.")
    documents: list[DossierDocument] = Field(max_length=20, description="What was seen as proof.")


class DossierTraining(DossierItem):
    """A programme that the business, or its owner, completed; the id is that of the enrolment."""

    program: Name
    organizers: list[Name] = Field(max_length=50, description="Who ran it.", examples=[["Dinas Contoh"]])
    starts_on: Day
    ends_on: Day
    completed_on: Day
    certificate_number: Code | None = Field(description="Its certificate, if one holds.", examples=["PLUT-NTB/2026/1"])
    certificate_code: Code | None = Field(description="By which anybody verifies it.", examples=["MFRGGZDFMZTWQ2LK"])


class DossierOutcome(DossierItem):
    """One of the five outcomes of a programme: level before, aimed at, proven."""

    enrolment_id: Id = Field(description="The training that it comes from.", examples=[_ID])
    dimension: Code = Field(examples=["packaging"])
    rubric: Code = Field(description="Version of the rubric.", examples=["1"])
    baseline_level: Level | None = Field(description="Level before.", examples=[1])
    target_level: Level | None = Field(description="Level aimed at.", examples=[2])
    reached_level: Level
    reached_at: Instant


class DossierEvidence(DossierItem):
    """A piece of verified evidence, with who verified it and when."""

    outcome_id: Id = Field(description="The outcome that it proves.", examples=[_ID])
    kind: Code = Field(examples=["photo"])
    verified_level: Level
    verified_at: Instant
    verified_by: Name | None = Field(description="Null if a record of this system speaks for itself.")
    record: Code | None = Field(description="The table of that record.", examples=["certifications"])
    documents: list[DossierDocument] = Field(max_length=50, description="The files that prove it.")


class DossierGate(Read):
    """A gate of readiness, and what its rule found. Codes stand in the place of an id."""

    code: Code = Field(examples=["U-G03"])
    title: BothLanguages
    result: Code = Field(examples=["pass"])
    as_of: Day | None = Field(description="The day that the fact is from.")


class DossierConfirmation(Read):
    """The consultant's word that the file is complete. It is no judgement of creditworthiness."""

    rule_set: Code = Field(examples=["umkm-v1"])
    confirmed_at: Instant | None = Field(description="When a consultant confirmed it.")
    confirmed_by: Name | None = Field(description="Who did.", examples=["Konsultan Contoh"])
    expires_at: Instant | None = Field(description="Until when that holds.")


class DossierContent(Read):
    """A dossier."""

    request: DossierRequest
    business: DossierBusiness
    readiness: DossierConfirmation
    gates: list[DossierGate] = Field(max_length=100, description="Every gate of the rules in force.")
    figures: list[DossierFigures] = Field(max_length=20, description="Years that were reported, newest first.")
    training: list[DossierTraining] = Field(max_length=100, description="Programmes completed, newest first.")
    outcomes: list[DossierOutcome] = Field(max_length=500, description="What training led to.")
    evidence: list[DossierEvidence] = Field(max_length=1000, description="What proves the outcomes.")

"""What a programme is in detail, on the wire: for whom, paid by whom, asking for what, proven how."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from plut_api.kit.wire import LINE, Id, Read, Wire
from plut_api.programs.fund_sources import DocumentCode, ExemptionCode
from plut_api.programs.models import FundSource, Segment
from plut_api.reference.schemas import KbliVersion

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"


def once_each(values: list[Any]) -> list[Any]:
    """The values without those that were said before, in their order."""
    return list(dict.fromkeys(values))


SegmentField = Annotated[Segment, Field(description="A segment. Open: expect new values.", examples=["mothers"])]
SeatCount = Annotated[
    int,
    Field(ge=0, le=10_000, json_schema_extra={"format": "int32"}, description="A number of seats.", examples=[12]),
]
DistrictCode = Annotated[
    str,
    Field(
        max_length=8,
        pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$",
        description="Kemendagri code of a kecamatan.",
        examples=["52.02.01"],
    ),
]
Districts = Annotated[
    list[DistrictCode],
    Field(
        max_length=120,
        description="Districts it is for, within `regency_codes` if any are named; empty: everywhere there.",
        examples=[["52.02.01"]],
    ),
    AfterValidator(once_each),
]
TargetVersion = Annotated[
    KbliVersion, Field(description="Version of `kbli_codes`. Open: expect new values.", examples=["2025"])
]
TargetKbli = Annotated[
    str,
    Field(max_length=5, pattern=r"^[0-9]{2,5}$", description="KBLI code of two to five digits.", examples=["107"]),
]
TargetKblis = Annotated[
    list[TargetKbli],
    Field(
        max_length=50,
        description="For businesses of these activities and all below them; empty: of any.",
        examples=[["107"]],
    ),
    AfterValidator(once_each),
]
FundField = Annotated[
    FundSource,
    Field(description="Who pays for it (`/v1/fund-sources`). Open: expect new values.", examples=["dak_nonfisik"]),
]
DocumentField = Annotated[DocumentCode, Field(description="A document. Open: expect new values.", examples=["nib"])]
Documents = Annotated[
    list[DocumentField],
    Field(
        max_length=20,
        description="What participants must hold: only what `fund_source` asks for, by default nothing.",
        examples=[["nib"]],
    ),
    AfterValidator(once_each),
]
Percent = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=100,
        json_schema_extra={"format": "int32"},
        description="The share of sessions to attend for completion, in percent.",
        examples=[80],
    ),
]
PassMark = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=100,
        json_schema_extra={"format": "int32"},
        description="Points of 100 that the test afterwards asks for.",
        examples=[60],
    ),
]
PreTest = Annotated[bool, Field(strict=True, description="Whether a test stands at the beginning.", examples=[True])]
PostTest = Annotated[bool, Field(strict=True, description="Whether a test stands at the end.", examples=[True])]
Prerequisite = Annotated[
    Id, Field(description="A programme one level below that this one builds upon.", examples=[_ID])
]
FundName = Annotated[
    str, Field(min_length=1, max_length=200, pattern=LINE, description="Name.", examples=["DAK Nonfisik PK2UMK"])
]
Words = Annotated[
    str, Field(min_length=1, max_length=500, pattern=LINE, description="Words.", examples=["Belum punya usaha"])
]


class ReservedSeatsGiven(Wire):
    """Seats that only people of one segment take."""

    segment: SegmentField
    seats: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=10_000,
            json_schema_extra={"format": "int32"},
            description="How many of the programme's seats.",
            examples=[10],
        ),
    ]


class ReservedSeatsRead(Read):
    """Seats that only people of one segment take, and how many of them are taken."""

    segment: SegmentField
    seats: SeatCount = Field(description="How many of the programme's seats.", examples=[10])
    seats_taken: SeatCount = Field(description="How many of these are taken.", examples=[4])


Reserved = Annotated[
    list[ReservedSeatsGiven],
    Field(
        max_length=10,
        description="Seats kept for segments, one entry each, together no more than `seats`.",
        examples=[[{"segment": "mothers", "seats": 10}]],
    ),
]
ReservedShown = Annotated[
    list[ReservedSeatsRead],
    Field(
        max_length=10,
        description="Seats kept for segments; they are part of `seats`.",
        examples=[[{"segment": "mothers", "seats": 10, "seats_taken": 4}]],
    ),
]


class QuotaChange(Wire):
    """How many people can take part from now on."""

    seats: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=10_000,
            json_schema_extra={"format": "int32"},
            description="How many people can take part.",
            examples=[40],
        ),
    ]
    reserved_seats: Reserved | None = Field(
        default=None,
        description="Seats kept for segments from now on; null or absent: as before.",
        examples=[[{"segment": "mothers", "seats": 10}]],
    )


class ExemptionRead(Read):
    """People of whom a document is not asked."""

    code: Annotated[
        ExemptionCode, Field(description="The exemption. Open: expect new values.", examples=["cooperative_people"])
    ]
    name: Words = Field(description="In the language of the request.", examples=["Calon wirausaha, belum punya usaha"])


class DemandRead(Read):
    """A document that a source of money asks for, with the rule that says so."""

    code: DocumentField
    name: Words = Field(description="In the language of the request.", examples=["NIB (nomor induk berusaha)"])
    exempt: list[ExemptionRead] = Field(max_length=20, description="Of whom it is not asked.")
    source: Words = Field(description="The rule that asks for it.", examples=["Surat Kementerian, 2022"])
    status: Annotated[
        str,
        Field(
            max_length=1,
            pattern=r"^[CRV]$",
            description="How sure that rule is: C checked, R reported, V to be verified.",
            examples=["C"],
        ),
    ]


class FundSourceRead(Read):
    """Who can pay for programmes, and what that asks of participants."""

    code: FundField
    name: FundName
    documents: list[DemandRead] = Field(
        max_length=20, description="What a programme paid by it can ask participants for; mostly nothing."
    )


class FundSources(Read):
    """Every source of money for programmes."""

    data: list[FundSourceRead] = Field(max_length=50, description="In the order of the list.")


class DocumentStanding(Read):
    """A document that a programme asks for, and how one person stands."""

    code: DocumentField
    name: Words = Field(description="In the language of the request.", examples=["NIB (nomor induk berusaha)"])
    source: Words = Field(description="The rule that asks for it.", examples=["Surat Kementerian, 2022"])
    held: bool = Field(description="Whether it is on file.", examples=[False])
    exemption: ExemptionRead | None = Field(description="Why it is not asked of this person; null if it is.")
    next_step: Words | None = Field(
        description="How to get it; null if it is on file or not asked.", examples=["Buat NIB di oss.go.id"]
    )


class ReservedForThem(Read):
    """Reserved seats that a person can have, since they belong to the segment."""

    segment: SegmentField
    seats: SeatCount = Field(description="How many are kept for it.", examples=[10])
    seats_left: SeatCount = Field(description="How many of these are left.", examples=[6])


class PrerequisiteStanding(Read):
    """The programme that this one builds upon, and whether the person completed it."""

    program_id: Id
    title: Words = Field(description="Its title.", examples=["Kemasan dasar"])
    completed: bool = Field(description="Whether the person completed it.", examples=[True])


class RequirementsRead(Read):
    """What a programme asks of one person, and what they have of it already."""

    program_id: Id
    person_id: Id
    documents: list[DocumentStanding] = Field(max_length=20, description="Documents it asks for; mostly none.")
    prerequisite: PrerequisiteStanding | None = Field(description="What it builds upon; null if on nothing.")
    reserved_seats: list[ReservedForThem] = Field(
        max_length=10, description="Seats kept for segments that the person belongs to."
    )
    seats_left: SeatCount = Field(description="Seats that nobody has taken.", examples=[12])
    can_enrol: bool = Field(
        description="Whether nothing is missing that is asked for; a seat may still not be free.", examples=[True]
    )

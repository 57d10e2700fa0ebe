"""What crosses the wire of the reference room."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, TEXT, Day, Read, RegionCode
from plut_api.reference.models import HolidayKind, KbliLevel, RegionLevel

KBLI_FORM = r"^([A-Z]|[0-9]{2,5})$"
RULE_FORM = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$"


class KbliVersion(StrEnum):
    """Versions of the classification; the same digits of two versions mean different activities."""

    v2020 = "2020"
    v2025 = "2025"


class Certainty(StrEnum):
    """How sure we are of a value: its text was read, it was reported by others, or it still has to be verified."""

    confirmed = "confirmed"
    reported = "reported"
    unverified = "unverified"


_CERTAINTY = {"C": Certainty.confirmed, "R": Certainty.reported, "V": Certainty.unverified}


def _spelled_out(status: Any) -> Any:
    return _CERTAINTY.get(status, status)


OfficialName = Annotated[
    str, Field(max_length=300, pattern=LINE, description="Official name.", examples=["Kecamatan Ampenan"])
]
Degrees = Annotated[float, Field(ge=-180, le=180, description="Decimal degrees (WGS 84).", examples=[-8.583333])]
KbliCode = Annotated[
    str,
    Field(
        max_length=5,
        pattern=KBLI_FORM,
        description="KBLI code: a letter for a section, else two to five digits.",
        examples=["10307"],
    ),
]
RuleCode = Annotated[
    str,
    Field(
        max_length=100,
        pattern=RULE_FORM,
        description="What the value is; its last part names the unit.",
        examples=["size.micro.max_sales_idr"],
    ),
]


class RegionRead(Read):
    """An administrative region of NTB. A retired code names the one that took its place."""

    code: RegionCode
    level: Annotated[
        RegionLevel,
        Field(
            description="Level; `village` is a desa, `urban_village` a kelurahan. Open: expect new values.",
            examples=["village"],
        ),
    ]
    name: OfficialName
    parent_code: RegionCode | None = Field(description="The region one level up; null for the province.")
    latitude: Degrees | None = Field(description="Centroid, not the office; null where unknown.", examples=[-8.583333])
    longitude: Degrees | None = Field(description="Centroid, not the office; null where unknown.", examples=[116.1])
    retired_on: Day | None = Field(
        description="Latest day by which the code was retired; null while it is valid.", examples=[None]
    )
    successor_code: RegionCode | None = Field(
        description="Today's code of a retired one; null while it is valid.", examples=[None]
    )


class RegionPage(Page[RegionRead]):
    """One page of regions."""


class KbliRead(Read):
    """A code of the Indonesian standard industrial classification (KBLI), in one version."""

    version: Annotated[KbliVersion, Field(description="Version. Open: expect new values.", examples=["2025"])]
    code: KbliCode
    level: Annotated[
        KbliLevel,
        Field(
            description="Level; a business is registered under a `subclass` (five digits). Open: expect new values.",
            examples=["subclass"],
        ),
    ]
    title: Annotated[
        str,
        Field(
            max_length=500,
            pattern=TEXT,
            description="Indonesian title, as published.",
            examples=["PEMBUATAN TEMPE KEDELAI"],
        ),
    ]
    parent_code: KbliCode | None = Field(description="The code one level up; null for a section.", examples=["1030"])


class KbliPage(Page[KbliRead]):
    """One page of KBLI codes."""


class HolidayRead(Read):
    """A day off in all of Indonesia."""

    day: Day
    kind: Annotated[
        HolidayKind,
        Field(
            description="National holiday, or joint leave (cuti bersama). Open: expect new values.",
            examples=["national"],
        ),
    ]
    name_id: Annotated[
        str, Field(max_length=200, pattern=LINE, description="Indonesian name.", examples=["Hari Kemerdekaan"])
    ]
    name_en: Annotated[
        str, Field(max_length=200, pattern=LINE, description="English name.", examples=["Independence Day"])
    ]
    estimated: Annotated[
        bool, Field(description="The day follows the moon and was not confirmed yet.", examples=[False])
    ]


class HolidayPage(Page[HolidayRead]):
    """One page of holidays."""


class RuleValueRead(Read):
    """A threshold, bound or term that rules of this service read, with its dates and its source."""

    code: RuleCode
    value: Annotated[
        int,
        Field(
            ge=-(2**53),
            le=2**53,
            json_schema_extra={"format": "int64"},
            description="Whole number in the unit that the code names.",
            examples=[2_000_000_000],
        ),
    ]
    valid_from: Annotated[Day, Field(description="First day it holds.")]
    valid_to: Day | None = Field(description="Last day it holds; null while no end is known.", examples=["2026-12-31"])
    source: Annotated[
        str,
        Field(
            max_length=300, pattern=LINE, description="Where the value stands.", examples=["PP 7/2021 pasal 35 ayat 5"]
        ),
    ]
    certainty: Annotated[
        Certainty,
        BeforeValidator(_spelled_out),
        Field(
            validation_alias="status",
            description="`confirmed`: the text was read; `reported`: by press or a guide; `unverified`: check first.",
            examples=["confirmed"],
        ),
    ]


class RuleValuePage(Page[RuleValueRead]):
    """One page of rule values."""

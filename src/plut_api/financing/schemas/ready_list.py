"""The ready list on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.schemas.readiness import Result, RuleCode, RuleSetVersion
from plut_api.financing.schemas.ready_filters import Band
from plut_api.kit.pages import CURSOR, MAX_LIMIT, NextCursor
from plut_api.kit.wire import Day, Id, Idr, Instant, Name, Read, RegencyCode, VillageCode

SyncTokenField = Annotated[
    str,
    Field(
        max_length=8000,
        pattern=CURSOR,
        description="Give it back as `changed_since` to get what has changed.",
        examples=["AbCd_-09"],
    ),
]
RowId = Annotated[
    Id,
    Field(description="The business's id while its owner consents to this bank, else a pseudonym of this bank alone."),
]
SmallCount = Annotated[
    int, Field(ge=0, le=2_000_000, json_schema_extra={"format": "int32"}, description="A number.", examples=[3])
]
KbliCodeRead = Annotated[
    str, Field(max_length=5, pattern=r"^[0-9]{5}$", description="Main activity, KBLI subclass.", examples=["10794"])
]


class ProvenOutcome(Read):
    """The highest level that a consultant verified in one dimension."""

    dimension: Annotated[
        Literal["product", "packaging", "branding", "market", "finance"],
        Field(description="Dimension of the rubric. Open: expect new values.", examples=["packaging"]),
    ]
    level: Annotated[
        int, Field(ge=0, le=4, json_schema_extra={"format": "int32"}, description="Level, 0 to 4.", examples=[2])
    ]


class GateResult(Read):
    """What one gate found when the readiness was computed."""

    code: RuleCode
    result: Result
    as_of: Day | None = Field(
        description="The day of what it rests on; null while masked, and for facts without a day.",
        examples=["2026-03-02"],
    )


class ReadyRowRead(Read):
    """A business that a consultant found ready. Without the owner's consent it has no name and no figures."""

    id: RowId
    removed: Annotated[Literal[False], Field(description="Not a tombstone.", examples=[False])]
    masked: Annotated[bool, Field(description="Whether names, village and figures are withheld.", examples=[True])]
    score: Annotated[
        int | None,
        Field(
            default=None,
            ge=0,
            le=100,
            json_schema_extra={"format": "int32", "x-may-be-absent": True},
            description="Only in identified rows, and only for a bank that a setting of the Dinas lets see it.",
            examples=[75],
        ),
    ]
    name: Name | None = Field(description="Name of the business; null while masked.", examples=[None])
    owner_name: Name | None = Field(description="First owner; null while masked.", examples=[None])
    segments: Annotated[
        list[Literal["women", "youth"]] | None,
        Field(
            max_length=2,
            description="Segments of its owners on that day; null while masked. Open: expect new values.",
            examples=[None],
        ),
    ]
    village_code: VillageCode | None = Field(description="Village; null while masked.", examples=[None])
    regency_code: RegencyCode
    kbli_version: Annotated[
        str, Field(max_length=4, pattern=r"^[0-9]{4}$", description="KBLI version.", examples=["2025"])
    ]
    kbli_code: KbliCodeRead
    sector: Annotated[
        str | None,
        Field(max_length=1, pattern=r"^[A-V]$", description="Sector, KBLI section.", examples=["C"]),
    ]
    size_class: Annotated[
        str,
        Field(
            max_length=16, pattern=r"^[a-z]+$", description="`micro`, `small`, `medium`, `large`.", examples=["micro"]
        ),
    ]
    started_year: Annotated[
        int | None,
        Field(ge=1900, le=2100, json_schema_extra={"format": "int32"}, description="Year of start.", examples=[2023]),
    ]
    figures_year: Annotated[
        int | None,
        Field(ge=1900, le=2100, json_schema_extra={"format": "int32"}, description="Year of figures.", examples=[None]),
    ]
    sales_idr: Idr | None = Field(description="Sales of that year; null while masked.", examples=[None])
    capital_idr: Idr | None = Field(description="Capital of that year; null while masked.", examples=[None])
    workers: SmallCount | None = Field(description="Workers of that year; null while masked.", examples=[None])
    amount_band: Annotated[
        Band | None,
        Field(
            description="How much it plans to ask for: up to 10, 100, 500 million rupiah, or more; null: no plan.",
            examples=["to_100m"],
        ),
    ]
    amount_idr: Idr | None = Field(description="How much it plans to ask for; null while masked.", examples=[None])
    tenor_months: Annotated[
        int | None,
        Field(
            ge=1,
            le=360,
            json_schema_extra={"format": "int32"},
            description="For how many months; null while masked.",
            examples=[None],
        ),
    ]
    principle: Annotated[
        Literal["conventional", "sharia", "any"] | None,
        Field(description="By which principle; null while masked.", examples=[None]),
    ]
    outcomes: Annotated[list[ProvenOutcome], Field(max_length=5, description="Proven outcomes.", examples=[[]])]
    gates: Annotated[list[GateResult], Field(max_length=50, description="Gates of the rule set.", examples=[[]])]
    rule_set: RuleSetVersion
    confirmed_at: Instant
    expires_at: Instant


class Tombstone(Read):
    """A row that is no longer there under this id: forget it."""

    id: RowId
    removed: Annotated[Literal[True], Field(description="A tombstone.", examples=[True])]
    reason: Annotated[
        Literal["consent_given", "consent_withdrawn", "no_longer_ready", "expired", "changed", "erased", "merged"],
        Field(
            description="Why: `consent_given` and `consent_withdrawn` change the id of a row that stays; `changed` "
            "means that it left these filters, `merged` that the business lives on under another id. Open: expect new "
            "values.",
            examples=["consent_given"],
        ),
    ]


class ReadyList(Read):
    """A page of the ready list, or of what changed in it."""

    data: Annotated[
        list[ReadyRowRead | Tombstone],
        Field(max_length=2 * MAX_LIMIT, description="Rows, and with `changed_since` tombstones.", examples=[[]]),
    ]
    next_cursor: NextCursor
    sync_token: SyncTokenField

"""Schemes on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.products.schemas.fields import (
    Amount,
    Borrower,
    ByPrinciple,
    Fee,
    KindOfScheme,
    Months,
    Rate,
    SchemeCode,
    Told,
)
from plut_api.kit.wire import LINE, Day, Read

_WORKING_CAPITAL = "Narrower where the money is working capital; null: as otherwise."
Paper = Annotated[
    str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$", description="A paper to bring.", examples=["id_card"])
]


class SchemeRequirement(Read):
    """What a scheme asks of whom a product is for."""

    code: Annotated[
        str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$", description="Stable code.", examples=["owner_age"])
    ]
    condition: dict[str, object] = Field(
        description="As in the requirements of a product; a bound may also be `{rule_value: code}`, a dated value.",
        json_schema_extra={"maxProperties": 2, "additionalProperties": True},
        examples=[{"fact": "has_nib", "is": True}],
    )
    words: Told = Field(description="In the language asked for.", examples=["Usaha memiliki NIB"])
    above_amount_idr: Fee | None = Field(description="Asked only for amounts above this.", examples=[None])


class SchemeRead(Read):
    """The terms of a scheme within its dates. What is null is not limited by it, or not known."""

    code: SchemeCode
    kind: KindOfScheme
    name: Told = Field(description="In the language asked for.", examples=["KUR mikro"])
    borrower_kinds: Annotated[list[Borrower], Field(max_length=10, description="Who may sign.")]
    principles: Annotated[list[ByPrinciple], Field(max_length=10, description="By which principles.")]
    over_amount_idr: Fee | None = Field(description="Amounts are more than this.", examples=[10_000_000])
    max_amount_idr: Amount | None = Field(description="The ceiling, inclusive.", examples=[100_000_000])
    max_tenor_months: Months | None = Field(description="The longest tenor.", examples=[60])
    working_capital_max_amount_idr: Amount | None = Field(description=_WORKING_CAPITAL, examples=[None])
    working_capital_max_tenor_months: Months | None = Field(description=_WORKING_CAPITAL, examples=[None])
    max_rate_bp: Rate | None = Field(description="Interest, margin or ujrah a year at most.", examples=[600])
    npwp_above_idr: Fee | None = Field(
        description="A tax number is asked above this; null: not.", examples=[50_000_000]
    )
    no_collateral_up_to_idr: Fee | None = Field(
        description="Up to this nothing but the business itself secures it.", examples=[100_000_000]
    )
    needs_village_approval: bool = Field(description="Whether the village has to approve.", examples=[False])
    papers: Annotated[list[Paper], Field(max_length=20, description="Papers to bring; a bank may ask for more.")]
    notes: Told | None = Field(description="What else is known.", examples=[None])
    requirements: Annotated[list[SchemeRequirement], Field(max_length=30, description="What it asks.", examples=[[]])]
    valid_from: Day
    valid_until: Day | None = Field(description="Its last day; null: none is known.", examples=[None])
    source: Annotated[
        str, Field(max_length=300, pattern=LINE, description="Where this is written.", examples=["PMK 49/2025 art. 2"])
    ]
    status: Literal["C", "R", "V"] = Field(
        description="How sure we are: C the text was read, R reported, V to be verified. Open.", examples=["R"]
    )


class Schemes(Read):
    """The schemes in force on a day."""

    on: Day = Field(description="The day asked for.")
    data: Annotated[list[SchemeRead], Field(max_length=100, description="The schemes, by code.", examples=[[]])]

"""The report on financing on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.insights.financing.asked import Grouping
from plut_api.kit.wire import LINE, Idr, Read

Number = Annotated[
    int, Field(ge=0, le=2**53, json_schema_extra={"format": "int64"}, description="A number.", examples=[12])
]
Share = Annotated[float, Field(ge=0, le=1, description="A share, 0 to 1.", examples=[0.6])]


class Quality(Read):
    """Loans of one class of collectibility, by the newest report on each."""

    collectibility: Annotated[
        int, Field(ge=1, le=5, json_schema_extra={"format": "int32"}, description="1 lancar to 5 macet.", examples=[1])
    ]
    loans: Number
    outstanding_idr: Idr
    share: Share | None = Field(description="Of all that is owed; null while nothing is.")


class FinancingRow(Read):
    """One group of the report. Null is what is not told, being about a few, or what nothing is known of."""

    key: Annotated[
        str | None,
        Field(
            max_length=64,
            pattern=LINE,
            description="What the group stands for: an id, a code, a month; null where it is not known.",
            examples=["52.71"],
        ),
    ]
    name: Annotated[
        str, Field(max_length=300, pattern=LINE, description="The group in words.", examples=["Kota Mataram"])
    ]
    is_suppressed: Annotated[
        bool, Field(description="Whether any number is left out because it would be about a few.", examples=[False])
    ]
    referrals: Number | None = Field(description="Requests that were sent to a bank.", examples=[40])
    asked_idr: Idr | None = Field(description="What they asked for.")
    approved: Number | None = Field(description="Those that a bank approved.", examples=[24])
    rejected: Number | None = Field(description="Those that a bank refused.", examples=[16])
    approval_rate: Share | None = Field(description="Approved of all decided; null while none is.")
    working_days_to_decision: (
        Annotated[float, Field(ge=0, le=10_000, description="Median working days.", examples=[7.0])] | None
    ) = Field(description="Median, from sending to decision, without weekends and holidays.", examples=[7.0])
    approved_idr: Idr | None = Field(description="What banks approved.")
    disbursed: Number | None = Field(description="Those that were paid out.", examples=[20])
    disbursed_idr: Idr | None = Field(description="What was paid out.")
    outstanding_idr: Idr | None = Field(description="What is still owed, by the newest report on each loan.")
    quality: Annotated[
        list[Quality] | None,
        Field(max_length=5, description="What is owed by collectibility, all five classes.", examples=[[]]),
    ]


class FinancingReport(Read):
    """What became of requests for financing, as the rows stand at this moment. It names nobody."""

    by: Annotated[Grouping, Field(description="What a row stands for. Open: expect new values.", examples=["bank"])]
    smallest_cell: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            json_schema_extra={"format": "int32"},
            description="Numbers of fewer than so many are left out, and others from which they could be worked out.",
            examples=[5],
        ),
    ]
    data: Annotated[list[FinancingRow], Field(max_length=2000, description="The groups, the largest first.")]
    is_cut: Annotated[
        bool, Field(description="Whether there are more groups than the answer holds; narrow it.", examples=[False])
    ]

"""What a batch answers, item by item."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from plut_api.financing.repayments.schemas import RepaymentReportItem
from plut_api.financing.schemas.referrals import ReferralMove, State
from plut_api.kit.problem_bodies import ProblemBody
from plut_api.kit.wire import Id, Read, Wire

Version = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=2**31 - 1,
        json_schema_extra={"format": "int32"},
        description="Version of the referral: the number within its ETag.",
        examples=[3],
    ),
]
Place = Annotated[
    int,
    Field(
        ge=0,
        le=1000,
        json_schema_extra={"format": "int32"},
        description="Place in what was sent, from 0.",
        examples=[0],
    ),
]
Line = Annotated[
    int,
    Field(
        ge=1,
        le=2**31 - 1,
        json_schema_extra={"format": "int32"},
        description="Line of the file on which it begins, from 1.",
        examples=[2],
    ),
]
Tally = Annotated[
    int, Field(ge=0, le=1000, json_schema_extra={"format": "int32"}, description="A number of items.", examples=[1])
]


class ReferralDecision(ReferralMove):
    """A move of one referral within a batch."""

    referral_id: Id
    version: Version | None = Field(
        default=None,
        description="The version that was decided on; the item is refused if the referral has moved since.",
        examples=[3],
    )


class DecisionBatch(Wire):
    """Decisions on up to 1,000 referrals, in any order."""

    items: Annotated[list[ReferralDecision], Field(min_length=1, max_length=1000, description="The decisions.")]


class RepaymentReportBatch(Wire):
    """Reports on up to 1,000 loans and days, in any order."""

    items: Annotated[list[RepaymentReportItem], Field(min_length=1, max_length=1000, description="The reports.")]


class ItemOutcome(StrEnum):
    """What became of an item of a batch."""

    done = "done"
    already = "already"
    refused = "refused"


Outcome = Annotated[
    ItemOutcome,
    Field(
        description="`done` just now; `already` so, by an earlier call; `refused`, which changed nothing. "
        "Open: expect new values.",
        examples=["done"],
    ),
]


class ItemProblem(ProblemBody):
    """Why an item was refused, as the same call about it alone would be answered; pointers are into the item."""

    model_config = ConfigDict(title="ItemProblem", extra="allow")


class ItemResult(Read):
    """What became of one item, in the place in which it was sent."""

    index: Place
    line: Line | None = Field(description="Null for a JSON body.", examples=[None])
    referral_id: Id | None = Field(description="Null if none could be read, or there is none that the bank may see.")
    outcome: Outcome
    problem: ItemProblem | None = Field(description="Null unless it was refused.", examples=[None])


class DecisionResult(ItemResult):
    """What became of one decision."""

    state: State | None = Field(description="Where the referral stands now; null if it was refused.")
    version: Version | None = Field(description="The referral's version now; null if it was refused.")


class ReportResult(ItemResult):
    """What became of one repayment report."""

    report_id: Id | None = Field(description="The report; null if it was refused.")


class Counted(Read):
    """How many items were done, were so already, and were refused."""

    done: Tally
    already: Tally
    refused: Tally


class DecisionBatchRead(Counted):
    """The results of a batch of decisions, in the order sent."""

    results: Annotated[list[DecisionResult], Field(max_length=1000, description="One for each item.")]


class ReportBatchRead(Counted):
    """The results of a batch of repayment reports, in the order sent."""

    results: Annotated[list[ReportResult], Field(max_length=1000, description="One for each item.")]

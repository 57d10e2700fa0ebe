"""The history of readiness on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.schemas.readiness import Result, RuleCode, RuleSetVersion, Score, Sentence, Status
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Read


class RuleChange(Read):
    """One rule that finds something else than before."""

    code: RuleCode
    title: Sentence
    before: Result | None = Field(description="What it found; null if it was not asked.", examples=["fail"])
    after: Result | None = Field(description="What it finds; null if it is not asked any more.", examples=["pass"])


class ReadinessChangeRead(Read):
    """A result became another one: from what, to what, and why."""

    id: Id
    created_at: Instant
    rule_set: RuleSetVersion
    from_rule_set: RuleSetVersion | None = Field(
        description="Rule set before; null at the first result.", examples=["umkm-v0"]
    )
    from_status: Status | None = Field(description="Status before; null at the first result.", examples=["almost"])
    to_status: Status
    from_score: Score | None = Field(description="Score before; null at the first result.", examples=[55])
    to_score: Score
    rules: Annotated[list[RuleChange], Field(max_length=100, description="Rules that find something else.")]
    cause: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z_]+(\.[a-z_]+)?$",
            description="The event that was judged last before it, or `rule_set`, `new_day`, `recompute`, `confirmed`, "
            "`merged`, `parted`. Open: expect new values.",
            examples=["figures.recorded"],
        ),
    ]
    because: Sentence
    event_id: Id | None = Field(description="The event, as `GET /v1/events` knows it; null if there was none.")


class ReadinessChangePage(Page[ReadinessChangeRead]):
    """One page of what changed, the newest first."""

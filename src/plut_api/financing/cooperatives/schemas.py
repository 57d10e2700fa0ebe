"""Readiness of cooperatives on the wire; rule by rule it looks like that of businesses."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.schemas.readiness import ChangedRule, ReadinessOutcome, RuleSetVersion
from plut_api.kit.wire import Id, Instant, Read


class CooperativeReadinessRead(ReadinessOutcome):
    """Whether the file is complete and the rules are met, with every reason. Says nothing about creditworthiness."""

    cooperative_id: Id
    rule_set: RuleSetVersion
    computed_at: Instant
    confirmed_at: Instant | None = Field(description="When a consultant confirmed it.", examples=[None])
    expires_at: Instant | None = Field(description="Until when the confirmation holds.", examples=[None])


class CooperativeWhatIfRead(Read):
    """What the rules say now, what they would say, and the difference. Nothing of it is stored."""

    cooperative_id: Id
    rule_set: RuleSetVersion
    now: ReadinessOutcome
    then: ReadinessOutcome
    score_change: Annotated[
        int,
        Field(ge=-100, le=100, json_schema_extra={"format": "int32"}, description="The difference.", examples=[15]),
    ]
    changed: Annotated[list[ChangedRule], Field(max_length=50, description="Rules that differ.", examples=[[]])]
    computed_at: Instant

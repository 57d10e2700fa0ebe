"""The grammar of readiness rules. Closed: what is not here cannot be said."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from plut_api.financing.rules.facts import FACTS


class Part(BaseModel):
    """A piece of a rule set; unknown members are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """One sentence in both languages."""

    id: str
    en: str


class RuleValueOf(Part):
    """A dated rule value, by its code."""

    rule_value: str


Operand = int | RuleValueOf


class Compare(Part):
    """One fact against one bound, a list, or its mere presence. An unknown fact makes the answer unknown."""

    fact: str
    at_least: Operand | None = None
    at_most: Operand | None = None
    one_of: Annotated[tuple[str, ...] | None, Field(alias="in")] = None
    state: Annotated[Literal[True, False, "present"] | None, Field(alias="is")] = None

    @model_validator(mode="after")
    def _one_comparison_with_a_known_fact(self) -> Self:
        if self.fact not in FACTS:
            raise ValueError(f"unknown fact {self.fact!r}; declared are: {', '.join(FACTS)}")
        asked = [x for x in (self.at_least, self.at_most, self.one_of, self.state) if x is not None]
        if len(asked) != 1:
            raise ValueError(f"{self.fact}: say exactly one of at_least, at_most, in, is")
        return self


class All(Part):
    """Every condition holds."""

    all: tuple["Condition", ...] = Field(min_length=1)


class Any(Part):
    """At least one condition holds."""

    any: tuple["Condition", ...] = Field(min_length=1)


class Not(Part):
    """The condition does not hold."""

    negated: Annotated["Condition", Field(alias="not")]


Condition = Compare | All | Any | Not


class Rule(Part):
    """A gate, which must pass, or a signal with its weight."""

    code: str = Field(pattern=r"^[UC]-[GS]\d{2}$")
    kind: Literal["gate", "signal"]
    weight: int = Field(default=0, ge=0, le=100)
    title: Words
    shows: str
    applies: Condition | None = None
    passes: Condition
    next_step: Words
    source: str

    @model_validator(mode="after")
    def _weight_fits_kind(self) -> Self:
        if (self.kind == "signal") != (self.weight > 0):
            raise ValueError(f"{self.code}: signals have a weight, gates have none")
        if self.shows not in FACTS:
            raise ValueError(f"{self.code}: shows an unknown fact {self.shows!r}")
        return self


class RuleSetContent(Part):
    """One version of the rules."""

    version: str = Field(pattern=r"^[a-z]+-v\d+$")
    valid_from: date
    ready_from_score: int = Field(ge=0, le=100)
    almost_from_score: int = Field(ge=0, le=100)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(rule.weight for rule in self.rules) != 100:
            raise ValueError("the weights of the signals must add up to 100")
        if len({rule.code for rule in self.rules}) != len(self.rules):
            raise ValueError("two rules share a code")
        return self

"""The grammar of readiness rules. Closed: what is not here cannot be said.

A published rule set stays what it was to the byte: a member that came later is left out wherever it says nothing.
"""

from datetime import date
from typing import Annotated, Literal, Self
from typing import Any as Anything

from pydantic import Field, model_validator

from plut_api.financing.rules.facts import Kind
from plut_api.financing.rules.wording import Part as Part
from plut_api.financing.rules.wording import Words as Words


def _empty(value: Anything) -> bool:
    return not value


class RuleValueOf(Part):
    """A dated rule value, by its code."""

    rule_value: str


class TermOf(Part):
    """A term of the product that was chosen; without one, or where it says nothing, a dated rule value."""

    term: str = Field(pattern=r"^[a-z_]+$")
    rule_value: str


Operand = int | TermOf | RuleValueOf


class Compare(Part):
    """One fact against one bound, a list, or its mere presence. An unknown fact makes the answer unknown."""

    fact: str
    at_least: Operand | None = None
    at_most: Operand | None = None
    one_of: Annotated[tuple[str, ...] | None, Field(alias="in")] = None
    state: Annotated[Literal[True, False, "present"] | None, Field(alias="is")] = None
    begins_with: tuple[Annotated[str, Field(min_length=1)], ...] | None = Field(
        default=None, min_length=1, exclude_if=_empty
    )

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        asked = (self.at_least, self.at_most, self.one_of, self.state, self.begins_with)
        if sum(x is not None for x in asked) != 1:
            raise ValueError(f"{self.fact}: say exactly one of at_least, at_most, in, is, begins_with")
        return self

    @property
    def needs(self) -> Kind | None:
        """The type of fact that this comparison is for; none: any."""
        if self.at_least is not None or self.at_most is not None:
            return "number"
        if self.one_of is not None or self.begins_with is not None:
            return "text"
        return None if self.state == "present" else "yes_no"


class When(Part):
    """A term of the chosen product against a bound: not of the subject, hence never unknown."""

    when: TermOf
    at_least: int | None = None
    at_most: int | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"{self.when.term}: say exactly one of at_least, at_most")
        return self


class Holds(Part):
    """A condition that the rule set has a name for."""

    holds: str


class All(Part):
    """Every condition holds."""

    all: tuple["Condition", ...] = Field(min_length=1)


class Any(Part):
    """At least one condition holds."""

    any: tuple["Condition", ...] = Field(min_length=1)


class Not(Part):
    """The condition does not hold."""

    negated: Annotated["Condition", Field(alias="not")]


Condition = Compare | All | Any | Not | When | Holds


class Grade(Part):
    """A share of a signal's weight, in percent, for those who do not reach all of it."""

    condition: Condition
    part: int = Field(ge=1, le=99)


class Law(Part):
    """What a rule rests on, and how sure we are: C the text was read, R as reported, V to be verified."""

    text: str
    status: Literal["C", "R", "V"]


class Rule(Part):
    """A gate, which must pass, or a signal with its weight. Of its grades the first that holds counts."""

    code: str = Field(pattern=r"^[UC]-[GS]\d{2}$")
    kind: Literal["gate", "signal"]
    weight: int = Field(default=0, ge=0, le=100)
    title: Words
    shows: str
    applies: Condition | None = None
    passes: Condition
    grades: tuple[Grade, ...] = Field(default=(), exclude_if=_empty)
    next_step: Words
    source: str
    laws: tuple[Law, ...] = Field(default=(), exclude_if=_empty)

    @model_validator(mode="after")
    def _weight_fits_kind(self) -> Self:
        if (self.kind == "signal") != (self.weight > 0):
            raise ValueError(f"{self.code}: signals have a weight, gates have none")
        parts = [grade.part for grade in self.grades]
        if parts != sorted(set(parts), reverse=True):
            raise ValueError(f"{self.code}: the grades must stand in falling order of their parts")
        if parts and self.kind == "gate":
            raise ValueError(f"{self.code}: a gate passes or not, it has no grades")
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that this rule asks."""
        asked = (self.applies, self.passes, *(grade.condition for grade in self.grades))
        return tuple(condition for condition in asked if condition is not None)

    def points_of(self, part: int) -> int:
        """What a part, in percent, of the weight counts: whole points, rounded down."""
        return self.weight * part // 100


class RuleSetContent(Part):
    """One version of the rules."""

    version: str = Field(pattern=r"^[a-z]+-v\d+$")
    valid_from: date
    ready_from_score: int = Field(ge=0, le=100)
    almost_from_score: int = Field(ge=0, le=100)
    rules: tuple[Rule, ...] = Field(min_length=1)
    subject: str = Field(default="business", exclude_if=lambda subject: subject == "business")
    named: dict[str, Condition] = Field(default_factory=dict, exclude_if=_empty)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        from plut_api.financing.rules.checking import check_rule_set

        if sum(rule.weight for rule in self.rules) != 100:
            raise ValueError("the weights of the signals must add up to 100")
        if len({rule.code for rule in self.rules}) != len(self.rules):
            raise ValueError("two rules share a code")
        check_rule_set(self)
        return self

"""How long rows are kept, as data (`data/retention.yaml`): read here, applied by the integration room."""

from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from plut_api.kit import clock


class RetentionRule(BaseModel):
    """What happens to which rows of one table, and why; `where` is SQL that asks `:before`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    table: str = Field(pattern=r"^[a-z_]+$")
    days: int = Field(ge=1)
    where: str = Field(pattern=":before")
    action: Literal["delete", "empty"]
    values: dict[str, Any] = {}
    reason: str
    law: str
    status: Literal["C", "R", "V"]


@cache
def retention_rules() -> tuple[RetentionRule, ...]:
    """Every rule, in the order it is applied. Raises ValueError where the data is malformed."""
    source = files("plut_api.reference") / "data" / "retention.yaml"
    rules = tuple(RetentionRule.model_validate(rule) for rule in yaml.safe_load(source.read_text(encoding="utf-8")))
    if any((rule.action == "empty") != bool(rule.values) for rule in rules):
        raise ValueError("a rule empties exactly if it says by what values")
    return rules


def retention_rule(code: str) -> RetentionRule:
    """One rule. Raises LookupError."""
    for rule in retention_rules():
        if rule.code == code:
            return rule
    raise LookupError(f"there is no retention rule {code!r}")


def kept_until(code: str) -> date:
    """The day on which a rule removes what ends today."""
    return clock.today() + timedelta(days=retention_rule(code).days)

"""Which rows of this system speak for which level by themselves: data, in `system_facts.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import yaml

from plut_api.kit.i18n import Text
from plut_api.outcomes.models import Dimension

KIND = "system_record"
"""The kind of evidence that such a row is."""


@dataclass(frozen=True)
class FactKind:
    """A kind of row, and the level that it speaks for, per version of the rubric and dimension."""

    code: str
    table: str
    about: Text
    href: str
    levels: Mapping[tuple[str, Dimension], int]


@cache
def fact_kinds() -> Mapping[str, FactKind]:
    """Every kind by its code."""
    text = (files("plut_api.outcomes") / "system_facts.yaml").read_text(encoding="utf-8")
    return {entry["code"]: _kind(entry) for entry in yaml.safe_load(text)}


def href_of(fact_table: str, fact_id: UUID, actor_id: UUID | None) -> str | None:
    """Where such a row is read; None if no kind tells."""
    for known in fact_kinds().values():
        if known.table == fact_table:
            return known.href.format(actor_id=actor_id, fact_id=fact_id)
    return None


def _kind(entry: Mapping[str, Any]) -> FactKind:
    levels = {(each["rubric"], Dimension(each["dimension"])): int(each["level"]) for each in entry["levels"]}
    table = entry.get("table", entry["code"].partition(".")[0] + "s")
    return FactKind(entry["code"], table, Text(id=entry["about"]["id"], en=entry["about"]["en"]), entry["href"], levels)

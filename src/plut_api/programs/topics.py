"""The controlled list of topics. Its words are data, in `topics.yaml`; a dotted code names the path from the root."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from plut_api.kit.i18n import Text


@dataclass(frozen=True)
class Topic:
    """One topic: its code, its name, and whether every trainee should meet it."""

    code: str
    name: Text
    first_class: bool = False

    @property
    def parent(self) -> str | None:
        """The code of the topic above it; none above a root."""
        return self.code.rpartition(".")[0] or None


@cache
def topics() -> dict[str, Topic]:
    """Every topic by its code, in the order of the list."""
    text = (files("plut_api.programs") / "topics.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)
    return {
        row["code"]: Topic(row["code"], Text(id=row["id"], en=row["en"]), row.get("first_class", False)) for row in rows
    }


def can_be_taught(code: str) -> bool:
    """Whether a programme can name a topic: one of the list that is not a root, which would say too little."""
    topic = topics().get(code)
    return topic is not None and topic.parent is not None


def at_or_below(codes: Iterable[str]) -> list[str]:
    """These topics of the list and every one below them."""
    wanted = tuple(codes)
    return [code for code in topics() if any(code == one or code.startswith(f"{one}.") for one in wanted)]

"""The words of a programme as they are compared: lower case, filler left out, one word for what means the same."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_WORD = re.compile(r"[a-z0-9]+")
MOST = 4000
"""A title and an aim are no longer than this, whatever becomes of their words."""


@cache
def _means() -> Mapping[str, str]:
    """By each word that is replaced, the one that stands for it; an empty one for filler."""
    listed: dict[str, list[str]] = yaml.safe_load(
        (files("plut_api.programs.overlaps") / "synonyms.yaml").read_text(encoding="utf-8")
    )
    means = dict.fromkeys(listed.pop("filler"), "")
    for standing, others in listed["same"].items():  # type: ignore[attr-defined]
        means |= dict.fromkeys(others, standing)
    return means


def words_of(title: str, aim: str) -> str:
    """Title and aim as the words that count, each once, sorted; pg_trgm compares words, in whichever order they stand.

    A phrase is put together from its words: each is replaced by itself, and may be filler.
    """
    found = {_means().get(word, word) for word in _WORD.findall(f"{title} {aim}".lower())}
    return " ".join(sorted(found - {""}))[:MOST]


def words_of_row(context: Any) -> str:
    """The default of `programs.overlap_words`: made from the title and the aim of the row that is inserted."""
    row = context.get_current_parameters()
    return words_of(row["title"], row["aim"])

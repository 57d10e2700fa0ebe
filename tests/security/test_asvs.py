"""docs/asvs.md says of every requirement how it is kept; what it names is there."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from plut_api.settings import Settings

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "asvs.md"
IDS = dict(line.split() for line in (Path(__file__).parent / "asvs_ids.txt").read_text(encoding="utf-8").splitlines())
"""Every requirement of levels 1 and 2 of ASVS 5.0.0, with its level."""
COUNTS = dict(
    zip((f"V{n}" for n in range(1, 18)), (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), strict=True)
)
"""How many of them a chapter has."""
IN_WORDS = ("Not applicable, because ", "Left to the installation: ", "Checked in CI: ", "Not met: ", "Partly: ")
SHORTEST_REASON = 12
_ROW = re.compile(r"^\| (V[0-9.]+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$")


class Row(NamedTuple):
    """One requirement."""

    id: str
    level: str
    gist: str
    shown_by: str


@cache
def rows() -> tuple[Row, ...]:
    """The table."""
    found = (_ROW.match(line) for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| V"))
    return tuple(Row(*row.groups()) for row in found if row is not None)


def test_every_requirement_of_both_levels_stands_in_the_table_once() -> None:
    assert [(row.id, row.level) for row in rows()] == list(IDS.items())


def test_the_list_of_requirements_is_whole() -> None:
    assert {chapter: sum(id_.startswith(f"{chapter}.") for id_ in IDS) for chapter in COUNTS} == COUNTS
    assert len(IDS) == sum(COUNTS.values())


def test_every_row_says_in_words_what_is_asked_and_shows_something() -> None:
    silent = [row.id for row in rows() if len(row.gist) < 6 or not (_named(row) or row.shown_by.startswith(IN_WORDS))]

    assert silent == []


def test_what_does_not_apply_or_is_not_kept_has_a_reason() -> None:
    short = [row.id for row in rows() for words in IN_WORDS if 0 < len(_reason(row, words)) < SHORTEST_REASON]

    assert short == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_what_a_row_names_is_there(row: Row) -> None:
    missing = [name for name in _named(row) if not _exists(name)]

    assert missing == []


def _named(row: Row) -> list[str]:
    """The tests, settings, commands and files in a row."""
    return re.findall(r"`([^`]+)`", row.shown_by) if not row.shown_by.startswith("Not applicable") else []


def _exists(name: str) -> bool:
    path, _, test = name.partition("::")
    if test:
        return test in _functions(ROOT / path)
    if name.startswith("PLUT_"):
        return name.removeprefix("PLUT_").lower() in Settings.model_fields
    if name.startswith("make "):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        return re.search(rf"^{name.removeprefix('make ')}:", makefile, re.MULTILINE) is not None
    return "/" not in name or (ROOT / name).exists()


@cache
def _functions(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _reason(row: Row, words: str) -> str:
    return row.shown_by.partition(words)[2]

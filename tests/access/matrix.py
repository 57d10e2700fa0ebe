"""The matrix as Python reads it: `matrix.yaml`, every group spelt out, every cell on its own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parent / "matrix.yaml"
_OUTCOME = re.compile(r"^(?P<status>[1-5][0-9]{2})(?: (?P<rows>own|other|both|none))?(?: as (?P<view>[a-z_]+))?$")


@dataclass(frozen=True)
class View:
    """Which personal values an answer shows whole, and which masked."""

    shows: frozenset[str] = frozenset()
    masks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cell:
    """What one caller gets from one operation."""

    operation: str
    caller: str
    status: int
    rows: str | None
    view: View
    kind: str | None
    machine_of: str
    scopes: frozenset[str] = frozenset()
    """Scopes that a machine needs beside those that the contract names."""

    @property
    def succeeds(self) -> bool:
        """Whether the call is permitted."""
        return self.status < 300


class MatrixFaulty(Exception):
    """The file cannot be read as a matrix."""


@dataclass(frozen=True)
class Matrix:
    """Every cell by operation and caller, and the callers there are."""

    callers: tuple[str, ...]
    cells: Mapping[str, Mapping[str, Cell]]


@cache
def matrix() -> Matrix:
    """The matrix of the file."""
    return read_matrix(yaml.safe_load(PATH.read_text(encoding="utf-8")))


def read_matrix(given: Mapping[str, Any]) -> Matrix:
    """A matrix from its YAML. Raises MatrixFaulty: an unknown name, a caller twice or missing in a row."""
    callers = tuple(given["callers"])
    views = {
        name: View(frozenset(v.get("shows", ())), frozenset(v.get("masks", ()))) for name, v in given["views"].items()
    }
    cells = {
        operation: _row(operation, row, callers, given["groups"], views)
        for operation, row in given["operations"].items()
    }
    return Matrix(callers, cells)


def _row(
    operation: str,
    row: Mapping[Any, Any],
    callers: tuple[str, ...],
    groups: Mapping[str, list[str]],
    views: Mapping[str, View],
) -> dict[str, Cell]:
    kind, machine_of = row.get("list"), row.get("machine_of", "dinas")
    scopes = frozenset(row.get("scopes", ()))
    cells: dict[str, Cell] = {}
    for outcome, names in row.items():
        if outcome in ("list", "machine_of", "scopes"):
            continue
        found = _OUTCOME.match(str(outcome))
        if found is None or (found["view"] is not None and found["view"] not in views):
            raise MatrixFaulty(f"{operation}: cannot read {outcome!r}")
        if kind is not None and found["status"].startswith("2") and found["rows"] is None:
            raise MatrixFaulty(f"{operation}: {outcome} does not say whose rows")
        for caller in _spelt_out(names, groups):
            if caller not in callers or caller in cells:
                raise MatrixFaulty(f"{operation}: {caller} is unknown or stands twice")
            view = views[found["view"]] if found["view"] else View()
            cells[caller] = Cell(operation, caller, int(found["status"]), found["rows"], view, kind, machine_of, scopes)
    if missing := [caller for caller in callers if caller not in cells]:
        raise MatrixFaulty(f"{operation}: nothing said about {', '.join(missing)}")
    return {caller: cells[caller] for caller in callers}


def _spelt_out(names: Iterable[str], groups: Mapping[str, list[str]]) -> Iterable[str]:
    for name in names:
        yield from _spelt_out(groups[name], groups) if name in groups else (name,)

"""Closed lists that come as data with a release: product categories, kinds of certificates, reasons of new statuses.

Words are in both languages; a code that is in use stays, so lists only grow.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from plut_api.kit.i18n import Text

_HERE = files("plut_api.actors.lists")


@dataclass(frozen=True)
class Category:
    """A category of products."""

    code: str
    label: Text


@dataclass(frozen=True)
class Reason:
    """Why a business changes its status, and for which moves."""

    code: str
    label: Text
    moves: tuple[str, ...]


@dataclass(frozen=True)
class CertificationKind:
    """A kind of certificate: how its number is written, and how long it holds.

    `pattern` is what a number has to match once `cleaned`; `term_rule` is the code of the dated rule value (years)
    from which the end follows, none where it is printed; `has_end` is false where it holds without one. `status` and
    `source` tell how sure the pattern is, as for rule values (C text read, R reported, V to be verified).
    """

    code: str
    short: str
    label: Text
    issuer: str
    pattern: str
    example: str
    hint: Text
    has_end: bool
    term_rule: str | None
    has_class: bool
    source: str
    status: str

    def cleaned(self, number: str) -> str:
        """A number as it is kept: in capitals, without what people write around it."""
        written = re.sub(r"\s+", " ", number).strip().upper()
        if self.code == "pirt":
            return re.sub(r"[^0-9A-Z]", "", re.sub(r"^P-?IRT(?: ?N[OR]\.?| ?NOMOR)?[ .:]*", "", written))
        if self.code == "sni":
            return written
        return re.sub(r"[ .-]", "", re.sub(r"^BPOM(?: RI)? ", "", written))

    def accepts(self, cleaned: str) -> bool:
        """Whether a cleaned number has the form of this kind."""
        return re.fullmatch(self.pattern, cleaned) is not None


@cache
def product_categories() -> dict[str, Category]:
    """Categories of products by code, in the order of the list."""
    return {row["code"]: Category(row["code"], _label(row)) for row in _rows("product_categories")}


@cache
def status_reasons() -> dict[str, Reason]:
    """Reasons by code."""
    return {row["code"]: Reason(row["code"], _label(row), tuple(row["moves"])) for row in _rows("status_reasons")}


@cache
def certification_kinds() -> dict[str, CertificationKind]:
    """Kinds of certificates by code."""
    return {
        row["code"]: CertificationKind(
            **{
                name: row[name]
                for name in ("code", "short", "issuer", "pattern", "example", "source", "status", "has_end")
            },
            label=_label(row),
            hint=Text(**row["hint"]),
            term_rule=row.get("term_rule"),
            has_class=row.get("has_class", False),
        )
        for row in _rows("certification_kinds")
    }


def _label(row: dict[str, Any]) -> Text:
    return Text(id=row["id"], en=row["en"])


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return rows

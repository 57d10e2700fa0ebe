"""What the sources of money ask of participants. The rules are data, in `fund_sources.yaml`, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from plut_api.kit.i18n import Text
from plut_api.programs.models import FundSource


class DocumentCode(StrEnum):
    """A document that a source of money can make participants show."""

    nib = "nib"


class ExemptionCode(StrEnum):
    """People of whom a document is not asked."""

    aspiring_entrepreneur = "aspiring_entrepreneur"
    cooperative_people = "cooperative_people"


DOCUMENT_NAMES: Mapping[DocumentCode, Text] = {
    DocumentCode.nib: Text(id="NIB (nomor induk berusaha)", en="NIB (business identification number)"),
}
NEXT_STEPS: Mapping[DocumentCode, Text] = {
    DocumentCode.nib: Text(
        id="Buat NIB di oss.go.id, gratis; konsultan PLUT dapat membantu. Lalu catat di data usaha Anda",
        en="Get the NIB at oss.go.id, free of charge; a PLUT consultant helps. Then put it on your business's record",
    ),
}
EXEMPTION_NAMES: Mapping[ExemptionCode, Text] = {
    ExemptionCode.aspiring_entrepreneur: Text(id="Calon wirausaha, belum punya usaha", en="Has no business yet"),
    ExemptionCode.cooperative_people: Text(
        id="Pengurus atau pengelola koperasi", en="On the board or in the management of a cooperative"
    ),
}


@dataclass(frozen=True)
class Demand:
    """A document that a source of money asks for: of whom not, by which rule, and how sure that rule is."""

    code: DocumentCode
    exempt: tuple[ExemptionCode, ...]
    source: str
    status: str


@dataclass(frozen=True)
class Fund:
    """A source of money for programmes."""

    code: FundSource
    name: Text
    documents: tuple[Demand, ...] = ()

    def demand(self, code: str) -> Demand | None:
        """What it says of a document; None if it does not ask for it."""
        return next((demand for demand in self.documents if demand.code == code), None)


@cache
def funds() -> Mapping[FundSource, Fund]:
    """Every source of money by its code, in the order of the list."""
    text = (files("plut_api.programs") / "fund_sources.yaml").read_text(encoding="utf-8")
    read = [_fund(row) for row in yaml.safe_load(text)]
    return {fund.code: fund for fund in read}


def _fund(row: Mapping[str, Any]) -> Fund:
    demands = tuple(
        Demand(
            DocumentCode(given["code"]),
            tuple(ExemptionCode(code) for code in given.get("exempt", ())),
            given["source"],
            given["status"],
        )
        for given in row.get("documents", ())
    )
    return Fund(FundSource(row["code"]), Text(id=row["id"], en=row["en"]), demands)

"""The columns of a file of businesses, how each is read, and what rows refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.models import Sex
from plut_api.actors.size import BASES, SizeRules, size_rules
from plut_api.cooperatives.villages import Gazetteer, VillageFault, load_gazetteer
from plut_api.identity.phones import normalise_phone
from plut_api.integration.cells import (
    CellFault,
    Field,
    Normalised,
    Reader,
    choice_reader,
    day_reader,
    not_in_future,
    number_reader,
    pattern_reader,
    text_reader,
)
from plut_api.kit import clock
from plut_api.kit.crypto import Vault, vault
from plut_api.kit.wire import MAX_IDR
from plut_api.reference.models import Kbli, KbliLevel

COLUMNS = (
    "owner_name",
    "owner_nik",
    "owner_phone",
    "owner_sex",
    "owner_birth_date",
    "business_name",
    "village_code",
    "address",
    "kbli_code",
    "kbli_version",
    "started_on",
    "nib",
    "npwp",
    "year",
    "capital_idr",
    "sales_idr",
    "assets_idr",
    "workers_female",
    "workers_male",
    "row_key",
)
MAX_ROWS = 1_000_000
FIGURES = ("capital_idr", "sales_idr", "assets_idr", "workers_female", "workers_male")
_SEXES = dict.fromkeys(("female", "perempuan", "p"), Sex.female) | dict.fromkeys(("male", "laki-laki", "l"), Sex.male)


@dataclass
class Lookups:
    """What rows refer to, read once, and what earlier rows of the file claimed."""

    gazetteer: Gazetteer
    kbli: frozenset[tuple[str, str]]
    sizes: SizeRules
    bounds: Mapping[str, list[int]]
    """The upper bounds of the size classes by criterion."""
    vault: Vault
    scope: str
    """Whose row keys they are: the organization or account that loads, and the source that it names."""
    people: dict[bytes, tuple[UUID, str]] = field(default_factory=dict)
    """By blind index of the NIK: the id that a new person would get, and the name."""
    called: dict[tuple[bytes, str], UUID] = field(default_factory=dict)
    """The same of owners without a NIK, by phone and name."""
    nibs: set[bytes] = field(default_factory=set)
    row_keys: set[str] = field(default_factory=set)


async def lookups(db: AsyncSession, scope: str) -> Lookups:
    """Read villages, KBLI codes and the dated size bounds."""
    codes = await db.execute(select(Kbli.version, Kbli.code).where(Kbli.level == KbliLevel.subclass))
    kbli = frozenset((version, code) for version, code in codes)
    rules = await size_rules(db)
    bounds = {basis: rules.upper(basis) for basis in BASES}
    return Lookups(await load_gazetteer(db), kbli, rules, bounds, vault(), scope)


def village_reader(gazetteer: Gazetteer) -> Reader:
    """A reader of village codes; what is wrong with one is told as precisely as for cooperatives."""

    def read(code: str) -> str:
        try:
            return gazetteer.village(code).code
        except VillageFault as fault:
            if fault.successor is not None:
                raise Normalised(fault.code, fault.successor.code) from None
            raise CellFault(fault.code) from None

    return read


def fields(known: Lookups) -> list[Field]:
    """How each column is read."""
    money = number_reader(0, MAX_IDR, "money_invalid")
    workers = number_reader(0, 1_000_000, "workers_invalid")
    return [
        Field(
            "owner_name", text_reader(200), missing="missing_owner_name", personal=True, free_text=True, required=True
        ),
        Field("owner_nik", _nik, personal=True),
        Field("owner_phone", _phone, personal=True),
        Field("owner_sex", choice_reader(_SEXES, "sex_unknown"), personal=True),
        Field("owner_birth_date", day_reader(not_in_future, "birth_date_out_of_range"), personal=True),
        Field("business_name", text_reader(200), missing="missing_business_name", free_text=True, required=True),
        Field("village_code", village_reader(known.gazetteer), missing="missing_village_code", required=True),
        Field("address", text_reader(300), personal=True, free_text=True),
        Field("kbli_code", pattern_reader(r"\d{5}", "kbli_code_format"), missing="missing_kbli_code", required=True),
        Field("kbli_version", choice_reader({"2020": "2020", "2025": "2025"}, "kbli_version_unknown")),
        Field("started_on", day_reader(not_in_future, "started_on_out_of_range")),
        Field("nib", pattern_reader(r"\d{13}", "nib_format")),
        Field("npwp", pattern_reader(r"\d{16}", "npwp_format"), personal=True),
        Field("year", number_reader(1945, clock.today().year, "year_invalid")),
        Field("capital_idr", money),
        Field("sales_idr", money),
        Field("assets_idr", money),
        Field("workers_female", workers),
        Field("workers_male", workers),
        Field("row_key", text_reader(100)),
    ]


def figures_of(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The figures of a row, in the order of FIGURES."""
    return tuple(values[name] for name in FIGURES)


def _nik(value: str) -> str:
    if not identifiers.has_nik_form(value):
        raise CellFault("nik_format")
    return value


def _phone(value: str) -> str:
    try:
        return normalise_phone(value)
    except ValueError:
        raise CellFault("phone_format") from None

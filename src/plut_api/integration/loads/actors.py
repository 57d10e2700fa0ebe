"""Loads businesses with their owners and figures: read in Python, staged by COPY, settled by a few statements.

A business is recognised by its NIB, else by the file's row key, else by owner, name and village; an owner by the NIK.
What is registered already stays as it is and counts as unchanged, so that loading a file twice adds nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.models import Sex
from plut_api.actors.size import BOUNDED, size_class
from plut_api.identity.phones import normalise_phone
from plut_api.integration.cells import (
    CellFault,
    Field,
    Normalised,
    choice_reader,
    day_reader,
    not_in_future,
    number_reader,
    pattern_reader,
    text_reader,
)
from plut_api.integration.files import Table
from plut_api.integration.loads.report import CHUNK, Report, copy_rows, seldom_collected
from plut_api.integration.loads.rows import Record, RowReader
from plut_api.integration.loads.settling import SETTLE, STAGE, STAGED, in_blocks
from plut_api.kit import audit, clock
from plut_api.kit.crypto import Vault, vault
from plut_api.kit.ids import new_ids
from plut_api.kit.wire import MAX_IDR
from plut_api.reference.models import Kbli, KbliLevel
from plut_api.reference.rules import rule_values
from plut_api.reference.service import village_codes

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
    "workers_female",
    "workers_male",
    "row_key",
)
MAX_ROWS = 1_000_000
ROW_KEY = "actors.row_key"
_DOUBTED = {"#/birth_date": "owner_birth_date", "#/sex": "owner_sex", "#/village_code": "village_code"}
_OF_BUSINESS = ("business_name", "village_code", "address", "kbli_version", "kbli_code", "started_on")
_OF_YEAR = ("row_key", "year", "capital_idr", "sales_idr", "workers_female", "workers_male")
_FIGURES = ("capital_idr", "sales_idr", "workers_female", "workers_male")
_SEXES = dict.fromkeys(("female", "perempuan", "p"), Sex.female) | dict.fromkeys(("male", "laki-laki", "l"), Sex.male)


@dataclass
class Lookups:
    """What rows refer to, read once."""

    villages: Mapping[str, str]
    kbli: frozenset[tuple[str, str]]
    bounds: dict[str, list[int]]
    vault: Vault
    scope: str
    """Whose row keys they are: the organization or account that loads."""
    people: dict[bytes, UUID] = field(default_factory=dict)
    nibs: set[bytes] = field(default_factory=set)
    row_keys: set[str] = field(default_factory=set)


async def lookups(db: AsyncSession, scope: str) -> Lookups:
    """Read villages, KBLI codes and the dated size bounds."""
    codes = await db.execute(select(Kbli.version, Kbli.code).where(Kbli.level == KbliLevel.subclass))
    values = await rule_values(db, "size.")
    bounds = {basis: [values[f"size.{size}.max_{basis}_idr"] for size in BOUNDED] for basis in ("sales", "capital")}
    return Lookups(await village_codes(db), frozenset((v, c) for v, c in codes), bounds, vault(), scope)


def fields(known: Lookups) -> list[Field]:
    """How each column is read."""

    def village(code: str) -> str:
        today = known.villages.get(code)
        if today is None:
            raise CellFault("unknown_village_code")
        if today != code:
            raise Normalised("retired_village_code", today)
        return today

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
        Field("village_code", village, missing="missing_village_code", required=True),
        Field("address", text_reader(300), personal=True, free_text=True),
        Field("kbli_code", pattern_reader(r"\d{5}", "kbli_code_format"), missing="missing_kbli_code", required=True),
        Field("kbli_version", choice_reader({"2020": "2020", "2025": "2025"}, "kbli_version_unknown")),
        Field("started_on", day_reader(not_in_future, "started_on_out_of_range")),
        Field("nib", pattern_reader(r"\d{13}", "nib_format")),
        Field("npwp", pattern_reader(r"\d{16}", "npwp_format"), personal=True),
        Field("year", number_reader(1945, clock.today().year, "year_invalid")),
        Field("capital_idr", money),
        Field("sales_idr", money),
        Field("workers_female", workers),
        Field("workers_male", workers),
        Field("row_key", text_reader(100)),
    ]


async def load(db: AsyncSession, table: Table, import_id: UUID, *, commit: bool, scope: str) -> Report:
    """Read a table and load its sound rows, or only say what would happen. Raises FileFault."""
    known = await lookups(db, scope)
    reader, report = RowReader(fields(known), table, MAX_ROWS), Report(import_id)
    report.note_file(reader.unknown)
    await db.execute(text(STAGE))
    with seldom_collected():
        staged = await _stage_all(db, reader, report, known)
    await report.store(db, everything=True)
    await _settle(db, report, staged, commit=commit)
    return report


async def _stage_all(db: AsyncSession, reader: RowReader, report: Report, known: Lookups) -> int:
    """Judge every row and stage the sound ones, a chunk at a time; how many."""
    staged = 0
    sound: list[Record] = []
    for record in reader.records():
        _judge(record, known)
        report.note(record)
        if record.is_sound:
            sound.append(record)
        if len(sound) >= CHUNK:
            staged += await _stage(db, sound, known, report.import_id)
            sound.clear()
            await report.store(db)
    return staged + await _stage(db, sound, known, report.import_id)


async def _settle(db: AsyncSession, report: Report, staged: int, *, commit: bool) -> None:
    await db.execute(text("ANALYZE staged_actors"))
    for statement in SETTLE.recognise:
        await db.execute(text(statement))
    report.unchanged = await db.scalar(text(SETTLE.count_known)) or 0
    report.created = staged - report.unchanged
    if commit:
        await _load(db, report.import_id)
    await db.execute(text("DROP TABLE staged_actors"))


async def _load(db: AsyncSession, import_id: UUID) -> None:
    """Insert what is staged; the audit log names people and businesses, which tells of their ownerships and figures."""
    for table, statement in SETTLE.load.items():
        if table not in ("people", "actors"):
            await db.execute(text(statement))
            continue
        for ids in await db.scalars(text(in_blocks(statement)), {"block": audit.AT_ONCE}):
            audit.record(db, audit.Action.created, table, ids, import_id=import_id)


def _judge(record: Record, known: Lookups) -> None:
    """Find what only shows when values and rows are seen together."""
    values = record.values
    if not values:
        return
    version = values["kbli_version"] = values["kbli_version"] or "2025"
    if values["kbli_code"] and (version, values["kbli_code"]) not in known.kbli:
        record.fault("kbli_code", "unknown_kbli_code", values["kbli_code"])
    no_year = values["year"] is None and not any(fault.column == "year" for fault in record.faults)
    if no_year and any(values[name] is not None for name in _FIGURES):
        record.fault("year", "missing_year")
    if values["owner_nik"]:
        _compare_with_nik(record, values)
    if values["nib"] and record.is_sound:
        _claim(record, "nib", known.vault.blind(identifiers.NIB, values["nib"]), known.nibs, "duplicate_nib")
    if record.is_sound:
        values["row_key"] = row_key(values, known)
        if values["row_key"]:
            _claim(record, "row_key", values["row_key"], known.row_keys, "duplicate_row_key")


def _claim(record: Record, column: str, key: Any, seen: set[Any], repeated: str) -> None:
    if key in seen:
        record.fault(column, repeated)
    seen.add(key)


def _compare_with_nik(record: Record, values: Mapping[str, Any]) -> None:
    seen = (values["owner_birth_date"], values["owner_sex"], values["village_code"])
    for doubt in identifiers.nik_warnings(values["owner_nik"], *seen):
        record.fault(_DOUBTED[doubt.pointer], doubt.code)


def row_key(values: Mapping[str, Any], known: Lookups) -> str | None:
    """The natural key of a row: the file's own within its source, else, without a NIB, owner, name and village."""
    if values["row_key"]:
        return f"{known.scope}:{values['row_key']}"
    if values["nib"]:
        return None
    owner = values["owner_nik"] or values["owner_phone"] or values["owner_name"].casefold()
    parts = f"{owner}\0{values['business_name'].casefold()}\0{values['village_code']}"
    return f"natural:{known.vault.blind(ROW_KEY, parts).hex()}"


async def _stage(db: AsyncSession, sound: list[Record], known: Lookups, import_id: UUID) -> int:
    """COPY sound rows into the staging table, their numbers sealed."""
    if sound:
        await copy_rows(db, "staged_actors", STAGED, list(_staged(sound, known, import_id)))
    return len(sound)


def _staged(sound: list[Record], known: Lookups, import_id: UUID) -> Iterable[tuple[Any, ...]]:
    sealed: dict[str, list[bytes | None]] = {}
    for column, context in (
        ("owner_nik", identifiers.NIK),
        ("owner_phone", identifiers.PHONE),
        ("nib", identifiers.NIB),
        ("npwp", identifiers.NPWP),
    ):
        plain = [record.values[column] for record in sound]
        sealed[column] = known.vault.seal_all(context, plain)
        sealed[f"{column}="] = known.vault.blind_all(context, plain)
    ids = iter(new_ids(4 * len(sound)))
    for place, record in enumerate(sound):
        values = record.values
        nik_index = sealed["owner_nik="][place]
        person_id = known.people.setdefault(nik_index, next(ids)) if nik_index else next(ids)
        yield (
            record.line,
            import_id,
            person_id,
            next(ids),
            next(ids),
            next(ids),
            values["owner_name"],
            sealed["owner_nik"][place],
            nik_index,
            sealed["owner_phone"][place],
            sealed["owner_phone="][place],
            values["owner_sex"],
            values["owner_birth_date"],
            *(values[name] for name in _OF_BUSINESS),
            sealed["nib"][place],
            sealed["nib="][place],
            sealed["npwp"][place],
            sealed["npwp="][place],
            *(values[name] for name in _OF_YEAR),
            *_size(values, known),
        )


def _size(values: Mapping[str, Any], known: Lookups) -> tuple[str | None, str | None]:
    for basis in ("sales", "capital"):
        amount = values[f"{basis}_idr"]
        if amount is not None:
            return size_class(amount, known.bounds[basis]).value, basis
    return None, None


def _nik(value: str) -> str:
    if not identifiers.has_nik_form(value):
        raise CellFault("nik_format")
    return value


def _phone(value: str) -> str:
    try:
        return normalise_phone(value)
    except ValueError:
        raise CellFault("phone_format") from None

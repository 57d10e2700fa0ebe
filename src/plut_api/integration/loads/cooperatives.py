"""Loads cooperatives: one per village, recognised by the village; a second load of the same file changes nothing."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.models import Cooperative, CooperativeStatus
from plut_api.cooperatives.rules import (
    LEGAL_NUMBER,
    MAX_MEMBERS,
    NIK_KOPERASI,
    STATUS_WORDS,
    in_programme,
    name_faults,
)
from plut_api.cooperatives.villages import Gazetteer, Village, VillageFault, load_gazetteer
from plut_api.integration.cells import (
    CellFault,
    Field,
    Normalised,
    choice_reader,
    day_reader,
    number_reader,
    pattern_reader,
    text_reader,
)
from plut_api.integration.files import Table
from plut_api.integration.loads.report import RegisterChanged, Report
from plut_api.integration.loads.rows import Record, RowReader

COLUMNS = (
    "name",
    "village_code",
    "legal_number",
    "established_on",
    "nik_koperasi",
    "member_count",
    "status",
    "notes",
)
MAX_ROWS = 10_000
_COMPARED = ("name", "legal_number", "established_on", "nik_koperasi", "member_count", "status", "notes")


def fields(gazetteer: Gazetteer) -> list[Field]:
    """How each column is read."""

    def village(text: str) -> Village:
        try:
            return gazetteer.village(text)
        except VillageFault as fault:
            if fault.successor is not None:
                raise Normalised(fault.code, fault.successor) from None
            raise CellFault(fault.code) from None

    return [
        Field("name", text_reader(200), missing="missing_name", required=True),
        Field("village_code", village, missing="missing_village_code", required=True),
        Field(
            "legal_number",
            pattern_reader(LEGAL_NUMBER, "legal_number_format"),
            missing="missing_legal_number",
            required=True,
        ),
        Field(
            "established_on",
            day_reader(in_programme, "date_out_of_range", short_years=True),
            missing="missing_date",
            required=True,
        ),
        Field("nik_koperasi", pattern_reader(NIK_KOPERASI, "nik_koperasi_format")),
        Field(
            "member_count",
            number_reader(1, MAX_MEMBERS, "member_count_invalid"),
            missing="member_count_invalid",
            required=True,
        ),
        Field("status", choice_reader(STATUS_WORDS, "status_unknown")),
        Field("notes", text_reader(2000), free_text=True),
    ]


async def load(
    db: AsyncSession, table: Table, import_id: UUID, *, commit: bool, expected: bytes | None = None
) -> Report:
    """Read a table and load its sound rows, or only say what would happen.

    `expected` is the digest of the report that is to be committed, exactly. Raises FileFault, RegisterChanged.
    """
    report = Report(import_id, on_file=expected is not None)
    reader = RowReader(fields(await load_gazetteer(db)), table, MAX_ROWS)
    report.note_file(reader.unknown)
    known = list(await db.scalars(select(Cooperative).with_for_update()))
    register = _Register(known)
    for record in reader.records():
        _judge(record, register)
        report.note(record)
        if record.is_sound:
            _settle(db, record, register, report, import_id, commit=commit)
    await report.store(db, everything=True)
    report.digest = report.traced()
    if expected not in (None, report.digest):
        raise RegisterChanged()
    if commit:
        await db.flush()
    return report


class _Register:
    """What is registered already, and what earlier rows of the file claimed."""

    def __init__(self, known: list[Cooperative]) -> None:
        self.by_village = {row.village_code: row for row in known}
        self.by_legal_number = {row.legal_number: row for row in known}
        self.by_nik = {row.nik_koperasi: row for row in known if row.nik_koperasi}
        self.rows: set[tuple[str, ...]] = set()
        self.villages: set[str] = set()
        self.legal_numbers: set[str] = set()
        self.niks: set[str] = set()


def _judge(record: Record, register: _Register) -> None:
    """Find what only shows when values, rows and the register are seen together."""
    values, village = record.values, record.values.get("village_code")
    if record.cells in register.rows:
        record.fault(None, "duplicate_row")
        return
    register.rows.add(record.cells)
    if values.get("name"):
        for wrong in name_faults(values["name"], village):
            record.fault("name", wrong, values["name"])
    code = village.code if village else None
    claims = (
        ("village_code", code, register.villages, "duplicate_village"),
        ("legal_number", values.get("legal_number"), register.legal_numbers, "duplicate_legal_number"),
        ("nik_koperasi", values.get("nik_koperasi"), register.niks, "duplicate_nik_koperasi"),
    )
    for column, key, seen, repeated in claims:
        if key in seen:
            record.fault(column, repeated, key)
    if record.is_sound:
        _compare_with_register(record, register, code)
    if record.is_sound:  # A row that is kept out takes nothing from the rows behind it.
        for _, key, seen, _ in claims:
            if key is not None:
                seen.add(key)


def _compare_with_register(record: Record, register: _Register, village_code: str | None) -> None:
    values = record.values
    here = register.by_village.get(village_code or "")
    if here is not None and here.legal_number != values["legal_number"]:
        record.fault("village_code", "village_taken", village_code)
    elsewhere = register.by_legal_number.get(values["legal_number"])
    if elsewhere is not None and elsewhere.village_code != village_code:
        record.fault("legal_number", "legal_number_taken", values["legal_number"])
    same_nik = register.by_nik.get(values["nik_koperasi"]) if values["nik_koperasi"] else None
    if same_nik is not None and same_nik.village_code != village_code:
        record.fault("nik_koperasi", "nik_koperasi_taken", values["nik_koperasi"])


def _settle(
    db: AsyncSession, record: Record, register: _Register, report: Report, import_id: UUID, *, commit: bool
) -> None:
    village: Village = record.values["village_code"]
    given: dict[str, Any] = {name: record.values[name] for name in _COMPARED}
    here = register.by_village.get(village.code)
    if here is None:
        report.created += 1
        report.trace(record.line, village.code)
        given["status"] = given["status"] or CooperativeStatus.legal
        if commit:
            db.add(Cooperative(village_code=village.code, regency_code=village.code[:5], import_id=import_id, **given))
        return
    # An empty cell, or a column that the file has not, says nothing: it takes nothing away.
    changed = {name: value for name, value in given.items() if value is not None and getattr(here, name) != value}
    if not changed:
        report.unchanged += 1
        return
    report.updated += 1
    report.trace(record.line, here.id, here.version, sorted(changed))
    if commit:
        for name, value in changed.items():
            setattr(here, name, value)
        here.version += 1

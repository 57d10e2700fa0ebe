"""Loads the reference data that ships with the product. Loading again changes nothing; ended rows stay."""

import csv
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Any

import holidays
import yaml
from sqlalchemy import Table, delete, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit import clock
from plut_api.kit.database import Model
from plut_api.reference.models import Holiday, HolidayKind, Kbli, Region, RemoteArea, RuleValue

DATA = files("plut_api.reference") / "data"
FIRST_HOLIDAY_YEAR = 2024
# The ten codes stand in Permendagri 137/2017 and no longer in Kepmendagri 300.2.2-2138/2025, which is of this day. The
# decree that ended them was not read, so this is the latest day by which they had ended, not the day itself.
RETIRED_ON = date(2025, 4, 25)
_CHUNK = 1000


async def load_reference(db: AsyncSession) -> None:
    """Regions and their retired codes, KBLI 2020 and 2025, holidays, dated rule values and remote areas."""
    await _upsert(db, Region, _regions())
    await _upsert(db, Region, _retired_regions())
    for version in ("2020", "2025"):
        await _upsert(db, Kbli, _kbli(version))
    await _load_holidays(db)
    await _upsert(db, RuleValue, _rule_values())
    await _upsert(db, RemoteArea, _remote_areas())


def _rows(name: str) -> Iterable[dict[str, str]]:
    yield from csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines())


def _regions() -> list[dict[str, Any]]:
    return [
        {
            "code": row["code"],
            "level": row["level"],
            "name": row["name"],
            "parent_code": row["parent_code"] or None,
            "latitude": float(row["latitude"]) if row["latitude"] else None,
            "longitude": float(row["longitude"]) if row["longitude"] else None,
            "retired_on": None,
            "successor_code": None,
        }
        for row in _rows("ntb_regions.csv")
    ]


def _retired_regions() -> list[dict[str, Any]]:
    return [
        {
            "code": row["retired_code"],
            "level": "village",
            "name": row["retired_name"],
            "parent_code": row["retired_code"].rpartition(".")[0],
            "latitude": None,
            "longitude": None,
            "retired_on": RETIRED_ON,
            "successor_code": row["current_code"],
        }
        for row in _rows("ntb_retired_village_codes.csv")
    ]


def _kbli(version: str) -> list[dict[str, Any]]:
    return [
        {
            "version": version,
            "code": row["code"],
            "level": row["level"],
            "title": row["title_id"],
            "parent_code": row["parent_code"] or None,
        }
        for row in _rows(f"kbli_{version}.csv")
    ]


async def _load_holidays(db: AsyncSession) -> None:
    """Holidays up to the end of next year. A day that moved (an estimate that was decreed otherwise) is replaced."""
    years = range(FIRST_HOLIDAY_YEAR, clock.today().year + 2)
    rows = _holidays(years)
    known = [(row["day"], row["kind"]) for row in rows]
    covered = Holiday.day.between(date(years[0], 1, 1), date(years[-1], 12, 31))
    await db.execute(delete(Holiday).where(covered, tuple_(Holiday.day, Holiday.kind).not_in(known)))
    await _upsert(db, Holiday, rows)


def _holidays(years: range) -> list[dict[str, Any]]:
    kinds = {HolidayKind.national: "public", HolidayKind.joint_leave: "government"}
    found = []
    for kind, category in kinds.items():
        indonesian, english = (
            holidays.country_holidays("ID", years=years, categories=category, language=language)
            for language in ("id", "en_US")
        )
        for day, name in sorted(indonesian.items()):
            found.append(
                {
                    "day": day,
                    "kind": kind,
                    "name_id": name,
                    "name_en": english[day],
                    "estimated": "(perkiraan)" in name,
                }
            )
    return found


def _rule_values() -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = yaml.safe_load((DATA / "rule_values.yaml").read_text(encoding="utf-8"))
    return [{"valid_to": None, **value} for value in values]


def _remote_areas() -> list[dict[str, Any]]:
    areas: list[dict[str, Any]] = yaml.safe_load((DATA / "remote_areas.yaml").read_text(encoding="utf-8"))
    return [{"valid_to": None, **area} for area in areas]


async def _upsert(db: AsyncSession, model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Insert rows, and bring rows that differ up to date."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (a mapped class always has one)
    keys = [column.name for column in table.primary_key]
    for start in range(0, len(rows), _CHUNK):
        statement = insert(table).values(rows[start : start + _CHUNK])
        fresh = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        await db.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh))

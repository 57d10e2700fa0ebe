"""Loads the reference data that ships with the product. Loading again changes nothing; ended rows stay."""

import csv
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Any

import holidays
import yaml
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.database import Model
from plut_api.reference.models import Holiday, HolidayKind, Kbli, Region, RuleValue

DATA = files("plut_api.reference") / "data"
HOLIDAY_YEARS = range(2024, 2029)
RETIRED_ON = date(2022, 11, 9)  # Kepmendagri 100.1.1-6117/2022, the first coding without these codes.
_CHUNK = 1000


async def load_reference(db: AsyncSession) -> None:
    """Regions and their retired codes, KBLI 2020 and 2025, holidays, dated rule values."""
    await _upsert(db, Region, _regions())
    await _upsert(db, Region, _retired_regions())
    for version in ("2020", "2025"):
        await _upsert(db, Kbli, _kbli(version))
    await _upsert(db, Holiday, _holidays())
    await _upsert(db, RuleValue, _rule_values())


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


def _holidays() -> list[dict[str, Any]]:
    kinds = {HolidayKind.national: "public", HolidayKind.joint_leave: "government"}
    found = []
    for kind, category in kinds.items():
        indonesian, english = (
            holidays.country_holidays("ID", years=HOLIDAY_YEARS, categories=category, language=language)
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


async def _upsert(db: AsyncSession, model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Insert rows, and bring rows that differ up to date."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 (a mapped class always has one)
    keys = [column.name for column in table.primary_key]
    for start in range(0, len(rows), _CHUNK):
        statement = insert(table).values(rows[start : start + _CHUNK])
        fresh = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        await db.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh))

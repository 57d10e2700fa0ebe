"""What only shows when values and rows of a file are seen together."""

from collections.abc import Mapping
from typing import Any

from plut_api.actors import identifiers
from plut_api.integration.loads.actors.columns import FIGURES, Lookups
from plut_api.integration.loads.rows import Record

ROW_KEY = "actors.row_key"
_DOUBTED = {"#/birth_date": "owner_birth_date", "#/sex": "owner_sex", "#/village_code": "village_code"}


def judge(record: Record, known: Lookups, *, keyed: bool = False) -> None:
    """Note faults of a whole row, and what it repeats of earlier rows; give it its row key, unless it is `keyed`."""
    values = record.values
    if not values:
        return
    if values["kbli_code"]:
        version = values["kbli_version"] = values["kbli_version"] or "2025"
        if (version, values["kbli_code"]) not in known.kbli:
            record.fault("kbli_code", "unknown_kbli_code", values["kbli_code"])
    no_year = values["year"] is None and not any(fault.column == "year" for fault in record.faults)
    if no_year and any(values[name] is not None for name in FIGURES):
        record.fault("year", "missing_year")
    if values["owner_nik"]:
        _compare_with_nik(record, values)
    if values["nib"] and record.is_sound:
        _claim(record, "nib", known.vault.blind(identifiers.NIB, values["nib"]), known.nibs, "duplicate_nib")
    if record.is_sound and not keyed:
        values["row_key"] = row_key(values, known)
        if values["row_key"]:
            _claim(record, "row_key", values["row_key"], known.row_keys, "duplicate_row_key")


def row_key(values: Mapping[str, Any], known: Lookups) -> str | None:
    """The key of a row: the file's own within its source, else, without a NIB, owner, name and village."""
    if values["row_key"]:
        return f"{known.scope}:{values['row_key']}"
    if values["nib"]:
        return None
    owner = values["owner_nik"] or values["owner_phone"] or values["owner_name"].casefold()
    parts = f"{owner}\0{values['business_name'].casefold()}\0{values['village_code']}"
    return f"natural:{known.vault.blind(ROW_KEY, parts).hex()}"


def share_a_word(one: str, other: str) -> bool:
    """Whether two names of people have a word in common, in any case."""
    return bool(set(one.casefold().split()) & set(other.casefold().split()))


def _claim(record: Record, column: str, key: Any, seen: set[Any], repeated: str) -> None:
    if key in seen:
        record.fault(column, repeated)
    seen.add(key)


def _compare_with_nik(record: Record, values: Mapping[str, Any]) -> None:
    seen = (values["owner_birth_date"], values["owner_sex"], values["village_code"])
    for doubt in identifiers.nik_warnings(values["owner_nik"], *seen):
        record.fault(_DOUBTED[doubt.pointer], doubt.code)

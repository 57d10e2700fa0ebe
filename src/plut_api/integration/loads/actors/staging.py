"""Sound rows on their way into a temporary table: typed, their numbers sealed, each with the ids it would get."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors import identifiers
from plut_api.actors.size import size_class
from plut_api.integration.loads.actors.columns import Lookups, figures_of
from plut_api.integration.loads.actors.judging import share_a_word
from plut_api.integration.loads.report import Report, copy_rows
from plut_api.integration.loads.rows import Record
from plut_api.kit.ids import new_ids

_TYPES = {
    "line": "int",
    "import_id": "uuid",
    "person_id": "uuid",
    "actor_id": "uuid",
    "ownership_id": "uuid",
    "figure_id": "uuid",
    "size_change_id": "uuid",
    "owner_name": "text",
    "nik_sealed": "bytea",
    "nik_index": "bytea",
    "phone_sealed": "bytea",
    "phone_index": "bytea",
    "sex": "text",
    "birth_date": "date",
    "name": "text",
    "village_code": "text",
    "address": "text",
    "kbli_version": "text",
    "kbli_code": "text",
    "started_on": "date",
    "nib_sealed": "bytea",
    "nib_index": "bytea",
    "npwp_sealed": "bytea",
    "npwp_index": "bytea",
    "row_key": "text",
    "year": "int",
    "capital_idr": "bigint",
    "sales_idr": "bigint",
    "assets_idr": "bigint",
    "workers_female": "int",
    "workers_male": "int",
    "by_sales": "text",
    "by_capital": "text",
    "size_class": "text",
    "size_basis": "text",
}
STAGED = [*_TYPES]
EXCHANGED = [*STAGED, "outside_id", "given_id", "row_hash", "overwrite"]
"""Of a file that comes back from another system."""
_OF_BUSINESS = ("business_name", "village_code", "address", "kbli_version", "kbli_code", "started_on")
_SEALED = (
    ("owner_nik", identifiers.NIK),
    ("owner_phone", identifiers.PHONE),
    ("nib", identifiers.NIB),
    ("npwp", identifiers.NPWP),
)


def stage_table(*, overwrite: bool) -> str:
    """SQL: the temporary table.

    `is_known` and `owner_known` say that `actor_id` and `person_id` are those of the register; `refused` is the code of
    what keeps a row out; `overwrite` whether it overwrites what differs.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
    return f"""
        CREATE TEMPORARY TABLE staged_actors ({columns}, outside_id text, given_id uuid, row_hash text,
            overwrite boolean NOT NULL DEFAULT {overwrite},
            is_known boolean NOT NULL DEFAULT false, owner_known boolean NOT NULL DEFAULT false, refused text
        ) ON COMMIT DROP
    """


def nothing_more(_: Record) -> tuple[Any, ...]:
    """What a row of a plain file has beyond the usual columns."""
    return ()


async def stage(
    db: AsyncSession,
    sound: list[Record],
    known: Lookups,
    report: Report,
    columns: list[str] = STAGED,
    beside: Callable[[Record], tuple[Any, ...]] = nothing_more,
) -> int:
    """COPY sound rows into the staging table; how many. What one says against an earlier row is noted, and left out."""
    rows = list(_staged(sound, known, report, beside))
    if rows:
        await copy_rows(db, "staged_actors", columns, rows)
    return len(rows)


def _staged(
    sound: list[Record], known: Lookups, report: Report, beside: Callable[[Record], tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    sealed: dict[str, list[bytes | None]] = {}
    for column, context in _SEALED:
        plain = [record.values[column] for record in sound]
        sealed[column] = known.vault.seal_all(context, plain)
        sealed[f"{column}="] = known.vault.blind_all(context, plain)
    ids = iter(new_ids(5 * len(sound)))
    for place, record in enumerate(sound):
        values = record.values
        nik_index, phone_index = sealed["owner_nik="][place], sealed["owner_phone="][place]
        person_id = _person_of(record, nik_index, phone_index, known, next(ids), report)
        others = (next(ids), next(ids), next(ids), next(ids))
        if person_id is None:
            continue
        yield (
            record.line,
            report.import_id,
            person_id,
            *others,
            values["owner_name"],
            sealed["owner_nik"][place],
            nik_index,
            sealed["owner_phone"][place],
            phone_index,
            values["owner_sex"],
            values["owner_birth_date"],
            *(values[name] for name in _OF_BUSINESS),
            sealed["nib"][place],
            sealed["nib="][place],
            sealed["npwp"][place],
            sealed["npwp="][place],
            values["row_key"],
            values["year"],
            *figures_of(values),
            *_sizes(values["sales_idr"], values["capital_idr"], known),
            *beside(record),
        )


def _sizes(sales_idr: int | None, capital_idr: int | None, known: Lookups) -> tuple[str | None, ...]:
    """The class by sales, by capital, the one that counts, and which that is (actors/size.py), at little cost a row."""
    by_sales = None if sales_idr is None else size_class(sales_idr, known.bounds["sales"])
    by_capital = None if capital_idr is None else size_class(capital_idr, known.bounds["capital"])
    basis = "sales" if by_sales is not None else "capital" if by_capital is not None else None
    return by_sales, by_capital, by_sales or by_capital, basis


def _person_of(
    record: Record, nik: bytes | None, phone: bytes | None, known: Lookups, new: UUID, report: Report
) -> UUID | None:
    """The id that the owner of a row would get as a new person: one for each NIK, else for each phone and name.

    None, with a fault, for a NIK that an earlier row gives to somebody else.
    """
    name = record.values["owner_name"]
    if nik is None:
        return new if phone is None else known.called.setdefault((phone, name.casefold()), new)
    person_id, first_name = known.people.setdefault(nik, (new, name))
    if first_name == name or first_name.casefold() == name.casefold():
        return person_id
    if share_a_word(first_name, name):
        report.add(record.line, "owner_name", "owner_name_differs")
        return person_id
    report.refuse(record.line, "owner_nik", "owner_mismatch")
    return None

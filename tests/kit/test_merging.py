"""Every column that names people or businesses says what becomes of it at a merge, and is guarded by the database."""

import pytest
from sqlalchemy import Column, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api import merged
from plut_api.kit import merging
from plut_api.kit.merging import MOVES, RULES, STAYS, Of, hooked
from plut_api.tables import METADATA

NAMES = {"person_id": Of.people, "actor_id": Of.actors}
REFERRED = {"people": Of.people, "actors": Of.actors, "accounts": Of.accounts}


def whom(column: Column[object]) -> set[Of]:
    """Whom a column names: by its foreign key, or by its own name, also as a list."""
    found = {REFERRED[key.column.table.name] for key in column.foreign_keys if key.column.table.name in REFERRED}
    singular = column.name.removesuffix("s")
    return found | {of for name, of in NAMES.items() if singular == name or singular.endswith(f"_{name}")}


def columns() -> list[tuple[str, Of]]:
    return [
        (f"{table.name}.{column.name}", of)
        for table in METADATA.sorted_tables
        for column in table.columns
        for of in sorted(whom(column))
    ]


def test_the_rooms_have_spoken() -> None:
    assert len(merged.MERGING) > 10


@pytest.mark.parametrize(("column", "of"), columns())
def test_a_column_that_names_somebody_says_what_becomes_of_it(column: str, of: Of) -> None:
    declared = MOVES.get(column, set()) | STAYS.get(column, {}).keys() | hooked().get(column, set())

    assert of in declared, f"declare {column} by moves(), stays() or @merging(columns=…, of=Of.{of.value})"


def test_what_is_declared_exists() -> None:
    known = {f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns}

    assert {*MOVES, *STAYS, *hooked()} <= known


def test_nothing_is_declared_twice() -> None:
    for column, of in hooked().items():
        assert not of & MOVES.get(column, set()), column
        assert not of & STAYS.get(column, {}).keys(), column


def test_every_hook_tells_its_rule() -> None:
    for hook in merging._HOOKS:
        assert hook.run.__doc__, hook.run


def test_rules_are_told_in_both_languages() -> None:
    assert all(rule.words.id != rule.words.en and len(rule.words.en) < 500 for rule in RULES.values())


async def test_every_foreign_key_to_people_and_businesses_is_guarded(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    """A table that came later calls `guard_references()` in its revision (migration 0022)."""
    keys = """
        SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid IN ('people'::regclass, 'actors'::regclass)
            AND a.attname <> 'merged_into'
    """
    guards = """
        SELECT t.tgrelid::regclass::text || '.' || replace(replace(t.tgname, 'refuse_merged_new_', ''),
            'refuse_merged_', '') AS guarded, count(*)
        FROM pg_trigger t WHERE t.tgname LIKE 'refuse_merged_%' GROUP BY 1
    """
    async with sessions() as db:
        wanted = set(await db.scalars(text(keys)))
        found = {row.guarded: row[1] for row in await db.execute(text(guards))}

    assert wanted
    assert set(found) == wanted
    assert set(found.values()) == {2}

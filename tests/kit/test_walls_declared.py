"""Every table is declared, and the database gives organizations no table of persons that is not bound row by row."""

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.walls import Wall
from plut_api.tables import METADATA
from plut_api.walls.declared import CLOSED, OPEN, PERSONAL, WRITES

Sessions = async_sessionmaker[AsyncSession]
TABLES = [table.name for table in METADATA.sorted_tables]
CONTACT_OF_A_HOUSE = {"cooperatives"}
"""Their e-mail address and telephone are those of an organization."""


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_declared_open_closed_or_personal(table: str) -> None:
    declared = [table in OPEN, table in CLOSED, table in PERSONAL, table in WRITES.keys() - OPEN]

    assert declared.count(True) == 1, f"say in plut_api/walls/declared.py whether persons can be told from {table}"


@pytest.mark.parametrize("table", TABLES)
async def test_behind_a_wall_a_table_that_points_at_persons_is_closed_or_row_by_row(
    app: FastAPI, sessions: Sessions, table: str
) -> None:
    pointed_at = {key.column.table.name for key in METADATA.tables[table].foreign_keys}
    columns = METADATA.tables[table].columns.keys()
    personal = bool(pointed_at & {"people", "actors", "enrolments", "outcomes", "referrals"}) or any(
        name.endswith(("_sealed", "full_name", "email", "phone_index", "nik_index")) for name in columns
    )
    async with sessions() as db:
        readable = [
            wall
            for wall in Wall
            if await db.scalar(
                text("SELECT has_any_column_privilege(CAST(:role AS name), CAST(:table AS text), 'SELECT')"),
                {"role": f"plut_app_{wall}", "table": table},
            )
        ]
        secured = await db.scalar(
            text("SELECT relrowsecurity FROM pg_class WHERE oid = CAST(:table AS regclass)"), {"table": table}
        )

    assert secured == (table in PERSONAL)
    assert not personal or secured or not readable or table in CONTACT_OF_A_HOUSE
    assert secured or not readable or table in OPEN or table in WRITES

"""What is sent out to the single database: one stream, at constant memory, for the Dinas alone."""

from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import OrganizationKind
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.integration.exchanging import MARKS, exported, many
from tests.integration.loading import business, file_of, loaded

Sessions = async_sessionmaker[AsyncSession]
STAFF = (Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner)


@pytest.fixture
async def officer(api: Api, make: Make) -> Api:
    """The Dinas at work."""
    return api.as_(await make.staff(Role.dinas))


async def test_a_row_tells_what_is_held_each_with_where_from_and_how_sure(officer: Api, settings: Settings) -> None:
    (row,) = await many(officer, settings, 1)

    assert {name: row[name] for name in row if name not in ("id", *MARKS) or name == "figures_source"} == {
        "owner_name": "Baiq Contoh 1",
        "owner_nik": "5271015705900001",
        "owner_phone": "+6284000000001",
        "owner_sex": "female",
        "owner_birth_date": "1990-05-17",
        "business_name": "Keripik 1",
        "village_code": "52.71.01.1004",
        "address": "Dusun Repok",
        "kbli_code": "10794",
        "kbli_version": "2025",
        "started_on": "2020-02-03",
        "nib": "9900000000001",
        "npwp": None,
        "year": 2025,
        "capital_idr": 40_000_000,
        "sales_idr": 120_000_000,
        "assets_idr": None,
        "workers_female": 2,
        "workers_male": 1,
        "owner_disabilities": None,
        "legal_form": "individual",
        "status": "active",
        "status_since": None,
        "size_class": "micro",
        "workers_disability": None,
        "products": None,
        "certifications": None,
        "channels": None,
        "qris_nmid": None,
        "support": None,
        "owner_source": "import",
        "owner_verified_level": "declared",
        "business_source": "import",
        "business_verified_level": "declared",
        "figures_source": "import",
        "figures_verified_level": "declared",
    }
    assert (row["outside_id"], len(row["row_hash"])) == (None, 32)
    assert all(row[f"{group}_as_of"] for group in ("owner", "business", "figures"))


async def test_rows_are_narrowed_by_regency_and_by_change(officer: Api, settings: Settings, sessions: Sessions) -> None:
    await loaded(officer, settings, file_of(business(1), business(2, village_code="52.03.17.2003")))
    async with unit_of_work(sessions) as db:
        for table in ("actors", "people"):
            await db.execute(text(f"UPDATE {table} SET updated_at = now() - interval '1 day'"))

    in_lombok = await exported(officer, regency=["52.03"])
    since_now = await exported(officer, changed_since=(clock.now() + timedelta(hours=1)).isoformat())
    since_long = await exported(officer, changed_since=(clock.now() - timedelta(days=2)).isoformat())

    assert [row["business_name"] for row in in_lombok] == ["Keripik 2"]
    assert (since_now, len(since_long)) == ([], 2)


async def test_machines_of_the_dinas_export_and_nobody_else(api: Api, make: Make, settings: Settings) -> None:
    dinas = await make.organization(OrganizationKind.dinas)
    machine = await make.client(dinas, "exports:read")

    allowed = await api.as_(machine, OrganizationKind.dinas).get("/v1/exchange/actors")
    refused = [await api.as_(await make.staff(role)).get("/v1/exchange/actors") for role in Role if role in STAFF]
    strange = await api.as_(machine, OrganizationKind.dinas).get(
        "/v1/exchange/actors", headers={"Accept": "application/pdf"}
    )

    assert allowed.status_code == 200
    assert [answer.status_code for answer in refused] == [403] * len(STAFF)
    assert strange.status_code == 406


async def test_what_was_taken_along_is_in_the_audit_log(
    app: FastAPI, officer: Api, settings: Settings, sessions: Sessions
) -> None:
    rows = await many(officer, settings, 3)
    await app.state.audit.settle()

    async with sessions() as db:
        noted = await db.scalars(
            select(AuditEntry.object_ids).where(AuditEntry.operation == "exportActors", AuditEntry.action == "read")
        )
        shown = {found for ids in noted for found in ids}
    assert shown == {UUID(row["id"]) for row in rows}

"""Sessions, constraints and tables."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.database import constraint_of, refusing, unit_of_work
from plut_api.organizations.models import Organization, OrganizationKind
from plut_api.organizations.problems import OrganizationCodeTaken
from plut_api.tables import METADATA
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


def organization(code: str, **given: object) -> Organization:
    return Organization(code=code, name="Contoh", kind=OrganizationKind.opd, **given)


async def store(sessions: Sessions, row: Organization) -> None:
    """Store a row, refusing a code that is taken."""
    async with unit_of_work(sessions) as db:
        with refusing({"uq_organizations_code": OrganizationCodeTaken()}):
            db.add(row)
            await db.flush()


async def test_the_violation_of_a_named_constraint_becomes_its_problem(make: Make, sessions: Sessions) -> None:
    await make.organization(code="TAKEN")

    with pytest.raises(OrganizationCodeTaken):
        await store(sessions, organization("TAKEN"))


async def test_any_other_violation_stays_the_error_it_is(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError) as error:
        await store(sessions, organization("SHARIA_OPD", is_sharia=True))

    assert constraint_of(error.value) == "ck_organizations_only_banks_are_sharia"


async def test_a_unit_of_work_is_done_as_a_whole_or_not_at_all(sessions: Sessions) -> None:
    async def fail_half_way() -> None:
        async with unit_of_work(sessions) as db:
            db.add(organization("HALF"))
            await db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_half_way()

    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Organization)) == 0


async def test_connections_speak_utc(sessions: Sessions) -> None:
    async with sessions() as db:
        assert await db.scalar(text("SHOW timezone")) == "UTC"


async def test_an_enum_is_stored_by_value_and_checked_by_the_database(make: Make, sessions: Sessions) -> None:
    made = await make.organization(OrganizationKind.university)

    async with sessions() as db:
        assert await db.scalar(text("SELECT kind FROM organizations")) == "university"
        with pytest.raises(IntegrityError):
            await db.execute(text("UPDATE organizations SET kind = 'shop' WHERE id = :id"), {"id": made.id})


def test_every_constraint_has_a_name_that_says_what_it_guards() -> None:
    for table in METADATA.sorted_tables:
        for constraint in table.constraints:
            name = str(constraint.name)
            assert name.partition("_")[0] in {"pk", "uq", "ck", "fk", "ex"}, (table.name, name)

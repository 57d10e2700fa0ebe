"""Rows of a file about records that are known: left, filled or overwritten, never silently, and never the proven."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Person
from plut_api.financing.models import Readiness
from plut_api.integration import service
from plut_api.kit import clock
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.integration.loading import business, counts, differences_of, file_of, loaded, told

Sessions = async_sessionmaker[AsyncSession]
BARE = {"owner_sex": "", "owner_birth_date": "", "address": "", "started_on": "", "npwp": "", "capital_idr": ""}


@pytest.fixture
async def officer(api: Api, make: Make) -> Api:
    """The Dinas at work."""
    return api.as_(await make.staff(Role.dinas))


async def the_business(officer: Api) -> dict[str, Any]:
    """The only business there is, whole."""
    (found,) = (await officer.get("/v1/actors")).json()["data"]
    read: dict[str, Any] = (await officer.get(f"/v1/actors/{found['id']}")).json()
    return read


async def figures_of(sessions: Sessions) -> list[tuple[int | None, int | None]]:
    """Capital and sales of every report, oldest first."""
    async with sessions() as db:
        rows = await db.execute(select(AnnualFigure.capital_idr, AnnualFigure.sales_idr).order_by(AnnualFigure.id))
        return [(row.capital_idr, row.sales_idr) for row in rows]


async def test_what_is_empty_is_filled_and_what_differs_stays_by_default(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1, **BARE)))

    second = await loaded(officer, settings, file_of(business(1, business_name="Keripik Lain")))

    assert counts(second) == (1, 0, 1, 0, 0)
    assert (second["filled_count"], second["overwritten_count"], second["kept_count"]) == (5, 0, 1)
    assert told(await differences_of(officer, second)) == {
        "name": ("Keripik 1", "Keripik Lain", "keep"),
        "address": (None, "••••", "fill"),
        "started_on": (None, "2020-02-03", "fill"),
        "owner_sex": (None, "••••", "fill"),
        "owner_birth_date": (None, "••••", "fill"),
        "figures.2025.capital_idr": (None, "40000000", "fill"),
    }
    read = await the_business(officer)
    assert (read["name"], read["address"], read["started_on"]) == ("Keripik 1", "Dusun Repok", "2020-02-03")
    assert await figures_of(sessions) == [(None, 120_000_000), (40_000_000, 120_000_000)]


async def test_skipping_leaves_a_known_business_and_adds_the_unknown(officer: Api, settings: Settings) -> None:
    await loaded(officer, settings, file_of(business(1, **BARE)))

    second = await loaded(officer, settings, file_of(business(1), business(2)), on_conflict="skip")

    assert counts(second) == (2, 1, 0, 1, 0)
    assert await differences_of(officer, second) == []
    (first,) = (await officer.get("/v1/actors", q="Keripik 1", limit=1)).json()["data"]
    assert first["address"] is None


async def test_updating_overwrites_what_differs_and_says_so_field_by_field(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    changed = business(
        1,
        owner_name="Baiq Contoh Satu",
        owner_phone="081999000111",
        business_name="Keripik Baru",
        village_code="52.03.17.2003",
        kbli_version="2020",
        kbli_code="10391",
        npwp="5271015705900001",
    )

    second = await loaded(officer, settings, file_of(changed), on_conflict="update")

    assert counts(second) == (1, 0, 1, 0, 0)
    assert told(await differences_of(officer, second)) == {
        "name": ("Keripik 1", "Keripik Baru", "update"),
        "village_code": ("52.71.01.1004", "52.03.17.2003", "update"),
        "kbli_code": ("2025/10794", "2020/10391", "update"),
        "npwp": (None, "527101••••••0001", "fill"),
        "owner_name": ("B•••• C•••• 1••••", "B•••• C•••• S••••", "update"),
        "owner_phone": ("+62840••••••01", "+62819••••••11", "update"),
    }
    read = await the_business(officer)
    assert (read["name"], read["village_code"], read["kbli_version"]) == ("Keripik Baru", "52.03.17.2003", "2020")
    async with sessions() as db:
        actor = (await db.scalars(select(Actor))).one()
        assert (actor.regency_code, actor.version) == ("52.03", 2)
        noted = select(AuditEntry.object_kind, AuditEntry.after, AuditEntry.import_id).where(
            AuditEntry.action == "changed", AuditEntry.object_kind.in_(("people", "actors"))
        )
        entries = {row.object_kind: (row.after, row.import_id) for row in await db.execute(noted)}
    import_id = UUID(second["id"])
    assert entries == {
        "people": ({"fields": ["owner_name", "owner_phone"]}, import_id),
        "actors": ({"fields": ["kbli_code", "name", "npwp", "village_code"]}, import_id),
    }


@pytest.mark.parametrize("on_conflict", ["skip", "fill_empty", "update"])
async def test_the_same_file_twice_changes_nothing_whatever_is_asked_for(
    officer: Api, settings: Settings, sessions: Sessions, on_conflict: str
) -> None:
    rows = [
        business(1),
        business(2, nib=""),
        business(3, nib="", owner_nik=""),
        business(4, owner_nik="", nib="9" * 13),
    ]
    rows += [business(5, nib="", owner_nik="", owner_phone=""), business(6, nib="", row_key="k6")]
    await loaded(officer, settings, file_of(*rows), on_conflict=on_conflict)

    second = await loaded(officer, settings, file_of(*rows), on_conflict=on_conflict)

    assert counts(second) == (6, 0, 0, 6, 0)
    assert await differences_of(officer, second) == []
    async with sessions() as db:
        assert list(await db.scalars(select(Actor.version))) == [1] * 6


async def test_what_staff_verified_on_the_card_is_never_overwritten(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    async with unit_of_work(sessions) as db:
        person = (await db.scalars(select(Person))).one()
        person.identity_verified_at, person.identity_verified_by = clock.now(), person.id
    changed = business(1, owner_name="Baiq Lain", owner_birth_date="1991-05-17", owner_phone="081999000111")

    second = await loaded(officer, settings, file_of(changed), on_conflict="update")

    found = {each["field"]: (each["action"], each["reason"]) for each in await differences_of(officer, second)}
    assert found == {
        "owner_name": ("keep", "verified"),
        "owner_birth_date": ("keep", "verified"),
        "owner_phone": ("update", None),
    }


async def registered_alone(api: Api, make: Make) -> Api:
    """An owner who registered their business themself, by the keys of `business(1)`."""
    owner = await make.person(full_name="Baiq Contoh 1", nik="5271015705900001", phone="+6284000000001")
    person = api.as_(owner)
    answer = await person.post(
        "/v1/actors",
        name="Keripik 1",
        village_code="52.71.01.1004",
        kbli_version="2025",
        kbli_code="10794",
        nib="9900000000001",
        address="Jalan Sendiri",
    )
    assert answer.status_code == 201, answer.text
    return person


async def test_what_the_owner_told_is_kept_unless_the_file_is_of_a_later_day(
    api: Api, make: Make, officer: Api, settings: Settings
) -> None:
    await registered_alone(api, make)
    row = file_of(
        business(
            1, owner_phone="081999000111", year="", capital_idr="", sales_idr="", workers_female="", workers_male=""
        )
    )
    yesterday = clock.today() - timedelta(days=1)

    undated = await loaded(officer, settings, row, on_conflict="update")
    older = await loaded(officer, settings, row, on_conflict="update", as_of=yesterday.isoformat())

    for finished in (undated, older):
        found = {each["field"]: (each["action"], each["reason"]) for each in await differences_of(officer, finished)}
        assert found["address"] == ("keep", "told_by_owner")
        assert found["owner_phone"] == ("keep", "signs_in")
    assert (await the_business(officer))["address"] == "Jalan Sendiri"


async def test_a_file_of_a_later_day_than_what_the_owner_told_overwrites_it(
    api: Api, make: Make, officer: Api, settings: Settings
) -> None:
    await registered_alone(api, make)

    today = await loaded(officer, settings, file_of(business(1)), on_conflict="update", as_of=clock.today().isoformat())

    assert told(await differences_of(officer, today))["address"] == ("••••", "••••", "update")
    assert (await the_business(officer))["address"] == "Dusun Repok"


async def test_another_figure_of_a_year_is_a_further_report_and_an_old_file_does_not_undo_it(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    first, corrected = business(1), business(1, sales_idr="3000000000")
    await loaded(officer, settings, file_of(first))

    by_default = await loaded(officer, settings, file_of(corrected))
    updated = await loaded(officer, settings, file_of(corrected), on_conflict="update")
    again = await loaded(officer, settings, file_of(corrected), on_conflict="update")
    old = await loaded(officer, settings, file_of(first), on_conflict="update")

    field = "figures.2025.sales_idr"
    assert told(await differences_of(officer, by_default)) == {field: ("120000000", "3000000000", "keep")}
    assert told(await differences_of(officer, updated)) == {field: ("120000000", "3000000000", "update")}
    assert await differences_of(officer, again) == []
    (kept,) = await differences_of(officer, old)
    assert (kept["action"], kept["reason"]) == ("keep", "known_before")
    assert await figures_of(sessions) == [(40_000_000, 120_000_000), (40_000_000, 3_000_000_000)]
    assert (await the_business(officer))["size_class"] == "small"


async def test_a_further_year_is_added_and_verified_figures_stay(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    async with sessions() as db:
        (actor_id, old) = (await db.execute(select(AnnualFigure.actor_id, AnnualFigure.id))).one()
    async with unit_of_work(sessions) as db:
        db.add(
            AnnualFigure(
                actor_id=actor_id, year=2025, sales_idr=7, source="officer", verification="verified", of_figure_id=old
            )
        )

    same_year = await loaded(officer, settings, file_of(business(1)), on_conflict="update")
    next_year = await loaded(officer, settings, file_of(business(1, year="2026", sales_idr="5")), on_conflict="update")

    reasons = {each["field"]: (each["action"], each["reason"]) for each in await differences_of(officer, same_year)}
    assert reasons["figures.2025.sales_idr"] == ("keep", "verified")
    assert same_year["unchanged_count"] == 1
    assert told(await differences_of(officer, next_year))["figures.2026.sales_idr"] == (None, "5", "add")
    assert await figures_of(sessions) == [(40_000_000, 120_000_000), (None, 7), (40_000_000, 5)]


async def test_a_business_that_a_file_changed_is_judged_again(
    officer: Api, settings: Settings, sessions: Sessions
) -> None:
    await loaded(officer, settings, file_of(business(1)))
    async with sessions() as db:
        before = await db.scalar(select(Readiness.computed_at))

    await loaded(officer, settings, file_of(business(1, sales_idr="6000000000")), on_conflict="update")

    async with sessions() as db:
        after = await db.scalar(select(Readiness.computed_at))
    assert before is not None
    assert after is not None
    assert after > before


async def test_statements_do_not_grow_with_known_rows(
    officer: Api, settings: Settings, sessions: Sessions, statements: list[str]
) -> None:
    few, many = [business(n) for n in range(1, 11)], [business(n) for n in range(1, 41)]
    await loaded(officer, settings, file_of(*many))

    async def count_of(rows: list[str]) -> int:
        changed = [row.replace("Dusun Repok", "Dusun Baru").replace("120000000", "130000000") for row in rows]
        answer = await officer.request(
            "POST", "/v1/imports?kind=actors&mode=validate&on_conflict=update", files={"file": ("f", file_of(*changed))}
        )
        statements.clear()
        async with unit_of_work(sessions) as db:
            await service.work(db, UUID(answer.json()["id"]))
        return len(statements)

    assert await count_of(few) == await count_of(many)

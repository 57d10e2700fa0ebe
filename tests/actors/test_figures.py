"""Yearly figures: reported, corrected and verified by new rows; which of a year counts; what the database refuses."""

from asyncio import gather
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Person, SizeChange
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import jpeg

Sessions = async_sessionmaker[AsyncSession]
YEAR = clock.today().year - 1


async def reported(api: Api, actor: Actor, **given: Any) -> dict[str, Any]:
    answer = await api.post(f"/v1/actors/{actor.id}/annual-figures", **({"year": YEAR} | given))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def verify(api: Api, actor: Actor, figure: dict[str, Any], level: str = "verified", **given: Any) -> Any:
    path = f"/v1/actors/{actor.id}/annual-figures/{figure['id']}/verify"
    return await api.post(path, verification=level, **given)


async def counting(api: Api, actor: Actor) -> list[tuple[int, int | None, str]]:
    rows = (await api.get(f"/v1/actors/{actor.id}/annual-figures")).json()["data"]
    return [(row["year"], row["sales_idr"], row["verification"]) for row in rows if row["counts"]]


async def business(make: Make, **given: Any) -> tuple[Person, Actor]:
    owner = await make.person()
    return owner, await make.actor(owner, **given)


async def test_a_report_has_every_figure_its_source_and_how_well_it_is_proven(
    api: Api, make: Make, sessions: Sessions
) -> None:
    owner, actor = await business(make)
    figures = {
        "capital_idr": 40_000_000,
        "sales_idr": 120_000_000,
        "assets_idr": 60_000_000,
        "workers_female": 2,
        "workers_male": 1,
        "workers_disability": 1,
    }

    mine = await reported(api.as_(owner), actor, **figures)
    theirs = await reported(
        api.as_(await make.consultant_of(owner)), actor, year=YEAR - 1, source="tax", verification="document_seen"
    )
    read = await api.as_(owner).get(f"/v1/actors/{actor.id}/annual-figures/{mine['id']}")
    async with sessions() as db:
        events = (await db.scalars(select(Event).where(Event.name == "figures.recorded").order_by(Event.id))).all()

    assert figures.items() <= mine.items()
    assert (mine["source"], mine["verification"], mine["counts"], mine["warnings"]) == ("owner", "declared", True, [])
    assert (theirs["source"], theirs["verification"]) == ("tax", "document_seen")
    assert read.json() == {name: value for name, value in mine.items() if name != "warnings"}
    assert [event.facts["figure_id"] for event in events] == [mine["id"], theirs["id"]]


async def test_a_correction_counts_at_once_and_a_verified_year_only_gives_way_to_what_is_verified_as_well(
    api: Api, make: Make
) -> None:
    owner, actor = await business(make)
    me, officer = api.as_(owner), api.as_(await make.consultant_of(owner))

    await reported(me, actor, sales_idr=1)
    second = await reported(me, actor, sales_idr=2)
    corrected = await counting(me, actor)
    await verify(officer, actor, second)
    late = await reported(me, actor, sales_idr=3)
    still = await counting(me, actor)
    verified = await verify(officer, actor, late)

    assert corrected == [(YEAR, 2, "declared")]
    assert still == [(YEAR, 2, "verified")]
    assert (late["counts"], [each["code"] for each in late["warnings"]]) == (False, ["year_proven_better"])
    assert await counting(me, actor) == [(YEAR, 3, "verified")]
    assert (verified.json()["of_figure_id"], verified.json()["source"]) == (late["id"], "owner")


async def test_a_verification_is_a_row_of_its_own_that_repeats_the_figures(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    officer = api.as_(await make.consultant_of(owner))
    first = await reported(api.as_(owner), actor, sales_idr=5, workers_male=4)

    answer = await verify(officer, actor, first, "document_seen")
    listed = (await officer.get(f"/v1/actors/{actor.id}/annual-figures", year=YEAR)).json()["data"]

    assert answer.status_code == 201
    assert [(row["of_figure_id"], row["sales_idr"], row["workers_male"], row["verification"]) for row in listed] == [
        (first["id"], 5, 4, "document_seen"),
        (None, 5, 4, "declared"),
    ]
    assert (await officer.get(answer.headers["location"])).json() == listed[0]


async def test_only_staff_verify_and_never_what_they_reported_themselves(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    one, another = api.as_(await make.consultant_of(owner)), api.as_(await make.consultant_of(owner))
    mine = await reported(one, actor, sales_idr=5)

    as_owner = await verify(api.as_(owner), actor, mine)
    alone = await verify(one, actor, mine)
    seen = (await verify(another, actor, mine, "document_seen")).json()
    by_who_saw = await verify(another, actor, seen)
    by_reporter = await verify(one, actor, seen)
    third = await verify(api.as_(await make.staff()), actor, seen)

    assert [answer.status_code for answer in (as_owner, alone, by_who_saw, by_reporter)] == [403, 409, 409, 409]
    assert (as_owner.json()["code"], alone.json()["code"]) == ("staff_only", "verifier_is_reporter")
    assert (third.status_code, third.json()["of_figure_id"]) == (201, seen["id"])


async def test_what_was_replaced_or_is_at_that_level_is_not_verified(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    officer = api.as_(await make.consultant_of(owner))
    old = await reported(api.as_(owner), actor, sales_idr=1)
    new = await reported(api.as_(owner), actor, sales_idr=2)
    seen = (await verify(officer, actor, new, "document_seen")).json()

    codes = [
        (await verify(officer, actor, old)).json()["code"],
        (await verify(officer, actor, new)).json()["code"],
        (await verify(officer, actor, seen, "document_seen")).json()["code"],
        (await verify(officer, await make.actor(owner), seen)).json()["code"],
    ]

    assert codes == ["figure_superseded", "figure_superseded", "figure_level_reached", "figure_not_found"]


async def test_of_two_who_verify_at_once_one_does(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    staff = [await make.staff() for _ in range(4)]
    figure = await reported(api.as_(owner), actor, sales_idr=5)

    answers = await gather(*(verify(api.as_(officer), actor, figure) for officer in staff))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert len(await counting(api.as_(owner), actor)) == 1


async def test_all_that_is_wrong_with_a_report_is_named_at_once(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    path = f"/v1/actors/{actor.id}/annual-figures"

    form = await api.as_(owner).post(path, year=clock.today().year + 1, sales_idr=-1, workers_female=True)
    sense = await api.as_(owner).post(
        path,
        year=YEAR,
        source="tax",
        verification="document_seen",
        workers_female=1,
        workers_male=0,
        workers_disability=2,
    )
    too_sure = await api.as_(await make.staff()).post(path, year=YEAR, verification="verified", source="owner")

    assert {(e["pointer"], e["code"]) for e in form.json()["errors"]} >= {("#/year", "year_in_future")}
    assert {e["pointer"] for e in form.json()["errors"]} == {"#/year", "#/sales_idr", "#/workers_female"}
    assert {e["code"] for e in sense.json()["errors"]} == {
        "source_refused",
        "verification_refused",
        "disability_more_than_workers",
    }
    assert {e["pointer"] for e in too_sure.json()["errors"]} == {"#/verification", "#/source"}


async def test_what_only_looks_wrong_is_accepted_with_a_warning_in_the_callers_language(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    assert actor.started_on is not None
    early = actor.started_on.year - 1
    path = f"/v1/actors/{actor.id}/annual-figures"
    await reported(api.as_(owner), actor, year=early, sales_idr=1, capital_idr=2)

    answer = await api.as_(owner).post(path, year=early, sales_idr=3, headers={"Accept-Language": "en"})

    warnings = answer.json()["warnings"]
    assert [(each["pointer"], each["code"]) for each in warnings] == [
        ("#/year", "year_before_start"),
        ("#/capital_idr", "figure_left_out"),
    ]
    assert warnings[0]["message"].startswith("The business had not started")


async def test_the_paper_behind_figures_is_read_by_those_who_read_the_business(api: Api, make: Make) -> None:
    owner, actor = await business(make)
    officer, stranger = api.as_(await make.consultant_of(owner)), api.as_(await make.person())
    kept = await api.as_(owner).request("POST", "/v1/files", files={"file": ("spt.jpg", jpeg(), "image/jpeg")})
    assert kept.status_code in (200, 201), kept.text

    figure = await reported(api.as_(owner), actor, sales_idr=5, file_id=kept.json()["id"])
    borrowed = await officer.post(f"/v1/actors/{actor.id}/annual-figures", year=YEAR, file_id=kept.json()["id"])
    verified = await verify(officer, actor, figure)
    read = [(await each.get(f"/v1/files/{kept.json()['id']}")).status_code for each in (officer, stranger)]

    assert figure["file_id"] == verified.json()["file_id"] == kept.json()["id"]
    assert borrowed.json()["errors"][0]["code"] == "file_unknown"
    assert read == [200, 404]


@pytest.mark.parametrize("whose", ["application", "owner"])
async def test_nobody_changes_or_removes_figures_and_sizes_of_a_living_business(
    api: Api, make: Make, sessions: Sessions, owning: Sessions, whose: str
) -> None:
    owner, actor = await business(make)
    await reported(api.as_(owner), actor, sales_idr=5)
    attempts = (
        update(AnnualFigure).values(sales_idr=6),
        update(AnnualFigure).values(verification="verified"),
        delete(AnnualFigure),
        update(SizeChange).values(cause="law"),
        delete(SizeChange),
    )

    refused = 0
    for attempt in attempts:
        with pytest.raises(DBAPIError, match=r"permission denied|only added to"):
            async with unit_of_work(sessions if whose == "application" else owning) as db:
                await db.execute(attempt.execution_options(synchronize_session=False))
        refused += 1

    assert refused == len(attempts)
    assert await counting(api.as_(owner), actor) == [(YEAR, 5, "declared")]


async def test_merging_re_points_figures_and_sizes(api: Api, make: Make, sessions: Sessions) -> None:
    owner, actor = await business(make)
    other = await make.actor(owner)
    await reported(api.as_(owner), actor, sales_idr=5)

    async with unit_of_work(sessions) as db:
        for table in ("annual_figures", "size_changes"):
            await db.execute(text(f"UPDATE {table} SET actor_id = :other"), {"other": other.id})

    assert await counting(api.as_(owner), other) == [(YEAR, 5, "declared")]


async def test_the_list_costs_as_many_statements_for_twice_as_many_reports(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner, actor = await business(make)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}/annual-figures"

    async def cost(reports: int) -> tuple[int, int]:
        for number in range(reports):
            await make.figure(actor, year=YEAR - number)
        await me.get(path)
        statements.clear()
        rows = (await me.get(path)).json()["data"]
        return len(rows), len(statements)

    few, more = await cost(3), await cost(3)

    assert (few[0], more[0]) == (3, 6)
    assert few[1] == more[1]


async def test_figures_of_a_stranger_are_not_there(api: Api, make: Make, sessions: Sessions) -> None:
    owner, actor = await business(make)
    figure = await reported(api.as_(owner), actor, sales_idr=5)
    stranger = api.as_(await make.consultant_of(await make.person()))

    answers = [
        await stranger.get(f"/v1/actors/{actor.id}/annual-figures"),
        await stranger.get(f"/v1/actors/{actor.id}/annual-figures/{figure['id']}"),
        await stranger.get(f"/v1/actors/{actor.id}/size-history"),
        await stranger.post(f"/v1/actors/{actor.id}/annual-figures", year=YEAR),
        await verify(stranger, actor, figure),
    ]
    async with sessions() as db:
        kept = await db.scalar(select(func.count()).where(AnnualFigure.actor_id == UUID(str(actor.id))))

    assert ({answer.status_code for answer in answers}, kept) == ({404}, 1)

"""Reports: what training came to, counted from the rows as they stand, each figure open to the rows behind it."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.organizations.models import OrganizationKind
from plut_api.outcomes.follow_ups.models import FollowUp
from plut_api.outcomes.models import Cause, Dimension, OutcomeLevel
from plut_api.programs.models import Enrolment, EnrolmentState, Program, ProgramState
from tests.conftest import Api
from tests.factories import VILLAGES, Make

WHERE = {code[:5]: code for code in VILLAGES}


async def _report(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/v1/reports/outcomes", **query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def _behind(api: Api, **query: Any) -> set[str]:
    answer = await api.get("/v1/reports/outcomes/participants", **query)
    assert answer.status_code == 200, answer.text
    return {row["id"] for row in answer.json()["data"]}


def _of(row: dict[str, Any], dimension: Dimension) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in row["dimensions"] if one["dimension"] == dimension)
    return found


async def _held(make: Make, **given: Any) -> Program:
    began = clock.today() - timedelta(days=30)
    values: dict[str, Any] = {
        "state": ProgramState.completed,
        "starts_on": began,
        "ends_on": began,
        "budget_idr": 1_000_000,
    } | given
    return await make.program(**values)


async def _graduate(make: Make, program: Program, proven: int, **given: Any) -> Enrolment:
    """Somebody who completed a programme and proved so many of the five at level 2."""
    person = await make.person(**given)
    now = clock.now()
    enrolment = await make.enrolment(program, person, state=EnrolmentState.completed, completed_at=now)
    for at, dimension in enumerate(Dimension):
        reached = {"reached_level": 2, "reached_at": now} if at < proven else {}
        await make.outcome(enrolment, dimension, baseline_level=1, target_level=2, **reached)
    return enrolment


async def test_a_report_counts_seats_finishers_and_who_proved_all_five(api: Api, make: Make) -> None:
    program = await _held(make)
    await _graduate(make, program, 5)
    await _graduate(make, program, 3)
    await make.enrolment(program)
    await make.enrolment(program, state=EnrolmentState.withdrawn)

    [row] = await _report(api.as_(await make.staff(Role.dinas)))

    assert row["key"] is None
    assert (row["participants"], row["completed"], row["all_five"], row["proven"]) == (3, 2, 1, 8)
    assert row["share_all_five"] == pytest.approx(1 / 3)
    assert (row["cost_idr"], row["cost_per_proven_idr"]) == (1_000_000, 125_000)


async def test_a_report_shows_how_each_dimension_moved(api: Api, make: Make) -> None:
    program = await _held(make)
    await _graduate(make, program, 5)
    await _graduate(make, program, 1)

    [row] = await _report(api.as_(await make.staff(Role.dinas)))

    product, finance = _of(row, Dimension.product), _of(row, Dimension.finance)
    assert (product["assessed"], product["aimed"], product["proven"], product["risen"]) == (2, 2, 2, 2)
    assert (finance["proven"], finance["without_evidence"]) == (1, 2)
    assert (finance["mean_baseline"], finance["mean_level"]) == (1, 1.5)


async def test_a_level_that_fell_takes_its_figures_along(api: Api, make: Make) -> None:
    enrolment = await make.enrolment(await _held(make))
    outcome = await make.outcome(enrolment, baseline_level=0, target_level=3, reached_level=1, reached_at=clock.now())
    for before, level in ((None, 3), (3, 1)):
        moved = {"before_level": before, "level": level, "cause": Cause.follow_up, "rubric_version": "1"}
        await make.add(OutcomeLevel(outcome_id=outcome.id, **moved))
    api = api.as_(await make.staff(Role.dinas))

    [row] = await _report(api)

    packaging = _of(row, Dimension.packaging)
    assert (packaging["proven"], packaging["risen"], packaging["fallen"]) == (0, 1, 1)
    assert await _behind(api, figure="fallen", dimension="packaging") == {str(enrolment.id)}
    assert await _behind(api, figure="fallen", dimension="market") == set()


async def test_a_level_without_a_target_proves_nothing(api: Api, make: Make) -> None:
    enrolment = await make.enrolment(await _held(make))
    await make.outcome(enrolment, baseline_level=0, reached_level=4, reached_at=clock.now())

    [row] = await _report(api.as_(await make.staff(Role.dinas)))

    assert (row["proven"], _of(row, Dimension.packaging)["risen"]) == (0, 1)


async def test_what_was_said_months_later_is_counted_and_silence_is_no_success(api: Api, make: Make) -> None:
    program = await _held(make)
    today = clock.today()
    terms = {"months": 3, "number": 1, "questions_version": "1"} | dict.fromkeys(
        ("due_on", "asked_on", "call_from", "closes_on"), today
    )
    said = {"state": "answered", "answered_at": clock.now(), "answered_by": program.id, "channel": "app", "uses": {}}
    for told in (
        said | {"business": "running", "sales": "more"},
        said | {"business": "closed"},
        {"state": "missed"},
        {"state": "open"},
    ):
        enrolment = await _graduate(make, program, 0)
        await make.add(FollowUp(enrolment_id=enrolment.id, **terms, **told))

    [row] = await _report(api.as_(await make.staff(Role.dinas)))

    assert row["follow_ups"] == [{"months": 3, "asked": 4, "answered": 2, "missed": 1, "running": 1, "selling_more": 1}]


async def test_what_was_spent_counts_before_what_was_planned(api: Api, make: Make) -> None:
    await _graduate(make, await _held(make, spent_idr=800_000), 4)

    [row] = await _report(api.as_(await make.staff(Role.dinas)))

    assert (row["cost_idr"], row["cost_per_proven_idr"]) == (800_000, 200_000)


async def test_a_group_bears_its_share_of_a_programmes_cost(api: Api, make: Make) -> None:
    program = await _held(make)
    for regency, count in (("52.71", 3), ("52.03", 1)):
        for _ in range(count):
            await _graduate(make, program, 5, village_code=WHERE[regency])

    rows = await _report(api.as_(await make.staff(Role.dinas)), by="regency")

    assert [(row["key"], row["participants"], row["cost_idr"]) for row in rows] == [
        ("52.71", 3, 750_000),
        ("52.03", 1, 250_000),
    ]


@pytest.mark.parametrize(
    ("by", "key", "name"),
    [
        ("topic", "product.branding", "Merek"),
        ("fund_source", "apbd", "APBD"),
        ("district", "52.71.01", None),
        ("segment", "women", "Perempuan"),
        ("month", None, None),
        ("program", None, "Merek yang diingat"),
        ("organization", None, None),
    ],
)
async def test_a_row_stands_for_what_was_asked_and_opens_to_its_enrolments(
    api: Api, make: Make, by: str, key: str | None, name: str | None
) -> None:
    program = await _held(make, topics=["product.branding"], title="Merek yang diingat")
    enrolment = await _graduate(make, program, 5, village_code=WHERE["52.71"], sex="female", birth_date=None)
    api = api.as_(await make.staff(Role.dinas))

    [row] = await _report(api, by=by)

    expected = {"month": f"{program.starts_on:%Y-%m}", "program": str(program.id)}
    expected["organization"] = str(program.organization_id)
    assert row["key"] == (key or expected[by])
    assert name is None or row["name"] == name
    opened = await api.get(row["rows"])
    assert [found["id"] for found in opened.json()["data"]] == [str(enrolment.id)]


async def test_who_is_of_no_segment_has_a_row_of_their_own(api: Api, make: Make) -> None:
    program = await _held(make)
    await _graduate(make, program, 0, sex="male", birth_date=None, village_code=None)

    [row] = await _report(api.as_(await make.staff(Role.dinas)), by="segment")

    assert (row["key"], row["name"], row["rows"]) == ("none", "Tanpa segmen", None)


async def test_every_figure_opens_to_the_rows_it_counts(api: Api, make: Make) -> None:
    program = await _held(make)
    whole, part, seated = (
        await _graduate(make, program, 5),
        await _graduate(make, program, 2),
        await make.enrolment(program),
    )
    api = api.as_(await make.staff(Role.dinas))

    async def figure(name: str, **given: Any) -> set[str]:
        return await _behind(api, figure=name, **given)

    assert await figure("participants") == {str(row.id) for row in (whole, part, seated)}
    assert await figure("completed") == {str(row.id) for row in (whole, part)}
    assert await figure("all_five") == {str(whole.id)}
    assert await figure("not_all_five") == {str(row.id) for row in (part, seated)}
    assert await figure("proven", dimension="product") == {str(row.id) for row in (whole, part)}
    assert await figure("proven", dimension="finance") == {str(whole.id)}
    assert await figure("without_evidence", dimension="market") == {str(row.id) for row in (whole, part)}


async def test_a_period_is_of_programmes_that_began_in_it(api: Api, make: Make) -> None:
    today = clock.today()
    old = await _held(make, starts_on=today - timedelta(days=400), ends_on=today - timedelta(days=399))
    new = await _held(make)
    await _graduate(make, old, 0)
    await _graduate(make, new, 0)
    api = api.as_(await make.staff(Role.dinas))

    rows = await _report(api, by="program", **{"from": (today - timedelta(days=60)).isoformat()})

    assert [row["key"] for row in rows] == [str(new.id)]


async def test_an_opd_reports_on_its_own_programmes_only(api: Api, make: Make) -> None:
    opd = await make.organization(kind=OrganizationKind.opd)
    mine, theirs = await _held(make, organization=opd), await _held(make)
    await _graduate(make, mine, 5, sex="female")
    await _graduate(make, theirs, 5)

    [row] = await _report(api.as_(await make.staff(Role.opd, opd)), by="program")

    assert row["key"] == str(mine.id)


async def test_who_may_not_know_of_disabilities_is_not_shown_the_segment(api: Api, make: Make) -> None:
    opd = await make.organization(kind=OrganizationKind.opd)
    await _graduate(make, await _held(make, organization=opd), 5)
    api = api.as_(await make.staff(Role.opd, opd))

    refused = await api.get("/v1/reports/outcomes", segment="disability")
    behind = await api.get("/v1/reports/outcomes/participants", segment="disability")

    assert (refused.status_code, behind.status_code) == (403, 403)
    assert "disability" not in {row["key"] for row in await _report(api, by="segment")}


async def test_a_report_comes_as_csv_for_a_spreadsheet(api: Api, make: Make) -> None:
    await _graduate(make, await _held(make, title="=Rumus"), 5)
    api = api.as_(await make.staff(Role.dinas))

    answer = await api.get("/v1/reports/outcomes", by="program", headers={"Accept": "text/csv"})

    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["dimension"] for line in lines] == [one.value for one in Dimension]
    assert {(line["name"], line["all_five"], line["proven"]) for line in lines} == {("'=Rumus", "1", "1")}


async def test_a_report_reads_enrolments_three_times_however_many_groups(
    api: Api, make: Make, statements: list[str]
) -> None:
    for _ in range(3):
        await _graduate(make, await _held(make), 2)
    api = api.as_(await make.staff(Role.dinas))
    await _report(api)
    statements.clear()

    rows = await _report(api, by="program")

    assert len(rows) == 3
    assert len([one for one in statements if "enrolments" in one]) == 3


async def test_a_period_that_ends_before_it_begins_is_refused(api: Api, make: Make) -> None:
    days: dict[str, Any] = {"from": "2026-02-01", "to": "2026-01-01"}

    answer = await api.as_(await make.staff(Role.dinas)).get("/v1/reports/outcomes", **days)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "ends_before_it_starts"

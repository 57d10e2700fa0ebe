"""Readiness: every reason explained, unknown never passes, a consultant confirms, facts that change count at once."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.handlers import begin_day
from plut_api.financing.models import Exit, ExitReason, Readiness, ReadyRow
from plut_api.financing.papers.models import CreditDeclaration
from plut_api.financing.projection import expire_due
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.outcomes.models import Dimension
from plut_api.programs.attendance.models import Score, WhichTest
from plut_api.programs.models import EnrolmentState
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.story import business_whose_rules_are_met, confirmed_business


def results(body: dict[str, list[dict[str, str]]], part: str) -> dict[str, str]:
    return {rule["code"]: rule["result"] for rule in body[part]}


async def test_a_bare_business_learns_every_gate_and_the_next_steps_in_its_language(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner, kbli_code=None, kbli_version=None, started_on=None)

    indonesian = (await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json()
    english = await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness", headers={"Accept-Language": "en"})

    assert (indonesian["status"], indonesian["score"]) == ("building", 0)
    assert results(indonesian, "gates") == {
        "U-G01": "fail",
        "U-G02": "unknown",
        "U-G03": "fail",
        "U-G04": "unknown",
        "U-G05": "fail",
        "U-G06": "unknown",
        "U-G07": "unknown",
    }
    assert [step["code"][:3] for step in indonesian["next_steps"][:7]] == ["U-G"] * 7
    assert indonesian["next_steps"][2]["step"] == "Urus NIB gratis di PLUT"
    assert english.json()["next_steps"][2]["step"] == "Get a NIB at PLUT, free of charge"


async def test_papers_in_order_and_a_year_at_one_site_make_it_ready(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)

    body = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/readiness")).json()

    assert set(results(body, "gates").values()) == {"pass"}
    assert (body["status"], body["score"]) == ("ready", 70)
    assert [(step["code"], step["gain"]) for step in body["next_steps"]] == [
        ("U-S05", 10),
        ("U-S06", 10),
        ("U-S08", 10),
    ]


async def test_one_gate_short_is_almost(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}"
    etag = (await me.get(path)).headers["etag"]
    assert (await me.patch(path, etag=etag, nib=None)).status_code == 200

    body = (await me.get(f"{path}/readiness")).json()

    assert (body["status"], results(body, "gates")["U-G03"]) == ("almost", "fail")


async def test_a_consultant_confirms_what_is_ready_and_nothing_else(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)
    path = f"/v1/actors/{business.actor.id}/readiness/confirm"
    bare = await make.actor(business.owner, kbli_code=None, kbli_version=None)

    by_stranger = await api.as_(await make.staff(Role.consultant)).post(path, note="Siap.")
    by_owner = await api.as_(business.owner).post(path, note="Saya siap.")
    by_dinas = await api.as_(await make.staff(Role.dinas)).post(path, note="Siap.")
    confirmed = await api.as_(business.consultant).post(path, note="Berkas lengkap.")
    too_early = await api.as_(business.consultant).post(f"/v1/actors/{bare.id}/readiness/confirm", note="Siap.")

    assert (by_stranger.status_code, by_stranger.json()["code"]) == (404, "actor_not_found")
    assert (by_owner.status_code, by_owner.json()["code"]) == (403, "consultant_only")
    assert by_dinas.status_code == 403
    assert confirmed.json()["confirmed_at"] is not None
    assert (too_early.status_code, too_early.json()["code"]) == (409, "not_ready")
    assert too_early.json()["reasons"][0]["next_step"]


@pytest.mark.parametrize("role", [Role.bank, Role.ojk, Role.opd])
async def test_others_have_no_way_to_the_explanation(api: Api, make: Make, role: Role) -> None:
    business = await business_whose_rules_are_met(make)

    answer = await api.as_(await make.staff(role)).get(f"/v1/actors/{business.actor.id}/readiness")

    assert answer.status_code in (403, 404)


async def test_a_fact_that_changes_ends_the_confirmation_through_the_worker(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}"
    figures: dict[str, Any] = {"year": clock.today().year, "sales_idr": 4_800_000_001}

    assert (await me.post(f"{path}/annual-figures", **figures)).status_code == 201
    await work_off(settings)

    async with sessions() as db:
        kept = await db.get_one(Readiness, business.actor.id)
        assert (kept.status, kept.confirmed_at) == ("almost", None)
        assert await db.get(ReadyRow, business.actor.id) is None


async def test_what_makes_it_better_keeps_the_confirmation(
    api: Api, make: Make, settings: Settings, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)
    path = f"/v1/actors/{business.actor.id}/annual-figures"
    done: dict[str, Any] = {"state": EnrolmentState.completed, "completed_at": clock.now()}
    enrolment = await make.enrolment(person=business.owner, actor=business.actor, **done)
    await make.outcome(enrolment, Dimension.product, reached_level=2, reached_at=clock.now())
    figures: dict[str, Any] = {
        "year": clock.today().year,
        "sales_idr": 90_000_000,
        "workers_female": 2,
        "workers_male": 0,
    }

    assert (await api.as_(business.owner).post(path, **figures)).status_code == 201
    await work_off(settings)

    async with sessions() as db:
        assert (await db.get_one(Readiness, business.actor.id)).score == 80
        assert '"workers": 2' in (await db.get_one(ReadyRow, business.actor.id)).identified


async def test_every_rule_says_from_which_day_its_value_is(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)

    body = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/readiness")).json()

    seen = {rule["code"]: (rule["value"], rule["as_of"]) for rule in body["gates"] + body["signals"]}
    today = clock.today().isoformat()
    assert seen["U-G01"] == ("true", today)
    assert seen["U-G04"] == ("120000000", today)
    assert seen["U-G02"][1] is None
    assert seen["U-G05"] == ("false", today)
    assert seen["U-S01"] == ("6", today)


async def test_sales_of_years_ago_decide_nothing(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    await make.figure(actor, year=clock.today().year - 3)

    body = (await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json()

    assert results(body, "gates")["U-G04"] == "fail"


async def test_training_before_there_was_a_business_counts_for_it(api: Api, make: Make) -> None:
    owner = await make.person()
    other = await make.person()
    actor = await make.actor(owner)
    program = await make.program(topics=["finance.literacy"], has_post_test=True)
    for person, points in ((owner, 70), (other, 90)):
        seat = await make.enrolment(program, person, state=EnrolmentState.completed, completed_at=clock.now())
        await make.add(
            Score(enrolment_id=seat.id, test=WhichTest.post, score=points, noted_at=clock.now(), noted_by=new_id())
        )

    body = (await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json()

    assert {r["code"]: (r["value"], r["result"]) for r in body["signals"]}["U-S08"] == ("70", "pass")


async def test_a_new_day_judges_what_is_confirmed_anew_and_forgets_old_exits(
    api: Api, make: Make, app: FastAPI, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)
    await make.add(
        Exit(
            actor_id=business.actor.id,
            regency_code="52.71",
            size_class="micro",
            kbli_code="10794",
            reason=ExitReason.changed,
            created_at=clock.now() - timedelta(days=32),
        )
    )
    enter_runtime(Runtime(app.state.settings, app.state.engine))
    async with unit_of_work(sessions) as db:
        await db.execute(
            update(CreditDeclaration)
            .values(declared_on=clock.today() - timedelta(days=90))
            .execution_options(synchronize_session=False)
        )

    with clock.clock_at(clock.now() + timedelta(days=1)):
        await begin_day(0)

    async with sessions() as db:
        kept = await db.get_one(Readiness, business.actor.id)
        assert (kept.status, kept.score, kept.confirmed_at) == ("almost", 70, None)
        assert [e.reason for e in await db.scalars(select(Exit))] == ["no_longer_ready"]


async def test_a_confirmation_runs_out_after_ninety_days(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await confirmed_business(api, make)

    with clock.clock_at(clock.now() + timedelta(days=91)):
        async with unit_of_work(sessions) as db:
            assert await expire_due(db) == 1

    async with sessions() as db:
        assert await db.get(ReadyRow, business.actor.id) is None


async def test_a_consultant_ends_a_confirmation_once(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    path = f"/v1/actors/{business.actor.id}/readiness/withdraw-confirmation"

    ended = await api.as_(business.consultant).post(path, reason="Usaha pindah.")
    again = await api.as_(business.consultant).post(path, reason="Usaha pindah.")

    assert ended.json()["confirmed_at"] is None
    assert (again.status_code, again.json()["code"]) == (409, "not_confirmed")

"""Clocks of referrals: working days, what is late, what runs out, and what the Dinas sees of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import Referral, ReferralBreach, ReferralTransition
from plut_api.financing.referrals.jobs import look_at_clocks
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.outbox import Event
from plut_api.reference.models import Holiday
from plut_api.reference.working_days import working_day_after, working_day_before
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import REFERRALS, moved, refer, referred, taken_to
from tests.financing.story import confirmed_business

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def in_worker(app: FastAPI, settings: Settings) -> None:
    """Code of the worker can run in the test itself."""
    enter_runtime(Runtime(settings, app.state.engine))


async def backdated(sessions: Sessions, days: int) -> None:
    """Every referral has stood where it stands for so many days more, and its clock with it."""
    async with unit_of_work(sessions) as db:
        past = {
            "state_since": Referral.state_since - timedelta(days=days),
            "due_at": Referral.due_at - timedelta(days=days),
        }
        await db.execute(update(Referral).values(past))


async def events(sessions: Sessions, name: str) -> list[dict[str, str]]:
    async with sessions() as db:
        return list(await db.scalars(select(Event.facts).where(Event.name == name).order_by(Event.id)))


async def test_weekends_holidays_and_joint_leave_are_no_working_days(sessions: Sessions) -> None:
    async with sessions() as db:
        off = set(await db.scalars(select(Holiday.day).where(Holiday.day.between(date(2026, 3, 1), date(2026, 4, 30)))))
        counted = date(2026, 3, 16)
        for _ in range(10):
            counted += timedelta(days=1)
            while counted.weekday() >= 5 or counted in off:
                counted += timedelta(days=1)

        after = await working_day_after(db, date(2026, 3, 16), 10)
        back = await working_day_before(db, after, 10)

    assert len(off) > 3, "Nyepi and Idul Fitri fall into it"
    assert (after, date(2026, 3, 16) <= back <= date(2026, 3, 24)) == (counted, True)


async def test_a_state_is_due_at_the_end_of_its_last_working_day(api: Api, make: Make, sessions: Sessions) -> None:
    _, _, bank, path = await referred(api, make)
    async with sessions() as db:
        last = await working_day_after(db, clock.today(), 2)

    submitted = (await bank.get(path)).json()
    received = (await moved(bank, path, "received")).json()

    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), clock.WITA).astimezone(UTC)
    assert (submitted["due_at"], submitted["is_late"]) == (end.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), False)
    assert received["due_at"] > submitted["due_at"]


@pytest.mark.usefixtures("in_worker")
async def test_a_clock_that_ran_out_is_noted_once_and_seen_by_the_dinas(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business, bank, _, path = await referred(api, make)
    dinas = api.as_(await make.staff(Role.dinas))
    await backdated(sessions, 20)

    for _ in range(2):
        await look_at_clocks(0)

    facts = await events(sessions, "referral.late")
    async with sessions() as db:
        breaches = list(await db.scalars(select(ReferralBreach)))
    assert [(f["organization_id"], f["side"], f["state"]) for f in facts] == [(str(bank.id), "bank", "submitted")]
    assert [str(b.referral_id) for b in breaches] == [path.rpartition("/")[2]]
    late = (await dinas.get(REFERRALS, late="true", bank=str(bank.id))).json()["data"]
    assert [(row["is_late"], row["purpose"], row["actor_id"]) for row in late] == [(True, None, str(business.actor.id))]
    assert (await dinas.get(REFERRALS, late="false")).json()["data"] == []


@pytest.mark.usefixtures("in_worker")
async def test_what_nobody_moves_runs_out_when_its_time_is_over_and_not_before(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "in_review")
    await moved(bank, path, "info_requested", documents=[{"kind": "tax_id"}])
    await backdated(sessions, 30)
    await look_at_clocks(0)
    early = (await bank.get(path)).json()["state"]
    await backdated(sessions, 60)

    await look_at_clocks(0)

    ended = (await bank.get(path)).json()
    assert (early, ended["state"], ended["allowed_moves"]) == ("info_requested", "expired", [])
    last = (await bank.get(f"{path}/transitions")).json()["data"][-1]
    assert (last["caller_role"], last["reason_code"]) == ("system", "ran_out")
    consents = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/consents")).json()["data"]
    assert [c["withdrawn_at"] is None for c in consents] == [False]
    assert len(await events(sessions, "referral.expired")) == 1


@pytest.mark.usefixtures("in_worker")
async def test_a_draft_that_runs_out_is_nobody_elses_business(api: Api, make: Make, sessions: Sessions) -> None:
    business = await confirmed_business(api, make)
    bank = await make.bank()
    await make.consent(business.actor, bank)
    path = (await refer(api.as_(business.owner), business, bank, submit=False)).headers["location"]
    await backdated(sessions, 60)

    await look_at_clocks(0)

    assert (await api.as_(business.owner).get(path)).json()["state"] == "expired"
    assert [sorted(f) for f in await events(sessions, "referral.expired")] == [["actor_id", "scheme"]]
    consents = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/consents")).json()["data"]
    assert [c["withdrawn_at"] for c in consents] == [None]


async def test_clocks_of_banks_tell_open_late_and_the_days_in_the_middle(
    api: Api, make: Make, sessions: Sessions, statements: list[str]
) -> None:
    business, bank, machine, path = await referred(api, make)
    await taken_to(machine, path, "received")
    async with unit_of_work(sessions) as db:
        entered = clock.now() - timedelta(days=14)
        first = ReferralTransition.to_state == "submitted"
        await db.execute(update(ReferralTransition).where(first).values(created_at=entered))
    await backdated(sessions, 20)
    async with sessions() as db:
        days = 0
        day = entered.astimezone(clock.WITA).date()
        while day < clock.today():
            day = await working_day_after(db, day, 1)
            days += day <= clock.today()
    dinas = api.as_(await make.staff(Role.dinas))
    statements.clear()

    told = (await dinas.get("/v1/financing/referral-clocks")).json()["data"]
    counted = len(statements)
    own = (await machine.get("/v1/financing/referral-clocks")).json()["data"]
    other = api.as_(await make.client(await make.bank(), "financing:read"))

    assert [
        (r["bank_id"], r["state"], r["side"], r["open_count"], r["late_count"], r["ended_count"]) for r in told
    ] == [
        (str(bank.id), "submitted", "bank", 0, 0, 1),
        (str(bank.id), "received", "bank", 1, 1, 0),
    ]
    assert [r["median_working_days"] for r in told] == [days, None]
    assert (own, (await other.get("/v1/financing/referral-clocks")).json()["data"]) == (told, [])
    assert (await api.as_(business.owner).get("/v1/financing/referral-clocks")).status_code == 403
    assert counted < 8, statements

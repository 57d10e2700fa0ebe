"""Quotas: shared by all processes, told in headers, never exceeded."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.rate_limits import Meter, Quota, RateWindow, forget_old_windows, take
from plut_api.quotas import class_of, quotas
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.kit.workshop import workshop_app

Sessions = async_sessionmaker[AsyncSession]
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


async def test_two_processes_together_allow_what_the_quota_says_and_no_call_more(sessions: Sessions) -> None:
    quota = Quota("shared", 100, 60)
    one, other = Meter(quota, sessions), Meter(quota, sessions)

    with clock.clock_at(NOON):
        standings = [await meter.count("bank") for _ in range(80) for meter in (one, other)]

    assert sum(standing.allowed for standing in standings) == 100
    assert not standings[-1].allowed


async def test_calls_at_the_same_moment_are_counted_each(sessions: Sessions) -> None:
    quota = Quota("parallel", 60, 60)
    meters = [Meter(quota, sessions) for _ in range(3)]

    with clock.clock_at(NOON):
        standings = await asyncio.gather(*(meter.count("bank") for _ in range(15) for meter in meters))
        standings += [await meter.count("bank") for meter in meters for _ in range(60)]  # Leases that were left.

    assert sum(standing.allowed for standing in standings) == 60


async def test_most_calls_ask_no_database(sessions: Sessions) -> None:
    meter = Meter(Quota("leased", 1000, 60), sessions)

    with clock.clock_at(NOON):
        for _ in range(50):
            await meter.count("bank")
    async with sessions() as db:
        used = await db.scalar(select(RateWindow.used))

    assert used == 50  # One lease of a twentieth.


async def test_one_key_does_not_use_up_the_quota_of_another(sessions: Sessions) -> None:
    meter = Meter(Quota("keys", 2, 60), sessions)

    with clock.clock_at(NOON):
        greedy = [(await meter.count("greedy")).allowed for _ in range(4)]
        modest = await meter.count("modest")

    assert greedy == [True, True, False, False]
    assert modest.allowed


async def test_the_next_window_begins_whole(sessions: Sessions) -> None:
    meter = Meter(Quota("window", 1, 60), sessions)

    with clock.clock_at(NOON + timedelta(seconds=20)):
        first, second = await meter.count("bank"), await meter.count("bank")
    with clock.clock_at(NOON + timedelta(seconds=60)):
        third = await meter.count("bank")

    assert [first.allowed, second.allowed, third.allowed] == [True, False, True]
    assert second.resets_in == 40
    assert second.field == '"window";r=0;t=40'


async def test_a_take_counts_at_once_and_for_all(sessions: Sessions) -> None:
    quota = Quota("codes", 5, 3600)

    async def one() -> int:
        async with unit_of_work(sessions) as db:
            return await take(db, quota, "+628123")

    with clock.clock_at(NOON):
        assert sorted(await asyncio.gather(*(one() for _ in range(8)))) == list(range(1, 9))


async def test_old_windows_are_forgotten_and_the_present_one_is_not(sessions: Sessions) -> None:
    quota = Quota("tidy", 5, 60)
    with clock.clock_at(datetime.now(UTC) - timedelta(hours=3)):
        async with unit_of_work(sessions) as db:
            await take(db, quota, "old")

    async with unit_of_work(sessions) as db:
        await take(db, quota, "new")
        await forget_old_windows(db)
        left = list(await db.scalars(select(RateWindow.key)))

    assert left == ["tidy:new"]


@pytest.fixture
def small(settings: Settings, app: FastAPI, sessions: Sessions) -> tuple[Api, Api]:
    """Two processes of an installation that allows twenty calls a minute."""
    strict = settings.model_copy(update={"rate_limit_per_minute": 20})
    return Api(workshop_app(strict)), Api(workshop_app(strict))


async def test_each_answer_tells_what_is_left_and_the_last_one_when_to_come_back(small: tuple[Api, Api]) -> None:
    with clock.clock_at(NOON):
        answers = [await small[n % 2].get("/v1/regions", limit=1) for n in range(22)]
        unmetered = await small[0].get("/livez")

    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 2
    assert answers[0].headers["ratelimit-policy"] == '"read";q=20;w=60'
    assert answers[0].headers["ratelimit"] == '"read";r=19;t=60'
    refused = answers[-1]
    assert refused.json()["code"] == "too_many_requests"
    assert refused.headers["ratelimit"] == '"read";r=0;t=60'
    assert refused.headers["retry-after"] == "60"
    assert unmetered.status_code == 200
    assert "ratelimit" not in unmetered.headers


async def test_who_signs_in_has_a_quota_of_their_own(small: tuple[Api, Api], make: Make) -> None:
    api, _ = small
    staff = api.as_(await make.staff(Role.dinas))

    with clock.clock_at(NOON):
        for _ in range(21):
            anonymous = await api.get("/v1/regions", limit=1)
        signed_in = await staff.get("/v1/workshop/own")
        forged = await api.get("/v1/regions", limit=1, headers={"Authorization": "Bearer forged"})

    assert (anonymous.status_code, signed_in.status_code, forged.status_code) == (429, 200, 429)


@pytest.mark.parametrize(
    ("method", "path", "accept", "expected"),
    [
        ("GET", "/v1/regions", None, "read"),
        ("HEAD", "/v1/regions", "*/*", "read"),
        ("OPTIONS", "/v1/people", None, "read"),
        ("GET", "/v1/financing/ready-list", "application/json", "read"),
        ("GET", "/docs", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "read"),
        ("GET", "/v1/programs", "application/json, text/plain, */*", "read"),
        ("GET", "/v1/financing/ready-list", "application/x-ndjson", "export"),
        ("GET", "/v1/financing/ready-list", "TEXT/CSV", "export"),
        ("GET", "/v1/financing/ready-list", "text/*", "export"),
        ("GET", "/v1/financing/ready-list", "application/json;q=0, */*", "export"),
        ("GET", "/v1/me/data", "application/json", "export"),
        ("POST", "/v1/imports", None, "export"),
        ("POST", "/v1/people", None, "write"),
        ("POST", "/v1/people/duplicate-check", None, "check"),
        ("PATCH", "/v1/programs/1", None, "write"),
        ("DELETE", "/v1/actors/1/consents/2", None, "write"),
        ("POST", "/oauth/otp", None, "sign-in"),
        ("POST", "/oauth/token", None, "sign-in"),
        ("POST", "/oauth/passwords", None, "sign-in"),
        ("POST", "/v1/me/totp/confirmation", None, "sign-in"),
        ("DELETE", "/v1/me/totp", None, "sign-in"),
    ],
)
def test_each_kind_of_operation_has_its_class(method: str, path: str, accept: str | None, expected: str) -> None:
    headers = [(b"host", b"plut")] + ([(b"accept", accept.encode())] if accept else [])

    assert class_of({"type": "http", "method": method, "path": path, "headers": headers}) == expected


def test_a_class_without_a_setting_of_its_own_has_its_share_of_the_reads(settings: Settings) -> None:
    given = settings.model_copy(update={"rate_limit_per_minute": 1200, "write_limit_per_minute": 7})

    assert {name: quota.calls for name, quota in quotas(given).items()} == {
        "read": 1200,
        "write": 7,
        "export": 60,
        "sign-in": 60,
        "check": 30,
    }


async def test_who_has_used_up_one_class_still_has_the_others(small: tuple[Api, Api], make: Make) -> None:
    api, _ = small
    staff = api.as_(await make.staff(Role.dinas))

    with clock.clock_at(NOON):
        writes = [await staff.post("/v1/workshop/echo", name="Kopi") for _ in range(6)]
        stream = [
            await api.request("GET", "/v1/workshop/stream", headers={"Accept": "text/csv"}, checked=False)
            for _ in range(2)
        ]
        read = await staff.get("/v1/workshop/own")

    assert [answer.status_code for answer in writes] == [200] * 5 + [429]
    assert writes[-1].headers["ratelimit"] == '"write";r=0;t=60'
    assert [answer.status_code for answer in stream] == [200, 429]
    assert stream[-1].headers["ratelimit-policy"] == '"export";q=1;w=60'
    assert (read.status_code, read.headers["ratelimit"]) == (200, '"read";r=19;t=60')


async def test_sign_in_is_counted_by_address_whoever_signs_in(small: tuple[Api, Api], make: Make) -> None:
    one, other = [small[n].as_(await make.staff(Role.dinas)) for n in range(2)]

    with clock.clock_at(NOON):
        answers = [await api.post("/oauth/otp", phone="081234567890") for api in (one, other)]

    assert [answer.status_code for answer in answers] == [202, 429]
    assert answers[0].headers["ratelimit"] == '"sign-in";r=0;t=60'


async def test_a_quota_of_one_operation_counts_refused_calls_too(workshop: Api, sessions: Sessions) -> None:
    with clock.clock_at(NOON):
        answers = [await workshop.get("/v1/workshop/metered") for _ in range(4)]
    async with sessions() as db:
        used = await db.scalar(select(func.sum(RateWindow.used)).where(RateWindow.key == "workshop:somebody"))

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[2].headers["retry-after"] == "3600"
    assert used == 4


async def test_calls_that_arrive_together_share_one_lease_and_leave_the_rest_to_others(sessions: Sessions) -> None:
    quota = Quota("burst", 1200, 60)
    one, other = Meter(quota, sessions), Meter(quota, sessions)

    with clock.clock_at(NOON):
        first = await asyncio.gather(*(one.count("bank") for _ in range(32)))
        second = await asyncio.gather(*(other.count("bank") for _ in range(32)))

    async with sessions() as db:
        leased = await db.scalar(select(func.sum(RateWindow.used)).where(RateWindow.key == "burst:bank"))
    assert all(standing.allowed for standing in [*first, *second])
    assert leased == 120

"""The stream of events: in order, without gaps, each once, to those whom it concerns, and thin."""

from asyncio import create_task, gather, sleep
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.integration.events.catalogue import CATALOGUE
from plut_api.kit import outbox
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.relay import relay
from plut_api.organizations.models import Organization, OrganizationKind
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def bank(make: Make) -> Organization:
    """The organization that follows."""
    return await make.organization(OrganizationKind.bank)


async def record(sessions: Sessions, bank: Organization, *subjects: UUID, name: str = "referral.submitted") -> None:
    async with unit_of_work(sessions) as db:
        for subject in subjects:
            facts = {"actor_id": new_id(), "organization_id": bank.id, "score": 71}
            await outbox.record(db, name, subject, by=None, **facts)


async def number(sessions: Sessions) -> int:
    async with unit_of_work(sessions) as db:
        return await relay(db)


async def follow(me: Api, after: str | None = None, **query: Any) -> dict[str, Any]:
    answer = await me.get("/v1/events", **query | ({"after": after} if after else {}))
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_bank_follows_what_concerns_it_and_goes_on_from_where_it_was(
    api: Api, make: Make, bank: Organization, sessions: Sessions
) -> None:
    me, subjects = api.as_(await make.staff(Role.bank, bank)), [new_id() for _ in range(5)]
    await record(sessions, bank, *subjects[:3])
    await record(sessions, await make.organization(OrganizationKind.bank), new_id())
    await number(sessions)

    first = await follow(me, limit=2)
    second = await follow(me, first["after"], limit=2)
    await record(sessions, bank, *subjects[3:])
    await number(sessions)
    third = await follow(me, second["after"])
    nothing = await follow(me, third["after"])

    seen = [row["subject_id"] for page in (first, second, third) for row in page["data"]]
    assert seen == [str(subject) for subject in subjects]
    assert (first["has_more"], second["has_more"], nothing["data"]) == (True, False, [])


async def test_an_event_is_thin(api: Api, make: Make, bank: Organization, sessions: Sessions) -> None:
    subject = new_id()
    await record(sessions, bank, subject)
    await number(sessions)

    [row] = (await follow(api.as_(await make.staff(Role.bank, bank))))["data"]

    assert (row["type"], row["href"]) == ("referral.submitted", f"/v1/financing/referrals/{subject}")
    assert set(row["data"]) == {"actor_id"}


async def test_the_dinas_follows_everything_that_is_told_outside_and_nothing_else(
    api: Api, make: Make, bank: Organization, sessions: Sessions
) -> None:
    dinas = await make.staff(Role.dinas)
    await record(sessions, bank, new_id(), name="consent.given")
    await record(sessions, bank, new_id(), name="person.changed")
    await number(sessions)

    rows = (await follow(api.as_(dinas)))["data"]

    assert [row["type"] for row in rows] == ["consent.given"]


async def test_only_types_asked_for_are_told(api: Api, make: Make, bank: Organization, sessions: Sessions) -> None:
    await record(sessions, bank, new_id())
    await record(sessions, bank, new_id(), name="consent.withdrawn")
    await number(sessions)

    rows = (await follow(api.as_(await make.staff(Role.bank, bank)), type=["consent.withdrawn"]))["data"]

    assert [row["type"] for row in rows] == ["consent.withdrawn"]


async def test_what_commits_late_is_not_passed_over(
    api: Api, make: Make, bank: Organization, sessions: Sessions
) -> None:
    me, late, early = api.as_(await make.staff(Role.bank, bank)), new_id(), new_id()

    async def linger() -> None:
        async with unit_of_work(sessions) as db:
            await outbox.record(db, "referral.submitted", late, by=None, organization_id=bank.id)
            await sleep(0.3)

    slow = create_task(linger())
    await sleep(0.1)
    await record(sessions, bank, early)
    await number(sessions)
    first = await follow(me)
    await slow
    await number(sessions)
    second = await follow(me, first["after"])

    assert [row["subject_id"] for row in first["data"]] == [str(early)]
    assert [row["subject_id"] for row in second["data"]] == [str(late)]


async def test_writers_and_relays_at_once_leave_no_gap_and_no_double(
    api: Api, make: Make, bank: Organization, sessions: Sessions
) -> None:
    me, subjects = api.as_(await make.staff(Role.bank, bank)), [new_id() for _ in range(60)]
    seen: list[str] = []
    after = None

    async def write(own: list[UUID]) -> None:
        for subject in own:
            await record(sessions, bank, subject)

    writers = [create_task(write(subjects[at::6])) for at in range(6)]
    while not all(writer.done() for writer in writers) or await number(sessions):
        await gather(number(sessions), number(sessions))
        page = await follow(me, after)
        seen, after = seen + [row["subject_id"] for row in page["data"]], page["after"]
    page = await follow(me, after)
    seen += [row["subject_id"] for row in page["data"]]

    assert sorted(seen) == sorted(str(subject) for subject in subjects)
    async with sessions() as db:
        gaps = text(
            "SELECT count(*), max(position) - min(position) + 1 FROM feed_entries WHERE organization_id = :bank"
        )
        count, reach = (await db.execute(gaps, {"bank": bank.id})).one()
    assert count == reach == 60


async def test_a_place_belongs_to_an_organization_and_its_filters(
    api: Api, make: Make, bank: Organization, sessions: Sessions
) -> None:
    me, other = api.as_(await make.staff(Role.bank, bank)), api.as_(await make.staff(Role.bank))
    after = (await follow(me))["after"]

    answers = [
        await other.get("/v1/events", after=after),
        await me.get("/v1/events", after=after, type="consent.given"),
        await me.get("/v1/events", after="QUJD"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(400, "invalid_cursor")] * 3


async def test_a_machine_of_a_bank_follows_with_its_scope(
    api: Api, make: Make, bank: Organization, sessions: Sessions
) -> None:
    await record(sessions, bank, new_id())
    await number(sessions)

    rows = (await follow(api.as_(await make.client(bank, "events:read"))))["data"]

    assert len(rows) == 1


async def test_every_type_is_told_with_its_words(api: Api) -> None:
    told = (await api.get("/v1/event-types", headers={"Accept-Language": "en"})).json()["data"]

    assert {row["type"] for row in told} == set(CATALOGUE)
    assert all(row["words"] for row in told)

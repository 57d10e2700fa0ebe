"""Officers are people: they are told what is held, taken out when erased, and one after two records are merged."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.records.models import CooperativeOfficer, CooperativeRevision
from plut_api.financing.models import CooperativeReadiness, ReadinessStatus
from plut_api.kit import outbox
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.worker import work_off
from tests.actors.merging.records import merge, undo, without_account
from tests.actors.test_erasure import PHONE, erased
from tests.conftest import Api
from tests.cooperatives.records.keeping import complete_file, path_of, trained
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


async def seated(api: Api, make: Make, person: Person) -> tuple[Cooperative, str]:
    """A cooperative whose treasurer is a registered person, and where that record is."""
    cooperative = await make.cooperative()
    body: dict[str, Any] = {"organ": "board", "post": "treasurer", "person_id": str(person.id), "since": "2025-06-02"}
    answer = await api.as_(await make.staff()).post(path_of(cooperative, "officers"), **body)
    assert answer.status_code == 201, answer.text
    return cooperative, answer.headers["location"]


async def test_a_post_is_told_to_who_holds_it_and_goes_with_them(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await make.person(phone=PHONE)
    _, place = await seated(api, make, person)
    await api.as_(await make.staff()).patch(place, etag='"1"', has_kin=True)

    told = (await api.as_(person).get("/v1/me/data")).json()
    answer = await erased(api, app, person)
    async with sessions() as db:
        left = [*await db.scalars(select(CooperativeOfficer)), *await db.scalars(select(CooperativeRevision))]

    (section,) = [section for section in told["sections"] if section["name"] == "cooperative_officers"]
    assert (section["rows"][0]["post"], section["rows"][0]["has_kin"]) == ("treasurer", True)
    assert answer.status_code == 200, answer.text
    assert left == []


async def test_the_post_of_two_records_of_one_person_is_the_survivors_and_parts_again(
    api: Api, make: Make, sessions: Sessions
) -> None:
    survivor, merged = await make.person(), await make.person()
    await seated(api, make, merged)
    await without_account(sessions, merged)
    dinas = api.as_(await make.staff())

    done = await merge(dinas, "people", survivor, merged)
    together = await holder(sessions)
    await undo(dinas, done["id"])

    assert (together, await holder(sessions)) == (survivor.id, merged.id)


async def test_a_training_of_an_officer_has_the_cooperative_judged_again(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    cooperative = await make.cooperative(nik_koperasi="5271010079145")
    await complete_file(make, cooperative, await make.staff(Role.consultant))
    officer = await trained(make, cooperative)

    async with unit_of_work(sessions) as db:
        await outbox.record(db, "enrolment.completed", new_id(), by=None, person_id=officer.id)
    await work_off(app.state.settings)

    async with sessions() as db:
        kept = await db.scalar(select(CooperativeReadiness))
    assert kept is not None
    assert (kept.cooperative_id, kept.status, kept.score) == (cooperative.id, ReadinessStatus.ready, 100)


async def holder(sessions: Sessions) -> UUID | None:
    """Who holds the only post there is."""
    async with sessions() as db:
        found: UUID | None = await db.scalar(select(CooperativeOfficer.person_id))
    return found

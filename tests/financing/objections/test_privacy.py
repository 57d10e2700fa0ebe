"""What is held of objections, and what is left of them when their owner is erased."""

from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.objections.models import Objection, ObjectionState
from tests.actors.test_erasure import PHONE, erased
from tests.conftest import Api
from tests.factories import Make
from tests.financing.objections.objecting import WHY, answer_to, objected


async def test_the_owner_is_told_all_and_erased_leaves_no_words(
    api: Api, app: FastAPI, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    owner = await make.person(phone=PHONE)
    actor, account = await make.actor(owner), await make.consultant_of(owner)
    answered, waiting = await objected(api, owner, actor), await objected(api, owner, actor, rule="U-G01")
    await answer_to(api.as_(account), answered, "dismiss", answer="NIB itu milik usaha lain.")

    told = {s["name"]: s["rows"] for s in (await api.as_(owner).get("/v1/me/data")).json()["sections"]}
    done = await erased(api, app, owner)

    rows = {row["id"]: row for row in told["readiness_objections"]}
    assert (rows[answered["id"]]["reason"], rows[answered["id"]]["made_by"]) == (WHY, "self")
    assert rows[answered["id"]]["answer"] == "NIB itu milik usaha lain."
    assert done.status_code == 200, done.text
    async with sessions() as db:
        left = [await db.get_one(Objection, UUID(one["id"])) for one in (answered, waiting)]
    assert [row.state for row in left] == [ObjectionState.dismissed, ObjectionState.withdrawn]
    assert {row.reason_sealed for row in left} | {row.answer_sealed for row in left} == {None}

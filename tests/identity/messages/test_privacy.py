"""What messages hold of a person is told to them, and goes with them; once two people are one, so are their wishes."""

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.identity.messages.models import MessagePreference
from plut_api.kit import messages
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.merging import Merge, Of, run
from plut_api.kit.messages.delivering import deliver_due
from plut_api.kit.messages.models import Message, MessageDelivery
from plut_api.personal import HOOKS
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.identity.signing_in import sent_code
from tests.kit.messages.steps import DECISION, without_account, written

Sessions = async_sessionmaker[AsyncSession]
PHONE = "+6281200000031"


async def test_ones_own_data_tells_messages_deliveries_and_wishes_but_no_code(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await make.person(phone=PHONE)
    me = api.as_(person)
    await me.patch("/v1/me/preferences", etag=(await me.get("/v1/me/preferences")).headers["etag"], channels=["sms"])
    await written(sessions, person.id, DECISION)
    await written(sessions, person.id, "sign_in_code")
    await deliver_due(app.state.settings, sessions)

    answer = await me.get("/v1/me/data")

    sections = {section["name"]: section["rows"] for section in answer.json()["sections"]}
    assert [row["template"] for row in sections["messages"]] == [DECISION]
    assert "Baiq Sri" in sections["messages"][0]["facts"]
    assert [row["address"] for row in sections["message_deliveries"]] == [PHONE]
    assert sections["message_preferences"][0]["channels"] == ["sms"]
    assert "042917" not in answer.text


async def test_erasing_a_person_leaves_no_message_no_address_and_no_wish(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person, other = await make.person(phone=PHONE), await make.person()
    me = api.as_(person)
    await me.patch("/v1/me/preferences", etag=(await me.get("/v1/me/preferences")).headers["etag"], channels=["sms"])
    await written(sessions, person.id, DECISION)
    await written(sessions, messages.Address.phone(PHONE), "sign_in_code")
    kept = await written(sessions, other.id, DECISION)
    await deliver_due(app.state.settings, sessions)

    await me.post("/v1/me/erasure")
    answer = await me.post("/v1/me/erasure/confirm", code=sent_code(app, PHONE))

    async with sessions() as db:
        left = list(await db.scalars(select(Message.id)))
        logged = list(await db.scalars(select(MessageDelivery.message_id)))
        wishes = await db.scalar(select(func.count()).select_from(MessagePreference))
    assert answer.status_code == 200, answer.text
    assert (left, logged, wishes) == ([kept], [kept], 0)


async def merged_into(make: Make, sessions: Sessions, survivor: Person, merged: Person) -> None:
    """What a merge does to wishes."""
    caller = caller_for(await make.staff(Role.dinas))
    async with unit_of_work(sessions) as db:
        at = await db.scalar(select(func.now()))
        assert at is not None
        await run(Merge(db, caller, Of.people, survivor.id, merged.id, at))


async def test_without_wishes_of_their_own_a_survivor_takes_those_of_the_merged_record(
    app: FastAPI, make: Make, sessions: Sessions
) -> None:
    assert HOOKS
    survivor, merged = await without_account(make, PHONE), await without_account(make, PHONE)
    await make.add(MessagePreference(person_id=merged.id, channels=["whatsapp"], muted_kinds=[]))

    await merged_into(make, sessions, survivor, merged)

    async with sessions() as db:
        assert list(await db.scalars(select(MessagePreference.person_id))) == [survivor.id]


async def test_the_survivors_own_wishes_stay(app: FastAPI, make: Make, sessions: Sessions) -> None:
    survivor, merged = await without_account(make, PHONE), await without_account(make, PHONE)
    for person, ways in ((survivor, ["sms"]), (merged, ["whatsapp"])):
        await make.add(MessagePreference(id=new_id(), person_id=person.id, channels=ways, muted_kinds=[]))

    await merged_into(make, sessions, survivor, merged)

    async with sessions() as db:
        query = select(MessagePreference.channels).where(MessagePreference.person_id == survivor.id)
        assert list(await db.scalars(query)) == [["sms"]]

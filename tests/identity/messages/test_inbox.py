"""The inbox: everything that was said to somebody but codes, newest first, in the language asked for."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock, messages
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from tests.conftest import Api
from tests.factories import Make
from tests.kit.messages.steps import DECISION, REMINDER, written

Sessions = async_sessionmaker[AsyncSession]
INBOX = "/v1/me/messages"


async def test_messages_to_account_and_person_lie_in_one_inbox_newest_first(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    assert person.account_id is not None
    ids = [await written(sessions, person.id, DECISION), await written(sessions, person.account_id, REMINDER)]

    answer = (await api.as_(person).get(INBOX)).json()

    assert [each["id"] for each in answer["data"]] == [str(each) for each in reversed(ids)]
    newest = answer["data"][0]
    assert (newest["kind"], newest["template"], newest["read_at"]) == ("reminder", "certificate_ends", None)
    assert newest["subject"] == "Sertifikat akan berakhir"
    assert "P-IRT milik Kopi Sembalun berakhir 30 September 2026" in newest["text"]


async def test_the_text_is_in_the_language_of_the_reader(api: Api, make: Make, sessions: Sessions) -> None:
    person = await make.person()
    await written(sessions, person.id, REMINDER)

    answer = await api.as_(person).get(INBOX, headers={"Accept-Language": "en"})

    assert "P-IRT of Kopi Sembalun ends on 30 September 2026" in answer.json()["data"][0]["text"]


async def test_codes_and_what_is_for_later_and_for_others_never_lie_here(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person, other = await make.person(phone="+6281200000001"), await make.person()
    await written(sessions, messages.Address.phone("+6281200000001"), "sign_in_code")
    await written(sessions, person.id, "sign_in_code")
    await written(sessions, other.id, DECISION)
    await written(sessions, person.id, DECISION, not_before=clock.now() + timedelta(minutes=3))

    now = (await api.as_(person).get(INBOX)).json()["data"]
    with clock.clock_at(clock.now() + timedelta(minutes=5)):
        later = (await api.as_(person).get(INBOX)).json()["data"]

    assert (len(now), len(later)) == (0, 1)


async def test_unread_ones_are_counted_and_reading_twice_changes_nothing(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    ids = [await written(sessions, person.id, DECISION) for _ in range(3)]
    me = api.as_(person)

    first = await me.post(f"{INBOX}/{ids[1]}/read")
    second = await me.post(f"{INBOX}/{ids[1]}/read")
    unread = (await me.get(INBOX, unread=True, include="total", limit=1)).json()
    read = (await me.get(INBOX, unread=False)).json()

    assert first.json()["read_at"] is not None
    assert second.json() == first.json()
    assert (unread["total"], len(unread["data"])) == (2, 1)
    assert [each["id"] for each in read["data"]] == [str(ids[1])]


async def test_pages_hold_together_and_kinds_are_filtered(api: Api, make: Make, sessions: Sessions) -> None:
    person = await make.person()
    ids = [await written(sessions, person.id, DECISION if number % 2 else REMINDER) for number in range(5)]
    me, seen, cursor = api.as_(person), [], ""

    while True:
        query: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = (await me.get(INBOX, limit=2, **query)).json()
        seen += [each["id"] for each in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == [str(each) for each in reversed(ids)]
    assert len((await me.get(INBOX, kind="decision")).json()["data"]) == 2


async def test_anothers_message_and_a_code_and_none_look_alike(api: Api, make: Make, sessions: Sessions) -> None:
    person, other = await make.person(), await make.person()
    foreign = await written(sessions, other.id, DECISION)
    code = await written(sessions, person.id, "sign_in_code")

    answers = [await api.as_(person).post(f"{INBOX}/{each}/read") for each in (foreign, code, new_id())]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "message_not_found")}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.person, Role.client}))
async def test_staff_of_every_house_have_an_inbox(api: Api, make: Make, sessions: Sessions, role: Role) -> None:
    account = await make.staff(role)
    await written(sessions, (await make.staff(role)).id, DECISION)
    message_id = await written(sessions, account.id, DECISION)

    listed = (await api.as_(account).get(INBOX)).json()["data"]
    read = await api.as_(account).post(f"{INBOX}/{message_id}/read")

    assert [each["id"] for each in listed] == [str(message_id)]
    assert read.status_code == 200


async def test_a_message_whose_words_are_lost_still_lets_the_inbox_open(
    api: Api, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    await written(sessions, person.id, DECISION)
    lost = await written(sessions, person.id, DECISION)
    async with sessions() as db, db.begin():
        (await db.get_one(Message, lost)).facts_sealed = b"no seal"

    data = (await api.as_(person).get(INBOX)).json()["data"]

    assert data[0]["text"] == "Pesan ini tidak dapat ditampilkan lagi."
    assert "Baiq Sri" in data[1]["text"]


async def test_a_page_takes_as_many_statements_for_many_messages_as_for_few(
    api: Api, app: FastAPI, make: Make, sessions: Sessions, statements: list[str]
) -> None:
    person = await make.person()
    counts = []
    await api.as_(person).get(INBOX)

    for _ in range(2):
        for _ in range(10):
            await written(sessions, person.id, DECISION)
        statements.clear()
        await api.as_(person).get(INBOX)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 4

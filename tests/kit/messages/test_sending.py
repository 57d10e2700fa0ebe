"""Writing messages: with the transaction, once where asked for, and only what a template knows."""

from asyncio import gather
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from plut_api.kit import clock, messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from tests.factories import Make
from tests.kit.messages.steps import FACTS, REMINDER, Sessions, message, written


async def count(sessions: Sessions) -> int:
    async with sessions() as db:
        return await db.scalar(select(func.count()).select_from(Message)) or 0


async def test_what_is_undone_was_never_said(app: FastAPI, sessions: Sessions) -> None:
    async with sessions() as db:
        await messages.send(db, to=new_id(), template=REMINDER, facts=FACTS[REMINDER])
        await db.rollback()

    assert await count(sessions) == 0


async def test_facts_and_addresses_are_sealed(app: FastAPI, sessions: Sessions) -> None:
    message_id = await written(sessions, messages.Address.phone("+6281200000001"), "sign_in_code")

    kept = await message(sessions, message_id)

    stored = (kept.facts_sealed or b"") + (kept.address_sealed or b"")
    assert b"042917" not in stored
    assert b"81200000001" not in stored
    assert "81200000001" not in repr(messages.Address.phone("+6281200000001"))


async def test_the_same_thing_is_said_once_however_many_say_it_at_once(app: FastAPI, sessions: Sessions) -> None:
    person_id = new_id()

    async def say() -> object:
        async with unit_of_work(sessions) as db:
            return await messages.send(db, to=person_id, template=REMINDER, facts=FACTS[REMINDER], dedupe_key="2026")

    said = await gather(*(say() for _ in range(6)))

    assert sum(one is not None for one in said) == 1
    assert await count(sessions) == 1


async def test_many_are_told_by_one_statement_and_nobody_twice(
    app: FastAPI, sessions: Sessions, statements: list[str]
) -> None:
    letters = [messages.Letter(new_id(), FACTS[REMINDER], "2026") for _ in range(20)]

    async with unit_of_work(sessions) as db:
        statements.clear()
        first = await messages.send_all(db, template=REMINDER, letters=letters)
        inserts = [sql for sql in statements if sql.startswith("INSERT")]
        second = await messages.send_all(db, template=REMINDER, letters=[*letters, letters[0]])
        none = await messages.send_all(db, template=REMINDER, letters=[])

    assert (first, second, none, len(inserts)) == (20, 0, 0, 1)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"template": "no_such_thing"}, LookupError),
        ({"template": REMINDER, "facts": {"business": "Kopi"}}, ValueError),
        ({"template": REMINDER, "facts": {**FACTS[REMINDER], "more": 1}}, ValueError),
        ({"template": REMINDER, "facts": FACTS[REMINDER], "kind": messages.Kind.code}, ValueError),
    ],
)
async def test_what_no_template_knows_cannot_be_said(
    app: FastAPI, sessions: Sessions, given: dict[str, object], error: type[Exception]
) -> None:
    async with sessions() as db:
        with pytest.raises(error):
            await messages.send(db, to=new_id(), **given)  # type: ignore[arg-type]


async def test_what_is_for_later_is_not_in_the_inbox_before(app: FastAPI, make: Make, sessions: Sessions) -> None:
    later = clock.now() + timedelta(days=3)

    kept = await message(sessions, await written(sessions, new_id(), not_before=later))

    assert (kept.not_before, kept.shown_from) == (later, later)

"""The order in which messages are due, and that a backlog costs a look no more than a few rows."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from plut_api.kit import clock, messages
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.queue import due
from tests.kit.messages.steps import DECISION, REMINDER, Sessions, later, written

BACKLOG = """
    INSERT INTO messages (id, kind, template, state, attempts, not_before, shown_from)
    SELECT gen_random_uuid(), 'reminder', 'certificate_ends', 'waiting', 0, now() - n * interval '1 second', now()
    FROM generate_series(1, 20000) n
"""


async def test_codes_come_first_then_decisions_then_the_rest_by_age(app: FastAPI, sessions: Sessions) -> None:
    reminder = await written(sessions, new_id(), REMINDER)
    decision = await written(sessions, new_id(), DECISION)
    older = await written(sessions, new_id(), DECISION)
    code = await written(sessions, messages.Address.phone("+6281200000001"), "sign_in_code")
    async with unit_of_work(sessions) as db:
        earlier = clock.now() - timedelta(minutes=1)
        await db.execute(text("UPDATE messages SET not_before = :at WHERE id = :id"), {"at": earlier, "id": older})

    with later(seconds=1):
        async with unit_of_work(sessions) as db:
            found = [message.id for message in await due(db, None, 10)]
        async with unit_of_work(sessions) as db:
            first = [message.id for message in await due(db, None, 1)]
            async with unit_of_work(sessions) as other:
                second = [message.id for message in await due(other, None, 1)]

    assert found == [code, older, decision, reminder]
    assert first == [code]
    assert second != [code], "what somebody else holds is passed over"


@pytest.mark.usefixtures("unmeasured")
async def test_a_backlog_of_thousands_is_not_read_to_find_a_few(app: FastAPI, sessions: Sessions) -> None:
    one_kind = """
        EXPLAIN (ANALYZE, FORMAT TEXT) SELECT id FROM messages WHERE state = 'waiting' AND kind = 'reminder'
            AND channel IS NULL AND not_before <= now() AND (leased_until IS NULL OR leased_until <= now())
        ORDER BY not_before LIMIT 8 FOR UPDATE SKIP LOCKED
    """
    async with unit_of_work(sessions) as db:
        await db.execute(text(BACKLOG))
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        await db.execute(text("SET LOCAL enable_sort = off"))
        plan = "\n".join(await db.scalars(text(one_kind)))

    assert "Index Scan using ix_messages_unplanned" in plan
    assert "Sort" not in plan
    assert "rows=8" in plan

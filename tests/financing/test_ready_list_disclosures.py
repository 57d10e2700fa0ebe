"""Whoever was identified to a bank is in the disclosure log before the answer leaves; who was masked is not."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.privacy.models import Disclosure
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import PATH, bank_and_machine, changes, consent, whole
from tests.financing.story import confirmed_business

Sessions = async_sessionmaker[AsyncSession]
WAYS = ("application/json", "application/x-ndjson", "text/csv")


async def disclosed(sessions: Sessions) -> list[tuple[UUID | None, list[UUID]]]:
    """To which organization which businesses were shown, a block a line."""
    async with sessions() as db:
        rows = await db.scalars(select(Disclosure).order_by(Disclosure.id))
        return [(row.organization_id, row.actor_ids) for row in rows]


@pytest.mark.parametrize("accept", WAYS)
async def test_each_way_of_reading_the_list_notes_the_identified_alone(
    api: Api, make: Make, sessions: Sessions, accept: str
) -> None:
    known, _masked = [await confirmed_business(api, make, number) for number in range(2)]
    organization, bank = await bank_and_machine(api, make)
    await consent(api, known, organization)

    answer = await bank.get(PATH, headers={"Accept": accept})

    assert answer.status_code == 200
    assert await disclosed(sessions) == [(organization.id, [known.actor.id])]


@pytest.mark.parametrize("accept", WAYS[:2])
async def test_changes_note_the_identified_too(api: Api, make: Make, sessions: Sessions, accept: str) -> None:
    known, masked = [await confirmed_business(api, make, number) for number in range(2)]
    organization, bank = await bank_and_machine(api, make)
    _, token = await whole(bank)
    await consent(api, known, organization)

    await bank.get(PATH, changed_since=token, headers={"Accept": accept})

    assert masked.actor.id != known.actor.id
    assert await disclosed(sessions) == [(organization.id, [known.actor.id])]


async def test_a_page_notes_what_it_shows_and_not_what_it_read_ahead(api: Api, make: Make, sessions: Sessions) -> None:
    organization, bank = await bank_and_machine(api, make)
    for number in range(2):
        await consent(api, await confirmed_business(api, make, number), organization)

    page = (await bank.get(PATH, limit=1)).json()

    assert await disclosed(sessions) == [(organization.id, [UUID(page["data"][0]["id"])])]


async def test_a_list_that_is_all_masked_discloses_nothing(api: Api, make: Make, sessions: Sessions) -> None:
    await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    _, token = await whole(bank)
    await changes(bank, token)

    assert await disclosed(sessions) == []

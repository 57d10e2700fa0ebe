"""The organization hears that an endpoint of theirs was disabled, unless it is back by then."""

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.identity.messages.test_notices import told
from tests.identity.signing_in import put_settings
from tests.integration.webhooks.receiver import receiving


async def test_the_staff_of_an_organization_hear_that_their_endpoint_was_disabled(
    api: Api,
    app: FastAPI,
    make: Make,
    sessions: async_sessionmaker[AsyncSession],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=True)
    bank = await make.bank()
    teller, colleague, stranger = [await make.staff(Role.bank, of) for of in (bank, bank, None)]
    async with receiving() as receiver:
        made = (await api.as_(teller).post("/v1/webhook-endpoints", url=receiver.url)).json()
        await work_off(app.state.settings)
        receiver.status = 410

        await api.as_(teller).post(f"/v1/webhook-endpoints/{made['id']}/test")
        await work_off(app.state.settings)

    read = (await api.as_(teller).get(f"/v1/webhook-endpoints/{made['id']}")).json()
    heard = await told(sessions, "webhook_endpoint_disabled")
    assert (read["state"], read["disabled_reason"]) == ("disabled", "gone")
    assert set(heard) == {teller.id, colleague.id}
    assert stranger.id not in heard

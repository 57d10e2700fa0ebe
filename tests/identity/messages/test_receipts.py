"""What gateways tell afterwards: signed, once or twice, and what will not arrive goes another way."""

import base64
import hmac
import json
from asyncio import gather
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.messages.models import MessagePreference
from plut_api.kit import clock, messages
from plut_api.kit.messages.delivering import deliver_due
from plut_api.kit.messages.models import MessageState, Outcome
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import put_settings
from tests.kit.messages.gateway import FakeGateway, fake_gateway
from tests.kit.messages.steps import DECISION, log_of, message, using, written

Sessions = async_sessionmaker[AsyncSession]
SECRET = "rahasia-bersama-contoh"
PATH = "/v1/gateway/receipts"


@pytest.fixture
async def gateways(
    api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Settings, FakeGateway, FakeGateway]]:
    """Gateways for WhatsApp and SMS that share a secret with the house."""
    put_settings(monkeypatch, app, gateway_secret=SecretStr(SECRET))
    with fake_gateway() as sms, fake_gateway() as whatsapp:
        yield using(app.state.settings, sms, whatsapp), sms, whatsapp


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None, of: bytes | None = None) -> dict[str, str]:
    """Headers of a receipt; `of` is another body that was signed instead."""
    stamp = str(int(clock.now().timestamp() if at is None else at))
    digest = hmac.digest(secret.encode(), f"r-1.{stamp}.".encode() + (body if of is None else of), "sha256")
    return {
        "webhook-id": "r-1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "Content-Type": "application/json",
    }


async def told(api: Api, gateway_id: str, state: str, channel: str = "whatsapp", **signature: Any) -> httpx.Response:
    """The answer to a receipt."""
    body = json.dumps({"channel": channel, "id": gateway_id, "state": state}).encode()
    return await api.request("POST", PATH, content=body, headers=signed(body, **signature))


async def sent(make: Make, sessions: Sessions, settings: Settings) -> UUID:
    """A decision that WhatsApp took as `gw-1`."""
    person = await make.person()
    await make.add(MessagePreference(account_id=person.account_id, channels=["whatsapp", "sms"], muted_kinds=[]))
    message_id = await written(sessions, person.id, DECISION)
    await deliver_due(settings, sessions)
    return message_id


async def test_a_receipt_says_that_a_message_arrived_and_twice_changes_nothing(
    api: Api, make: Make, sessions: Sessions, gateways: tuple[Settings, FakeGateway, FakeGateway]
) -> None:
    message_id = await sent(make, sessions, gateways[0])

    answers = [await told(api, "gw-1", "delivered") for _ in range(2)] + [await told(api, "gw-1", "undelivered")]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert (await message(sessions, message_id)).state is MessageState.delivered
    assert [each.outcome for each in await log_of(sessions, message_id)] == [Outcome.delivered]


async def test_what_will_not_arrive_goes_by_the_next_channel_once(
    api: Api, make: Make, sessions: Sessions, gateways: tuple[Settings, FakeGateway, FakeGateway]
) -> None:
    settings, sms, whatsapp = gateways
    message_id = await sent(make, sessions, settings)

    answers = await gather(*(told(api, "gw-1", "undelivered") for _ in range(4)))
    await deliver_due(settings, sessions)
    await deliver_due(settings, sessions)

    assert {answer.status_code for answer in answers} == {204}
    assert (len(whatsapp.got), len(sms.got)) == (1, 1)
    assert [each.outcome for each in await log_of(sessions, message_id)] == [Outcome.undelivered, Outcome.sent]
    assert (await message(sessions, message_id)).state is MessageState.sent


async def test_a_code_that_did_not_arrive_is_not_sent_again(
    api: Api, make: Make, sessions: Sessions, gateways: tuple[Settings, FakeGateway, FakeGateway]
) -> None:
    code = await written(sessions, messages.Address.phone("+6281200000001"), "sign_in_code")
    await deliver_due(gateways[0], sessions)

    answer = await told(api, "gw-1", "undelivered", channel="sms")

    kept = await message(sessions, code)
    assert (answer.status_code, kept.state, kept.reason) == (204, MessageState.failed, "undelivered")


@pytest.mark.parametrize(
    "signature",
    [
        {"secret": "lain"},
        {"at": 0},
        {"at": 99_999_999_999},
        {"of": b"{}"},
    ],
)
async def test_who_does_not_hold_the_secret_or_comes_late_tells_nothing(
    api: Api,
    make: Make,
    sessions: Sessions,
    gateways: tuple[Settings, FakeGateway, FakeGateway],
    signature: dict[str, Any],
) -> None:
    message_id = await sent(make, sessions, gateways[0])

    answer = await told(api, "gw-1", "undelivered", **signature)

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_refused")
    assert (await message(sessions, message_id)).state is MessageState.sent


async def test_one_of_several_signatures_suffices_so_that_a_secret_can_change(
    api: Api, make: Make, sessions: Sessions, gateways: tuple[Settings, FakeGateway, FakeGateway]
) -> None:
    await sent(make, sessions, gateways[0])
    body = json.dumps({"channel": "whatsapp", "id": "gw-1", "state": "delivered"}).encode()
    new, old = signed(body, secret="baru"), signed(body)
    old["webhook-signature"] = f"{new['webhook-signature']} {old['webhook-signature']}"

    assert (await api.request("POST", PATH, content=body, headers=old)).status_code == 204


async def test_without_a_secret_no_receipt_is_taken(api: Api, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    put_settings(monkeypatch, app, gateway_secret=None)

    assert (await told(api, "gw-1", "delivered", secret="")).status_code == 401


async def test_an_unknown_id_and_one_of_another_channel_are_not_found(
    api: Api, make: Make, sessions: Sessions, gateways: tuple[Settings, FakeGateway, FakeGateway]
) -> None:
    await sent(make, sessions, gateways[0])

    answers = [await told(api, "gw-9", "delivered"), await told(api, "gw-1", "delivered", channel="sms")]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "delivery_not_found")}

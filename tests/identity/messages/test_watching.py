"""What the Dinas watches over: where messages stand, what they cost, and that the money is spent."""

import json
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock, messages
from plut_api.kit.messages.delivering import deliver_due
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.identity.staff_steps import mails
from tests.kit.messages.gateway import fake_gateway
from tests.kit.messages.steps import DECISION, at, using, written

Sessions = async_sessionmaker[AsyncSession]
DELIVERIES, SPENDING = "/v1/messages/deliveries", "/v1/messages/spending"
PHONE = "+6281200000001"


async def test_the_dinas_sees_what_waits_and_what_failed_without_texts_and_recipients(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await make.person(phone=PHONE)
    later = clock.now() + timedelta(days=2)
    waiting = await written(sessions, person.id, DECISION, not_before=later)
    with fake_gateway(status=400) as sms:
        failed = await written(sessions, person.id, DECISION)
        code = await written(sessions, messages.Address.phone("+6281200000002"), "sign_in_code")
        await deliver_due(using(app.state.settings, sms), sessions)
    dinas = api.as_(await make.staff())

    by_state = {state: (await dinas.get(DELIVERIES, state=state)).json()["data"] for state in ("waiting", "failed")}
    codes = (await dinas.get(DELIVERIES, kind="code", channel="sms")).json()["data"]
    everything = await dinas.get(DELIVERIES, include="total")

    assert [each["id"] for each in by_state["waiting"]] == [str(waiting)]
    assert [each["id"] for each in by_state["failed"]] == [str(code), str(failed)]
    assert {each["reason"] for each in by_state["failed"]} == {"no_channel_left"}
    assert codes == []  # Of no channel any more.
    assert everything.json()["total"] == 3
    told = json.dumps(everything.json())
    assert not any(each in told for each in (PHONE, "Baiq Sri", "042917", str(person.id)))


async def test_the_dinas_sees_what_each_day_cost_newest_first(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    with fake_gateway() as sms:
        settings = using(app.state.settings, sms, messages_daily_idr=350, messages_reserve_idr=700)
        for days in (0, 1):
            with at(10, days=days):
                for _ in range(2):
                    await written(sessions, (await make.person()).id, DECISION)
                await deliver_due(settings, sessions)
                today = clock.today().isoformat()
    dinas = api.as_(await make.staff())

    first, second = (await dinas.get(SPENDING)).json()["data"]

    assert first["day"] == today > second["day"]
    assert (first["ordinary_idr"], first["reserve_idr"], first["sms_idr"]) == (350, 350, 700)
    assert (first["cap_idr"], first["reserve_cap_idr"], first["whatsapp_idr"]) == (350, 700, 0)
    assert first["cap_reached_at"] is not None
    assert first["reserve_reached_at"] is None


async def test_the_dinas_is_told_once_a_day_that_the_money_is_spent(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    officer = await make.staff()
    await mails(app)
    with fake_gateway() as sms, at(10):
        settings = using(app.state.settings, sms, messages_daily_idr=350)
        for _ in range(4):
            await written(sessions, (await make.person()).id)
        await work_off(settings)
        await work_off(settings)
        inbox = (await api.as_(officer).get("/v1/me/messages")).json()["data"]

    sent = [subject for address, subject, _ in await mails(app) if address == officer.email]
    assert [each["template"] for each in inbox] == ["spending_cap"]
    assert "Rp350" in inbox[0]["text"]
    assert sent == ["Anggaran pesan hari ini habis"]


async def test_nobody_else_looks(api: Api, make: Make) -> None:
    for who in (await make.person(), await make.consultant_of()):
        for path in (DELIVERIES, SPENDING):
            assert (await api.as_(who).get(path)).status_code == 403

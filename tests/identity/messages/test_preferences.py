"""How people want to be told: by themselves or by an officer who serves them; codes and decisions always come."""

import email
from asyncio import gather
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.mail import outbox
from plut_api.kit.messages.delivering import deliver_due
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import put_settings
from tests.kit.messages.gateway import fake_gateway
from tests.kit.messages.steps import DECISION, at, later, using, without_account, written

Sessions = async_sessionmaker[AsyncSession]
MINE = "/v1/me/preferences"
EMAIL = "inaq.contoh@contoh.example"


def mails_to(app: FastAPI, address: str) -> list[str]:
    """Texts of the mails that left for an address, oldest first."""
    files: list[Path] = sorted(outbox(app.state.settings).glob("*.eml"))
    found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [str(mail.get_content()) for mail in found if mail["To"] == address]


async def changed(api: Api, path: str = MINE, **changes: Any) -> Any:
    """The answer to a change from what is there now."""
    etag = (await api.get(path)).headers["etag"]
    return await api.patch(path, etag=etag, **changes)


async def test_who_never_chose_is_shown_what_holds(api: Api, make: Make) -> None:
    answer = await api.as_(await make.person()).get(MINE)

    assert answer.json() == {
        "language": "id",
        "channels": ["sms", "email"],
        "has_smartphone": True,
        "quiet_from": "21:00",
        "quiet_to": "06:00",
        "muted_kinds": [],
        "email": None,
        "email_confirmed": False,
    }


async def test_what_was_chosen_is_kept_and_null_brings_the_default_back(api: Api, make: Make) -> None:
    me = api.as_(await make.person())
    wishes: dict[str, Any] = {
        "language": "en",
        "channels": ["whatsapp", "sms"],
        "quiet_from": "20:15",
        "quiet_to": "07:00",
    }

    first = await changed(me, **wishes, muted_kinds=["offer"], has_smartphone=False)
    second = await changed(me, quiet_from=None, quiet_to=None)

    assert first.json() | wishes == first.json()
    assert (first.json()["muted_kinds"], first.json()["has_smartphone"]) == (["offer"], False)
    assert (second.json()["quiet_from"], second.json()["channels"]) == ("21:00", ["whatsapp", "sms"])
    assert (await me.get("/v1/me")).json()["language"] == "en"
    assert (await me.get(MINE)).json() == second.json()


async def test_the_etag_moves_with_the_language_of_the_account_too(api: Api, make: Make) -> None:
    me = api.as_(await make.person())
    before = (await me.get(MINE)).headers["etag"]
    await me.patch("/v1/me", etag=(await me.get("/v1/me")).headers["etag"], language="en")

    stale = await me.patch(MINE, etag=before, channels=["sms"])

    assert stale.status_code == 412
    assert (await me.patch(MINE, etag=None, channels=["sms"])).status_code == 428


async def test_of_changes_at_once_one_wins(api: Api, make: Make) -> None:
    me = api.as_(await make.person())
    etag = (await me.get(MINE)).headers["etag"]

    answers = await gather(*(me.patch(MINE, etag=etag, muted_kinds=["offer"]) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


async def test_all_faults_come_at_once(api: Api, make: Make) -> None:
    me = api.as_(await make.person())

    answer = await changed(me, muted_kinds=["offer", "code", "decision"], quiet_from="20:00")

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("#/muted_kinds/1", "always_sent"),
        ("#/muted_kinds/2", "always_sent"),
        ("#/quiet_from", "quiet_hours_incomplete"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"channels": []},
        {"channels": ["sms", "sms"]},
        {"channels": ["pigeon"]},
        {"quiet_from": "24:00"},
        {"quiet_from": "9:00"},
        {"email": "no address"},
        {"language": None},
        {"has_smartphone": None},
        {"unknown": 1},
        {},
    ],
)
async def test_what_is_no_wish_is_refused(api: Api, make: Make, body: dict[str, Any]) -> None:
    answer = await changed(api.as_(await make.person()), **body)

    assert answer.status_code == 422


async def test_an_address_is_used_once_its_code_came_back(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    me = api.as_(person)

    given = await changed(me, email=EMAIL.upper(), channels=["email"])
    (text,) = mails_to(app, EMAIL)
    await written(sessions, person.id, DECISION)
    await deliver_due(app.state.settings, sessions)
    before = len(mails_to(app, EMAIL))
    confirmed = await me.post(f"{MINE}/email-confirmation", code=text[:6])
    again = await me.post(f"{MINE}/email-confirmation", code=text[:6])
    await written(sessions, person.id, DECISION)
    await deliver_due(app.state.settings, sessions)

    assert (given.json()["email"], given.json()["email_confirmed"]) == (EMAIL, False)
    assert before == 1
    assert (confirmed.status_code, confirmed.json()["email_confirmed"]) == (200, True)
    assert (again.status_code, again.json()["code"]) == (409, "no_email_to_confirm")
    assert len(mails_to(app, EMAIL)) == 2


async def test_a_wrong_code_a_code_of_another_and_one_for_another_address_confirm_nothing(
    api: Api, app: FastAPI, make: Make
) -> None:
    mine, yours = api.as_(await make.person()), api.as_(await make.person())
    await changed(mine, email="satu@contoh.example")
    await changed(yours, email="satu@contoh.example")
    first, second = (text[:6] for text in mails_to(app, "satu@contoh.example"))
    await changed(mine, email="dua@contoh.example")

    answers = [await mine.post(f"{MINE}/email-confirmation", code=code) for code in ("000000", first, second)]

    assert {answer.json()["code"] for answer in answers} == {"email_code_refused"}
    assert (await yours.post(f"{MINE}/email-confirmation", code=second)).status_code == 200


async def test_another_code_for_an_address_takes_patience(api: Api, app: FastAPI, make: Make) -> None:
    me = api.as_(await make.person())
    await changed(me, email="tiga@contoh.example")

    soon = await changed(me, email="tiga@contoh.example")
    with later(seconds=31):
        patient = await changed(me, email="tiga@contoh.example")

    assert (soon.status_code, soon.json()["code"]) == (429, "resend_too_soon")
    assert patient.status_code == 200
    assert len(mails_to(app, "tiga@contoh.example")) == 2


async def test_another_address_has_to_be_confirmed_anew_and_null_removes_it(api: Api, app: FastAPI, make: Make) -> None:
    me = api.as_(await make.person())
    await changed(me, email="empat@contoh.example")
    await me.post(f"{MINE}/email-confirmation", code=mails_to(app, "empat@contoh.example")[0][:6])

    same = await changed(me, email="empat@contoh.example")
    other = await changed(me, email="lima@contoh.example")
    removed = await changed(me, email=None)

    assert (same.json()["email_confirmed"], other.json()["email_confirmed"]) == (True, False)
    assert (removed.json()["email"], removed.json()["email_confirmed"]) == (None, False)
    assert len(mails_to(app, "empat@contoh.example")) == 1


@pytest.mark.parametrize("role", [Role.dinas, Role.consultant, Role.bank, Role.opd, Role.ojk])
async def test_staff_choose_too_but_their_address_is_the_one_they_sign_in_by(api: Api, make: Make, role: Role) -> None:
    account = await make.staff(role)
    me = api.as_(account)

    own = (await me.get(MINE)).json()
    quiet = await changed(me, quiet_from="18:00", quiet_to="07:30", language="en")
    refused = await changed(me, email="lain@contoh.example")

    assert (own["email"], own["email_confirmed"], own["channels"]) == (account.email, True, ["email"])
    assert (quiet.status_code, quiet.json()["quiet_to"]) == (200, "07:30")
    assert refused.json()["errors"][0]["code"] == "email_of_staff"


async def test_an_officer_sets_the_wishes_of_who_has_no_account_and_they_hold(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await without_account(make, "+6281200000001")
    path = f"/v1/people/{person.id}/preferences"
    dinas = api.as_(await make.staff())

    answer = await changed(dinas, path, has_smartphone=False, language="en", channels=["whatsapp"])
    await written(sessions, person.id, DECISION)
    with fake_gateway() as sms, fake_gateway() as whatsapp:
        await deliver_due(using(app.state.settings, sms, whatsapp), sessions)

    assert (answer.status_code, answer.json()["language"], answer.json()["has_smartphone"]) == (200, "en", False)
    assert ("accompanies you" in sms.texts[0], whatsapp.got) == (True, [])


async def test_an_address_that_an_officer_enters_is_confirmed_by_the_code_that_the_person_reads_out(
    api: Api, app: FastAPI, make: Make
) -> None:
    person = await without_account(make, "+6281200000001")
    path = f"/v1/people/{person.id}/preferences"
    dinas = api.as_(await make.staff())
    await changed(dinas, path, email="enam@contoh.example")

    wrong = await dinas.post(f"{path}/email-confirmation", code="000000")
    right = await dinas.post(f"{path}/email-confirmation", code=mails_to(app, "enam@contoh.example")[0][:6])

    assert wrong.json()["code"] == "email_code_refused"
    assert right.json()["email_confirmed"] is True


async def test_a_person_and_their_officer_change_the_same_wishes(api: Api, make: Make) -> None:
    person = await make.person()
    me, consultant = api.as_(person), api.as_(await make.consultant_of(person))

    await changed(consultant, f"/v1/people/{person.id}/preferences", muted_kinds=["reminder"])
    await changed(me, channels=["whatsapp"])

    shown = (await consultant.get(f"/v1/people/{person.id}/preferences")).json()
    assert (shown["muted_kinds"], shown["channels"]) == (["reminder"], ["whatsapp"])
    assert shown == (await me.get(MINE)).json()


async def test_those_whom_a_caller_does_not_serve_look_like_nobody(api: Api, make: Make) -> None:
    person, other = await make.person(), await make.person()
    path = f"/v1/people/{person.id}/preferences"
    stranger = api.as_(await make.consultant_of(other))

    answers = [
        await stranger.get(path),
        await stranger.patch(path, etag='"1"', muted_kinds=["offer"]),
        await stranger.post(f"{path}/email-confirmation", code="123456"),
        await api.as_(other).get(path),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "person_not_found")}


async def test_production_without_a_mail_server_lets_nobody_wait_for_a_mail(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_settings(monkeypatch, app, mode="production")

    answer = await changed(api.as_(await make.person()), email="tujuh@contoh.example")

    assert answer.status_code == 503


async def test_reminders_wait_for_the_hours_that_were_chosen(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    await changed(api.as_(person), quiet_from="07:00", quiet_to="12:00")
    with fake_gateway() as sms:
        with at(9):
            await written(sessions, person.id)
            await deliver_due(using(app.state.settings, sms), sessions)
            early = len(sms.got)
        with at(12):
            await deliver_due(using(app.state.settings, sms), sessions)

    assert (early, len(sms.got)) == (0, 1)
    assert clock.WITA.key == "Asia/Makassar"

"""Another phone: by a code to the new number, or at the counter; the old one hears of it, other devices are out."""

from asyncio import gather
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import select, text

from plut_api.actors.models import Person
from plut_api.identity.purpose_codes import CodePurpose
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.actors.counter import NIK, PHONE, newcomer, pointers, registered
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import bearer, renewed, sent_code, sent_messages, signed_in_person

NEW = "+6281234567899"


async def test_a_person_changes_their_phone_by_a_code_to_the_new_one(
    api: Api, app: FastAPI, make: Make, settings: Settings
) -> None:
    person = await make.person(phone=PHONE)
    here, elsewhere = await signed_in_person(api, app, PHONE), None
    with clock.clock_at(clock.now() + timedelta(seconds=40)):
        elsewhere = await signed_in_person(api, app, PHONE)
    me = bearer(here["access_token"])

    asked = await api.post("/v1/me/phone", headers=me, phone="0812 3456 7899")
    unchanged = (await api.get("/v1/me", headers=me)).json()["phone"]
    done = await api.post("/v1/me/phone/confirm", headers=me, code=sent_code(app, NEW))
    await work_off(settings)

    assert (asked.status_code, asked.headers["location"], unchanged) == (202, "/v1/me/phone/confirm", PHONE)
    assert done.status_code == 204
    assert (await api.get("/v1/me", headers=me)).json()["phone"] == NEW
    assert (await api.get(f"/v1/people/{person.id}", headers=me)).json()["phone"] == NEW
    assert (await renewed(api, here["refresh_token"])).status_code == 200
    assert (await renewed(api, elsewhere["refresh_token"])).status_code == 400
    told = [message for message in sent_messages(app) if message["phone"] == PHONE][-1]
    assert "+62812" in told["text"]
    assert NEW not in told["text"]
    async with app.state.sessions() as db:
        assert "person.phone_changed" in (await db.scalars(select(Event.name))).all()
        sealed = (await db.execute(text("SELECT phone_sealed, person_id FROM phone_changes"))).one()
    assert (sealed.phone_sealed, sealed.person_id) == (None, person.id)


async def test_who_is_not_registered_changes_the_account_alone(api: Api, app: FastAPI) -> None:
    me = api.as_(await newcomer(app))

    await me.post("/v1/me/phone", phone=NEW)
    done = await me.post("/v1/me/phone/confirm", code=sent_code(app, NEW))

    assert (done.status_code, (await me.get("/v1/me")).json()["phone"]) == (204, NEW)


async def test_a_number_of_another_account_shows_only_after_the_right_code(api: Api, app: FastAPI, make: Make) -> None:
    await make.person(phone=NEW)
    me = api.as_(await newcomer(app))

    taken = await me.post("/v1/me/phone", phone=NEW)
    code = sent_code(app, NEW)
    wrong = await me.post("/v1/me/phone/confirm", code=f"{(int(code) + 1) % 1_000_000:06d}")
    right = await me.post("/v1/me/phone/confirm", code=code)
    free = await me.post("/v1/me/phone", phone="+6281234567898")

    assert (taken.status_code, taken.json()) == (free.status_code, free.json())
    assert (wrong.status_code, wrong.json()["code"]) == (409, "code_refused")
    assert (right.status_code, right.json()["code"]) == (409, "phone_taken")
    assert (await me.get("/v1/me")).json()["phone"] == PHONE


async def test_of_two_accounts_that_get_one_number_at_once_one_wins(api: Api, app: FastAPI) -> None:
    first, second = api.as_(await newcomer(app)), api.as_(await newcomer(app, "+6281234567891"))
    await first.post("/v1/me/phone", phone=NEW)
    with clock.clock_at(clock.now() + timedelta(seconds=40)):
        await second.post("/v1/me/phone", phone=NEW)
    code = sent_code(app, NEW)

    answers = await gather(*(one.post("/v1/me/phone/confirm", code=code) for one in (first, second)))

    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_a_code_for_signing_in_or_for_another_number_changes_nothing(api: Api, app: FastAPI) -> None:
    me = api.as_(await newcomer(app))
    nothing = await me.post("/v1/me/phone/confirm", code="123456")
    await api.post("/oauth/otp", phone=NEW)
    to_sign_in = sent_code(app, NEW)
    await me.post("/v1/me/phone", phone=NEW)
    of_first = sent_code(app, NEW)
    await me.post("/v1/me/phone", phone="+6281234567898")

    refused = [await me.post("/v1/me/phone/confirm", code=code) for code in (to_sign_in, of_first)]

    assert (nothing.status_code, nothing.json()["code"]) == (409, "phone_change_not_asked")
    assert {answer.json()["code"] for answer in refused} == {"code_refused"}


async def test_staff_give_somebody_who_lost_their_phone_another_number(
    api: Api, app: FastAPI, make: Make, settings: Settings
) -> None:
    person = await make.person(phone=PHONE, nik=NIK)
    tokens = await signed_in_person(api, app, PHONE)
    officer = api.as_(await make.consultant_of(person))
    path = f"/v1/people/{person.id}/phone"
    await officer.post("/v1/people/codes", phone=NEW, purpose="phone_change")
    proof = {"proof": "own_code", "code": sent_code(app, NEW)}

    unverified = await officer.post(path, phone=NEW, on_behalf=proof)
    await officer.post(f"/v1/people/{person.id}/verify-identity")
    done = await officer.post(path, phone=NEW, on_behalf=proof)
    await work_off(settings)

    assert (unverified.status_code, unverified.json()["code"]) == (409, "identity_not_verified")
    assert (done.status_code, done.json()["phone"]) == (200, NEW)
    assert (await renewed(api, tokens["refresh_token"])).status_code == 400
    told = [message for message in sent_messages(app) if message["phone"] == PHONE][-1]
    assert "+62812••••••99" in told["text"].replace("*", "•")
    again = await signed_in_person(api, app, NEW)
    assert (await api.get("/v1/me", headers=bearer(again["access_token"]))).json()["id"] == str(person.account_id)


async def test_a_signed_paper_will_do_but_never_the_number_of_another_account(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    person = await make.person(phone=PHONE, nik=NIK, identity_verified_at=clock.now(), identity_verified_by=dinas.id)
    await make.person(phone=NEW)
    officer, path = api.as_(dinas), f"/v1/people/{person.id}/phone"

    taken = await officer.post(path, phone=NEW, on_behalf=await make.signed_paper(dinas))
    done = await officer.post(path, phone="+6281234567898", on_behalf=await make.signed_paper(dinas))
    halves = await officer.post(path, phone=NEW, on_behalf={"proof": "own_code"})
    by_herself = await api.as_(person).post(path, phone=NEW, on_behalf={"proof": "own_code", "code": "123456"})

    assert (taken.status_code, taken.json()["code"]) == (409, "phone_taken")
    assert (done.status_code, done.json()["phone"]) == (200, "+6281234567898")
    assert pointers(halves) == {"#/on_behalf/code": "missing"}
    assert (by_herself.status_code, by_herself.json()["code"]) == (403, "staff_only")


async def test_a_number_proven_at_the_counter_takes_the_record_over(api: Api, app: FastAPI, make: Make) -> None:
    officer = await make.staff(Role.dinas)
    made = (await registered(api, make, officer, nik=NIK)).json()["id"]
    await api.as_(officer).post(f"/v1/people/{made}/verify-identity")
    proof = await make.own_code(PHONE, CodePurpose.phone_change)
    await api.as_(officer).post(f"/v1/people/{made}/phone", phone=PHONE, on_behalf=proof)

    taken = await api.as_(await newcomer(app)).post("/v1/me/takeover", record_id=made)

    assert taken.status_code == 200
    async with app.state.sessions() as db:
        assert (await db.scalars(select(Person.account_id))).one() is not None

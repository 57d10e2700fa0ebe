"""Managers of a cooperative: invited by phone, bound by a code, ended; what they see and change of it."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cooperatives.models import BoardRole, Cooperative
from plut_api.identity.models import Language
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import PHONE, put_settings, sent_messages

Sessions = async_sessionmaker[AsyncSession]


async def invited(
    api: Api, app: FastAPI, make: Make, cooperative: Cooperative, phone: str = PHONE, settings: Settings | None = None
) -> tuple[str, str]:
    """The id of a fresh invitation of a phone, and the code that left for it."""
    answer = await api.as_(await make.staff()).post(
        f"/v1/cooperatives/{cooperative.id}/invitations", phone=phone, role_in_board="chair"
    )
    assert answer.status_code == 201, answer.text
    await work_off(settings or app.state.settings)
    return answer.json()["id"], newest_code(app, phone)


def newest_code(app: FastAPI, phone: str = PHONE) -> str:
    """The code in the newest message to a phone."""
    return next(m["text"] for m in reversed(sent_messages(app)) if m["phone"] == phone).split()[0]


async def accepted(api: Api, invitation: str, code: str) -> Any:
    return await api.post(f"/v1/me/cooperative-invitations/{invitation}/accept", code=code)


async def test_the_invited_signs_in_accepts_and_keeps_the_affairs_from_then_on(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    cooperative, person = await make.cooperative(), await make.person(phone=PHONE)
    me, path = api.as_(person), f"/v1/cooperatives/{cooperative.id}"
    before = (await me.get(f"{path}/contact")).status_code

    invitation, code = await invited(api, app, make, cooperative)
    (mine,) = (await me.get("/v1/me/cooperative-invitations")).json()["data"]
    answer = await accepted(me, invitation, code.lower())
    read = await me.get(answer.headers["location"])
    async with sessions() as db:
        events = (await db.scalars(select(Event.name).order_by(Event.id))).all()

    assert (mine["id"], mine["cooperative_name"], mine["role_in_board"]) == (invitation, cooperative.name, "chair")
    assert (answer.status_code, answer.json()["person_id"], answer.json()["until"]) == (201, str(person.id), None)
    assert read.json() == answer.json()
    assert (before, (await me.get(f"{path}/contact")).status_code) == (404, 200)
    assert (await me.get("/v1/me/cooperative-invitations")).json()["data"] == []
    assert events == ["cooperative.manager_invited", "cooperative.manager_accepted"]


async def test_the_code_is_with_the_invited_alone(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    cooperative = await make.cooperative()
    dinas, path = api.as_(await make.staff()), f"/v1/cooperatives/{cooperative.id}/invitations"

    answer = await dinas.post(path, phone=PHONE, role_in_board="secretary")
    async with sessions() as db:
        queued = (await db.execute(text("SELECT args::text FROM procrastinate_jobs"))).scalars().all()
    await work_off(app.state.settings)
    code = newest_code(app).replace("-", "")
    listed = await dinas.get(path)
    async with sessions() as db:
        kept = (await db.execute(text("SELECT code_hash, to_jsonb(i)::text FROM cooperative_invitations i"))).one()

    assert (answer.json()["phone"], answer.json()["state"]) == ("+62812••••••90", "open")
    assert len(code) == 10
    assert kept.code_hash is not None
    for told in (answer.text, listed.text, str(queued), kept[1]):
        assert code not in told
        assert PHONE not in told


@pytest.mark.parametrize(
    ("language", "words"), [(Language.indonesian, "kode undangan"), (Language.english, "invitation")]
)
async def test_the_message_names_the_cooperative_in_the_language_of_the_invited(
    api: Api, app: FastAPI, make: Make, sessions: Sessions, language: Language, words: str
) -> None:
    cooperative, person = await make.cooperative(), await make.person(phone=PHONE)
    await api.as_(person).patch("/v1/me", etag='"1"', language=language.value)

    await invited(api, app, make, cooperative)

    message = sent_messages(app)[-1]["text"]
    assert cooperative.name in message
    assert words in message


async def test_one_code_makes_one_manager_also_at_once(api: Api, app: FastAPI, make: Make) -> None:
    cooperative, person = await make.cooperative(), await make.person(phone=PHONE)
    invitation, code = await invited(api, app, make, cooperative)

    answers = await gather(*(accepted(api.as_(person), invitation, code) for _ in range(5)))
    managers = await api.as_(person).get(f"/v1/cooperatives/{cooperative.id}/managers")

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"invitation_not_open"}
    assert len(managers.json()["data"]) == 1


async def test_a_wrong_code_helps_nobody_and_leaves_the_right_one_good(api: Api, app: FastAPI, make: Make) -> None:
    cooperative, me = await make.cooperative(), api.as_(await make.person(phone=PHONE))
    invitation, code = await invited(api, app, make, cooperative)
    other_invitation, other_code = await invited(api, app, make, await make.cooperative(village_code="52.03.17.2003"))

    wrong = await accepted(me, invitation, "2222222222")
    of_another = await accepted(me, invitation, other_code)
    malformed = await accepted(me, invitation, "123")

    for answer in (wrong, of_another):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "code_wrong")
    assert malformed.status_code == 422
    assert (await accepted(me, invitation, code)).status_code == 201
    assert (await accepted(me, other_invitation, other_code)).status_code == 201


async def test_an_invitation_to_another_phone_is_not_found_even_with_its_code(
    api: Api, app: FastAPI, make: Make
) -> None:
    invitation, code = await invited(api, app, make, await make.cooperative())

    for who in (await make.person(), await make.staff(), await make.staff(Role.consultant)):
        answer = await accepted(api.as_(who), invitation, code)
        assert (answer.status_code, answer.json()["code"]) in ((404, "invitation_not_found"), (409, "register_first"))
        assert (await api.as_(who).get("/v1/me/cooperative-invitations")).json()["data"] == []
    unknown = await accepted(api.as_(await make.person(phone=PHONE)), str(new_id()), code)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "invitation_not_found")


async def test_who_is_invited_registers_first(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    person = await make.person(phone=PHONE)
    invitation, code = await invited(api, app, make, await make.cooperative())
    async with sessions() as db, db.begin():
        row = await db.get_one(type(person), person.id)
        row.account_id = None

    answer = await accepted(api.as_(person), invitation, code)

    assert (answer.status_code, answer.json()["code"]) == (409, "register_first")


async def test_after_seven_days_the_code_is_good_no_more(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    cooperative, me = await make.cooperative(), api.as_(await make.person(phone=PHONE))
    dinas = api.as_(await make.staff())
    invitation, code = await invited(api, app, make, cooperative)
    async with sessions() as db, db.begin():
        await db.execute(
            text("UPDATE cooperative_invitations SET expires_at = expires_at - interval '7 days 1 second'")
        )

    late = await accepted(me, invitation, code)

    assert (late.status_code, late.json()["code"]) == (409, "invitation_not_open")
    path = f"/v1/cooperatives/{cooperative.id}/invitations/{invitation}"
    assert (await dinas.get(path)).json()["state"] == "expired"
    assert (await me.get("/v1/me/cooperative-invitations")).json()["data"] == []


async def test_a_newer_invitation_replaces_the_older_also_at_once(api: Api, app: FastAPI, make: Make) -> None:
    cooperative, me = await make.cooperative(), api.as_(await make.person(phone=PHONE))
    dinas, path = api.as_(await make.staff()), f"/v1/cooperatives/{cooperative.id}/invitations"
    first, old_code = await invited(api, app, make, cooperative)

    answers = await gather(*(dinas.post(path, phone=PHONE, role_in_board="treasurer") for _ in range(4)))
    await work_off(app.state.settings)
    states = Counter(row["state"] for row in (await dinas.get(path)).json()["data"])
    (mine,) = (await me.get("/v1/me/cooperative-invitations")).json()["data"]

    assert {answer.status_code for answer in answers} == {201}
    assert states == {"open": 1, "withdrawn": 4}
    assert (await accepted(me, first, old_code)).json()["code"] == "invitation_not_open"
    assert (await accepted(me, mine["id"], newest_code(app))).json()["role_in_board"] == "treasurer"


async def test_the_dinas_withdraws_an_invitation_once(api: Api, app: FastAPI, make: Make) -> None:
    cooperative, me = await make.cooperative(), api.as_(await make.person(phone=PHONE))
    dinas = api.as_(await make.staff())
    invitation, code = await invited(api, app, make, cooperative)
    path = f"/v1/cooperatives/{cooperative.id}/invitations/{invitation}"
    etag = (await dinas.get(path)).headers["etag"]

    blind = await dinas.delete(path)
    gone = await dinas.delete(path, etag=etag)
    again = await dinas.delete(path, etag=(await dinas.get(path)).headers["etag"])
    unknown = await dinas.delete(f"/v1/cooperatives/{cooperative.id}/invitations/{new_id()}", etag=etag)

    assert [answer.status_code for answer in (blind, gone, again, unknown)] == [428, 204, 409, 404]
    assert (await accepted(me, invitation, code)).json()["code"] == "invitation_not_open"


async def test_an_invitation_that_was_withdrawn_sends_no_code(api: Api, app: FastAPI, make: Make) -> None:
    cooperative = await make.cooperative()
    dinas, path = api.as_(await make.staff()), f"/v1/cooperatives/{cooperative.id}/invitations"
    sentinel, _ = await invited(api, app, make, cooperative, "+6281200000009")
    before = len(sent_messages(app))
    answer = await dinas.post(path, phone=PHONE, role_in_board="chair")

    await dinas.delete(answer.headers["location"], etag=answer.headers["etag"])
    await work_off(app.state.settings)

    assert sentinel
    assert len(sent_messages(app)) == before


async def test_without_a_gateway_production_invites_nobody(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooperative, dinas = await make.cooperative(), api.as_(await make.staff())
    keys = {"data_keys": SecretStr("1:x"), "index_key": SecretStr("x")}
    put_settings(monkeypatch, app, mode="production", sms_gateway="log", **keys)

    answer = await dinas.post(f"/v1/cooperatives/{cooperative.id}/invitations", phone=PHONE, role_in_board="chair")

    assert answer.status_code == 503


async def test_who_is_a_manager_already_does_not_become_one_twice(api: Api, app: FastAPI, make: Make) -> None:
    cooperative, person = await make.cooperative(), await make.person(phone=PHONE)
    await make.manager(cooperative, person)
    invitation, code = await invited(api, app, make, cooperative)

    answer = await accepted(api.as_(person), invitation, code)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_manager")


async def test_only_the_dinas_invites(api: Api, make: Make) -> None:
    cooperative, manager = await make.cooperative(), await make.person()
    await make.manager(cooperative, manager)
    path = f"/v1/cooperatives/{cooperative.id}/invitations"

    for who in (manager, await make.staff(Role.consultant), await make.staff(Role.opd), await make.staff(Role.bank)):
        assert (await api.as_(who).post(path, phone=PHONE, role_in_board="chair")).status_code == 403
        assert (await api.as_(who).get(path)).status_code == 403
    dinas = api.as_(await make.staff())
    unknown = await dinas.post(f"/v1/cooperatives/{new_id()}/invitations", phone=PHONE, role_in_board="chair")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "cooperative_not_found")
    assert (await dinas.get(f"/v1/cooperatives/{new_id()}/invitations")).status_code == 404


async def test_managers_and_the_dinas_see_who_keeps_the_affairs_and_others_do_not(api: Api, make: Make) -> None:
    cooperative, elsewhere = await make.cooperative(), await make.cooperative(village_code="52.03.17.2003")
    chair, treasurer, other = await make.person(phone=PHONE), await make.person(), await make.person()
    first = await make.manager(cooperative, chair)
    second = await make.manager(cooperative, treasurer, role_in_board=BoardRole.treasurer)
    left = await make.manager(cooperative, await make.person(), since=clock.now(), until=clock.now(), ended_by=new_id())
    await make.manager(elsewhere, other)
    path, dinas = f"/v1/cooperatives/{cooperative.id}/managers", api.as_(await make.staff())

    for me in (api.as_(treasurer), dinas):
        rows = (await me.get(path)).json()["data"]
        assert [row["id"] for row in rows] == [str(second.id), str(first.id)]
        assert (rows[1]["full_name"], rows[1]["phone"]) == (chair.full_name, "+62812••••••90")
        everybody = (await me.get(path, in_office=False)).json()["data"]
        assert str(left.id) in {row["id"] for row in everybody}
    assert (await dinas.get(f"{path}/{first.id}")).json()["phone"] == PHONE
    assert (await api.as_(treasurer).get(f"{path}/{first.id}")).json()["phone"] == "+62812••••••90"
    strangers = [await api.as_(other).get(one) for one in (path, f"{path}/{first.id}")]
    assert [(a.status_code, a.json()["code"]) for a in strangers] == [
        (404, "cooperative_not_found"),
        (404, "manager_not_found"),
    ]
    for role in (Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner):
        assert (await api.as_(await make.staff(role)).get(path)).status_code == 403


async def test_the_dinas_ends_any_office_and_a_manager_their_own(api: Api, make: Make, sessions: Sessions) -> None:
    cooperative = await make.cooperative()
    chair, treasurer = await make.person(), await make.person()
    first, second = await make.manager(cooperative, chair), await make.manager(cooperative, treasurer)
    path, dinas = f"/v1/cooperatives/{cooperative.id}", api.as_(await make.staff())

    of_another = await api.as_(chair).delete(f"{path}/managers/{second.id}", etag='"1"')
    blind = await api.as_(chair).delete(f"{path}/managers/{first.id}")
    own = await api.as_(chair).delete(f"{path}/managers/{first.id}", etag='"1"')
    by_dinas = await dinas.delete(f"{path}/managers/{second.id}", etag='"1"')
    again = await dinas.delete(f"{path}/managers/{second.id}", etag='"2"')
    async with sessions() as db:
        events = (await db.scalars(select(Event.name))).all()

    assert (of_another.status_code, of_another.json()["code"]) == (403, "own_office_only")
    assert [answer.status_code for answer in (blind, own, by_dinas, again)] == [428, 204, 204, 409]
    assert again.json()["code"] == "manager_ended"
    for gone in (chair, treasurer):
        assert (await api.as_(gone).get(f"{path}/contact")).status_code == 404
    assert events == ["cooperative.manager_ended"] * 2


async def test_a_manager_changes_contact_data_and_nothing_else(api: Api, make: Make) -> None:
    cooperative, person = await make.cooperative(), await make.person()
    await make.manager(cooperative, person)
    me, path = api.as_(person), f"/v1/cooperatives/{cooperative.id}"
    etag = (await me.get(f"{path}/contact")).headers["etag"]
    contact = {"address": "Dusun Repok", "phone": "0812 0000 0005", "email": "kdmp@contoh.example"}

    changed = await me.patch(f"{path}/contact", etag=etag, **contact)
    stale = await me.patch(f"{path}/contact", etag=etag, address="Lain")
    foreign = await me.patch(f"{path}/contact", etag='"2"', legal_number="AHU-0000001.AH.01.29.TAHUN 2025")
    whole = await me.patch(path, etag='"2"', member_count=1000)
    removed = await me.patch(f"{path}/contact", etag=changed.headers["etag"], phone=None)
    public = await api.get(path)

    assert changed.status_code == 200
    assert changed.json() | contact | {"phone": "+6281200000005"} == changed.json()
    assert (stale.status_code, foreign.status_code, whole.status_code) == (412, 422, 403)
    assert (removed.json()["phone"], removed.json()["address"]) == (None, "Dusun Repok")
    assert public.json()["member_count"] == cooperative.member_count
    assert not {"address", "phone", "email"} & public.json().keys()


async def test_contact_data_of_another_cooperative_is_not_found(api: Api, make: Make) -> None:
    own, other = await make.cooperative(), await make.cooperative(village_code="52.03.17.2003")
    person = await make.person()
    await make.manager(own, person)
    me = api.as_(person)

    for path in (f"/v1/cooperatives/{other.id}/contact", f"/v1/cooperatives/{new_id()}/contact"):
        for answer in (await me.get(path), await me.patch(path, etag='"1"', address="Lain")):
            assert (answer.status_code, answer.json()["code"]) == (404, "cooperative_not_found")
    dinas = api.as_(await make.staff())
    assert (await dinas.patch(f"/v1/cooperatives/{other.id}/contact", etag='"1"', address="X")).status_code == 200


async def test_a_list_of_managers_asks_the_database_as_often_for_many_rows_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    cooperative, me = await make.cooperative(), api.as_(await make.staff())
    paths = [f"/v1/cooperatives/{cooperative.id}/{part}" for part in ("managers", "invitations")]
    for path in paths:
        await me.get(path)  # The first call of a caller also counts it.

    counts = []
    for number in range(2):
        for some in range(3):
            await make.manager(cooperative, await make.person())
            await me.post(paths[1], phone=f"+62812000000{number}{some}", role_in_board="member")
        statements.clear()
        for path in paths:
            assert (await me.get(path)).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]

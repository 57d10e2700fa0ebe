"""Erasing a person: only by the code that came to their phone, at once, and nothing that names them stays."""

from asyncio import gather
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Ownership, Person
from plut_api.financing.models import Referral, ReferralState
from plut_api.identity.models import Account, RefreshToken
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from plut_api.programs.models import Program
from plut_api.tables import METADATA
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import bank_and_machine, changes, consent, whole
from tests.financing.story import confirmed_business
from tests.identity.signing_in import sent_code, with_code

Sessions = async_sessionmaker[AsyncSession]
PHONE = "+6281977700011"


async def asked(api: Api, person: Person) -> httpx.Response:
    return await api.as_(person).post("/v1/me/erasure")


async def erased(api: Api, app: FastAPI, person: Person, phone: str = PHONE) -> httpx.Response:
    """Ask, and confirm with the code that came."""
    answer = await asked(api, person)
    assert answer.status_code == 202, answer.text
    return await api.as_(person).post("/v1/me/erasure/confirm", code=sent_code(app, phone))


async def all_that_is_stored(sessions: Sessions) -> str:
    """Every row of every table, as text."""
    found = []
    async with sessions() as db:
        for table in METADATA.sorted_tables:
            found += list(await db.scalars(text(f'SELECT row_to_json(t)::text FROM "{table.name}" t')))
    return "\n".join(found)


async def test_nothing_that_names_a_person_stays(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    owner = await make.person(phone=PHONE, full_name="Baiq Terhapus", nik="5271015705900003")
    actor = await make.actor(owner, name="Dodol Terhapus", nib="0220103123456", address="Jalan Terhapus 7")
    await make.figure(actor, sales_idr=123_456_789)
    enrolment = await make.enrolment(person=owner, actor=actor)
    await make.evidence(await make.outcome(enrolment), note="Foto warung Terhapus.")
    await make.consent(actor, await make.bank(), given_by=owner.account_id)

    answer = await erased(api, app, owner)

    assert answer.status_code == 200, answer.text
    stored = await all_that_is_stored(sessions)
    assert "Terhapus" not in stored
    assert "123456789" not in stored
    async with sessions() as db:
        person, business = await db.get_one(Person, owner.id), await db.get_one(Actor, actor.id)
        accounts = await db.scalar(select(func.count()).select_from(Account).where(Account.id == owner.account_id))
        sessions_left = await db.scalar(select(func.count()).select_from(RefreshToken))
    assert (person.nik_sealed, person.nik_index, person.phone_sealed, person.birth_date) == (None,) * 4
    assert (business.nib_sealed, business.nib_index, business.kbli_code) == (None,) * 3
    assert (accounts, sessions_left) == (0, 0)


async def test_the_answer_says_what_a_law_keeps_and_until_when(api: Api, app: FastAPI, make: Make) -> None:
    owner = await make.person(phone=PHONE)
    actor, bank = await make.actor(owner), await make.bank()
    await make.consent(actor, bank)
    await make.add(
        Referral(
            actor_id=actor.id,
            bank_id=bank.id,
            amount_idr=10,
            tenor_months=12,
            purpose="Mesin milik Terhapus.",
            state=ReferralState.disbursed,
            made_by=owner.account_id,
            approved_amount_idr=10,
            disbursed_amount_idr=10,
            disbursed_on=clock.today(),
        )
    )

    body = (await erased(api, app, owner)).json()

    kept = {item["section"]: item for item in body["report"]["kept"]}
    assert body["state"] == "done"
    assert {"consents", "referrals", "disclosures", "businesses"} <= kept.keys()
    assert kept["consents"]["law"] == "UU 27/2022 art. 24"
    assert kept["referrals"]["until"] > kept["consents"]["until"] > clock.today().isoformat()
    assert {item["section"] for item in body["report"]["erased"]} >= {"person", "businesses", "account"}


async def test_a_disbursed_loan_stays_without_its_words(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    owner = await make.person(phone=PHONE)
    actor, bank = await make.actor(owner), await make.bank()
    referral = _referral(actor, bank, ReferralState.rejected)
    await make.add(referral)

    await erased(api, app, owner)

    async with sessions() as db:
        kept = await db.get_one(Referral, referral.id)
    assert (kept.amount_idr, kept.state, kept.purpose) == (10_000, ReferralState.rejected, "(dihapus)")


def _referral(actor: Actor, bank: Any, state: ReferralState) -> Referral:
    return Referral(
        actor_id=actor.id,
        bank_id=bank.id,
        amount_idr=10_000,
        tenor_months=12,
        purpose="Mesin.",
        state=state,
        made_by=actor.id,
        approved_amount_idr=10_000 if state is ReferralState.approved else None,
    )


async def test_an_approved_request_for_financing_stands_in_the_way(api: Api, make: Make) -> None:
    owner = await make.person(phone=PHONE)
    await make.add(_referral(await make.actor(owner), await make.bank(), ReferralState.approved))

    answer = await asked(api, owner)

    assert (answer.status_code, answer.json()["code"]) == (409, "erasure_blocked")
    assert answer.json()["reasons"] == ["referral_approved"]


async def test_what_is_approved_meanwhile_stands_in_the_way_too(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner = await make.person(phone=PHONE)
    await asked(api, owner)
    await make.add(_referral(await make.actor(owner), await make.bank(), ReferralState.approved))

    answer = await api.as_(owner).post("/v1/me/erasure/confirm", code=sent_code(app, PHONE))

    assert (answer.status_code, answer.json()["code"]) == (409, "erasure_blocked")
    async with sessions() as db:
        assert (await db.get_one(Person, owner.id)).full_name == owner.full_name


async def test_open_requests_are_withdrawn_and_seats_given_back(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner = await make.person(phone=PHONE)
    program = await make.program(seats=1)
    await make.enrolment(program, owner)
    referral = _referral(await make.actor(owner), await make.bank(), ReferralState.in_review)
    await make.add(referral)

    await erased(api, app, owner)

    async with sessions() as db:
        assert (await db.get_one(Program, program.id)).seats_taken == 0
        assert (await db.get_one(Referral, referral.id)).state is ReferralState.withdrawn
        names = set(await db.scalars(select(Event.name)))
    assert {"referral.withdrawn", "enrolment.withdrawn", "person.erased", "data_request.done"} <= names


async def test_only_the_code_of_this_purpose_erases(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    owner = await make.person(phone=PHONE)
    me = api.as_(owner)
    before_asking = await me.post("/v1/me/erasure/confirm", code="123456")
    await asked(api, owner)
    right = sent_code(app, PHONE)
    wrong = await me.post("/v1/me/erasure/confirm", code="000000" if right != "000000" else "111111")
    for_signing_in = await me.post("/v1/me/erasure/confirm", code=await with_code(api, app, PHONE))
    as_sign_in = await api.request(
        "POST", "/oauth/token", data={"grant_type": "urn:plut:grant:otp", "phone": PHONE, "code": right}
    )

    assert (before_asking.status_code, before_asking.json()["code"]) == (409, "erasure_not_asked")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "code_refused")
    assert (for_signing_in.status_code, for_signing_in.json()["code"]) == (409, "code_refused")
    assert as_sign_in.status_code == 400
    async with sessions() as db:
        assert (await db.get_one(Person, owner.id)).erased_at is None


async def test_five_wrong_tries_end_a_code(api: Api, app: FastAPI, make: Make) -> None:
    owner = await make.person(phone=PHONE)
    me = api.as_(owner)
    await asked(api, owner)
    right = sent_code(app, PHONE)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        await me.post("/v1/me/erasure/confirm", code=wrong)

    answer = await me.post("/v1/me/erasure/confirm", code=right)

    assert (answer.status_code, answer.json()["code"]) == (409, "code_refused")


async def test_asking_again_at_once_has_to_wait_for_its_code(api: Api, make: Make) -> None:
    owner = await make.person(phone=PHONE)
    await asked(api, owner)

    again = await asked(api, owner)

    assert (again.status_code, again.json()["code"]) == (429, "resend_too_soon")


async def test_staff_are_not_erased_this_way(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.opd))

    assert (await officer.post("/v1/me/erasure")).json()["code"] == "people_only"
    assert (await officer.post("/v1/me/erasure/confirm", code="123456")).json()["code"] == "people_only"


async def test_the_phone_is_free_for_a_new_account(api: Api, app: FastAPI, make: Make) -> None:
    owner = await make.person(phone=PHONE, nik="5271015705900003")
    await erased(api, app, owner)

    fresh = await make.person(phone=PHONE, nik="5271015705900003", full_name="Baiq Baru")

    held = (await api.as_(fresh).get("/v1/people")).json()["data"]
    assert [row["full_name"] for row in held] == ["Baiq Baru"]


async def test_old_tokens_reach_nothing_any_more(api: Api, app: FastAPI, make: Make) -> None:
    owner = await make.person(phone=PHONE)
    actor = await make.actor(owner)
    await erased(api, app, owner)
    me = api.as_(owner)

    answers = [
        await me.get("/v1/me"),
        await me.get(f"/v1/people/{owner.id}"),
        await me.get(f"/v1/actors/{actor.id}"),
        await me.post("/v1/people", full_name="Baiq Kembali"),
    ]

    assert {answer.status_code for answer in answers} <= {401, 404}


async def test_staff_no_longer_find_who_was_erased(api: Api, app: FastAPI, make: Make) -> None:
    owner = await make.person(phone=PHONE)
    actor = await make.actor(owner)
    await erased(api, app, owner)
    dinas = api.as_(await make.staff(Role.dinas))

    assert (await dinas.get("/v1/people")).json()["data"] == []
    assert (await dinas.get("/v1/actors")).json()["data"] == []
    assert (await dinas.get(f"/v1/people/{owner.id}")).status_code == 404
    assert (await dinas.get(f"/v1/actors/{actor.id}")).status_code == 404
    (request,) = (await dinas.get("/v1/data-requests")).json()["data"]
    assert (request["kind"], request["state"]) == ("erasure", "done")


async def test_a_business_with_another_owner_goes_on(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    leaving, staying = await make.person(phone=PHONE), await make.person()
    actor = await make.actor(staying, name="Kopi Berdua")
    await make.add(Ownership(actor_id=actor.id, person_id=leaving.id))
    await make.figure(actor)

    await erased(api, app, leaving)

    seen = await api.as_(staying).get(f"/v1/actors/{actor.id}")
    assert seen.json()["name"] == "Kopi Berdua"
    async with sessions() as db:
        owners = list(await db.scalars(select(Ownership.person_id).where(Ownership.actor_id == actor.id)))
    assert owners == [staying.id]


async def test_two_confirmations_at_once_erase_once(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    owner = await make.person(phone=PHONE)
    await make.actor(owner)
    await asked(api, owner)
    me, code = api.as_(owner), sent_code(app, PHONE)

    answers = await gather(*(me.post("/v1/me/erasure/confirm", code=code) for _ in range(4)))

    assert [a.status_code for a in answers].count(200) == 1
    assert {a.status_code for a in answers} <= {200, 401, 404}
    async with sessions() as db:
        told = await db.scalar(select(func.count()).select_from(Event).where(Event.name == "person.erased"))
    assert told == 1


async def test_a_bank_that_pulls_meanwhile_ends_without_the_row(api: Api, app: FastAPI, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank, machine = await bank_and_machine(api, make)
    await consent(api, business, bank)
    rows, token = await whole(machine)
    assert str(business.actor.id) in rows
    phone = _phone_of(await api.as_(business.owner).get("/v1/me"))
    await asked(api, business.owner)
    code = sent_code(app, phone)

    confirmed, *pulls = await gather(
        api.as_(business.owner).post("/v1/me/erasure/confirm", code=code),
        *(machine.get("/v1/financing/ready-list") for _ in range(6)),
    )

    assert confirmed.status_code == 200, confirmed.text
    assert {pull.status_code for pull in pulls} == {200}
    assert (await whole(machine))[0] == {}
    found, _ = await changes(machine, token)
    gone = {item["id"] for item in found if item["removed"]}
    assert str(business.actor.id) in gone
    assert "erased" in {item["reason"] for item in found}
    assert all(item["removed"] for item in found)


def _phone_of(me: httpx.Response) -> str:
    phone: str = me.json()["phone"]
    return phone

"""Owners: added with their agreement, with shares of one whole, changed and ended with history, never down to none."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Consent, Ownership, OwnershipOffer, Person
from plut_api.integration.retention import apply_retention
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from plut_api.kit.outbox import Event
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.financing.pulling import bank_and_machine, whole
from tests.financing.story import confirmed_business
from tests.identity.signing_in import sent_code
from tests.kit.test_walls import request_of

PHONE = "+6281234567890"
Sessions = async_sessionmaker[AsyncSession]


async def parts(api: Api, actor: Actor, **query: Any) -> list[dict[str, Any]]:
    """Who is part of a business, as somebody sees it."""
    answer = await api.get(f"/v1/actors/{actor.id}/owners", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def own_part(api: Api, actor: Actor, person: Person) -> str:
    """The address of a person's living part in a business."""
    (row,) = [row for row in await parts(api, actor) if row["person_id"] == str(person.id)]
    return f"/v1/actors/{actor.id}/owners/{row['id']}"


async def share(make: Make, actor: Actor, person: Person, **given: Any) -> Ownership:
    """A further part in a business, on file."""
    part = Ownership(id=new_id(), actor_id=actor.id, person_id=person.id, **given)
    await make.add(part)
    return part


async def test_who_is_asked_becomes_an_owner_by_accepting(api: Api, make: Make, sessions: Sessions) -> None:
    owner, partner = await make.person(), await make.person(phone=PHONE)
    actor = await make.actor(owner, name="Kopi Berdua")
    me, them = api.as_(owner), api.as_(partner)

    asked = await me.post(f"/v1/actors/{actor.id}/owners", phone="0812 3456 7890", share_percent=40)
    before = await them.get(f"/v1/actors/{actor.id}")
    (offer,) = (await them.get("/v1/me/ownerships")).json()["data"]
    accepted = await them.post(f"/v1/me/ownerships/{offer['id']}/accept")
    after = await them.get(f"/v1/actors/{actor.id}")

    assert (asked.status_code, asked.json()["state"], asked.json()["full_name"]) == (201, "pending", None)
    assert PHONE not in asked.text
    assert (before.status_code, after.status_code) == (404, 200)
    assert (offer["business_name"], offer["share_percent"], offer["role"]) == ("Kopi Berdua", 40, "owner")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "living")
    assert accepted.json()["id"] == asked.json()["id"]
    assert [row["person_id"] for row in await parts(me, actor)] == [str(owner.id), str(partner.id)]
    assert (await me.get(asked.headers["location"])).headers["etag"] == accepted.headers["etag"]
    async with sessions() as db:
        events = list(await db.scalars(select(Event).where(Event.name.like("owner.%")).order_by(Event.id)))
    assert [event.name for event in events] == ["owner.offered", "owner.added"]
    assert events[1].facts["person_id"] == str(partner.id)


async def test_an_offer_says_the_same_whether_or_not_somebody_has_the_phone(api: Api, make: Make) -> None:
    owner, _ = await make.person(), await make.person(phone=PHONE)
    path = f"/v1/actors/{(await make.actor(owner)).id}/owners"

    answers = [await api.as_(owner).post(path, phone=phone) for phone in (PHONE, "+6281299999990")]

    known, unknown = (
        {k: v for k, v in a.json().items() if k not in ("id", "created_at", "expires_at")} for a in answers
    )
    assert [a.status_code for a in answers] == [201, 201]
    assert known == unknown


async def test_an_offer_is_declined_withdrawn_or_runs_out(api: Api, make: Make, sessions: Sessions) -> None:
    owner, partner = await make.person(), await make.person(phone=PHONE)
    actor = await make.actor(owner)
    me, them, path = api.as_(owner), api.as_(partner), f"/v1/actors/{actor.id}/owners"

    first = (await me.post(path, phone=PHONE)).json()["id"]
    taken = await me.post(path, phone=PHONE)
    declined = await them.post(f"/v1/me/ownerships/{first}/decline")
    second = (await me.post(path, phone=PHONE)).json()["id"]
    withdrawn = await me.post(f"{path}/{second}/end")
    third = (await me.post(path, phone=PHONE)).json()["id"]
    async with unit_of_work(sessions) as db:
        await db.execute(update(OwnershipOffer).where(OwnershipOffer.id == UUID(third)).values(expires_at=func.now()))
    late = await them.post(f"/v1/me/ownerships/{third}/accept")
    listed = (await them.get("/v1/me/ownerships")).json()["data"]
    expired = (await me.get(f"{path}/{third}")).json()["state"]
    anew = await me.post(path, phone=PHONE)

    assert (taken.status_code, taken.json()["code"]) == (409, "already_offered")
    assert (declined.status_code, withdrawn.status_code, withdrawn.json()["state"]) == (204, 200, "withdrawn")
    assert [(await me.get(f"{path}/{each}")).json()["state"] for each in (first, second)] == ["declined", "withdrawn"]
    assert (late.status_code, late.json()["code"], listed) == (409, "ownership_ended", [])
    assert (expired, anew.status_code) == ("expired", 201)
    for each in (first, second):
        again = await them.post(f"/v1/me/ownerships/{each}/accept")
        assert (again.status_code, again.json()["code"]) == (409, "ownership_ended")


async def test_an_offer_to_another_phone_is_nobodys(api: Api, make: Make) -> None:
    owner, stranger = await make.person(), await make.person()
    actor = await make.actor(owner)
    offer = (await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", phone=PHONE)).json()["id"]

    answers = [await api.as_(stranger).post(f"/v1/me/ownerships/{each}/accept") for each in (offer, new_id())]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "ownership_not_found")] * 2
    assert (await api.as_(stranger).get("/v1/me/ownerships")).json()["data"] == []


async def test_one_offer_accepted_many_times_at_once_makes_one_owner(api: Api, make: Make, sessions: Sessions) -> None:
    owner, partner = await make.person(), await make.person(phone=PHONE)
    actor = await make.actor(owner)
    offer = (await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", phone=PHONE)).json()["id"]

    answers = await gather(*(api.as_(partner).post(f"/v1/me/ownerships/{offer}/accept") for _ in range(5)))

    assert Counter(a.status_code for a in answers) == {200: 1, 409: 4}
    async with sessions() as db:
        assert await db.scalar(select(func.count()).where(Ownership.actor_id == actor.id)) == 2


async def test_only_so_many_offers_are_open(api: Api, make: Make) -> None:
    owner = await make.person()
    path = f"/v1/actors/{(await make.actor(owner)).id}/owners"

    answers = [await api.as_(owner).post(path, phone=f"+62812345670{n:02d}") for n in range(11)]

    assert Counter(a.status_code for a in answers) == {201: 10, 409: 1}
    assert answers[-1].json()["code"] == "too_many_offers"


@pytest.mark.parametrize("role", [Role.consultant, Role.dinas])
async def test_staff_add_whom_they_serve_at_once(api: Api, make: Make, sessions: Sessions, role: Role) -> None:
    owner, partner = await make.person(), await make.person()
    actor, staff = await make.actor(owner), await make.staff_who_serve(role, owner, partner)
    path = f"/v1/actors/{actor.id}/owners"

    added = await api.as_(staff).post(path, person_id=str(partner.id), role="director", since="2024-01-05")
    again = await api.as_(staff).post(path, person_id=str(partner.id))

    assert (added.status_code, added.json()["state"], added.json()["role"]) == (201, "living", "director")
    assert (again.status_code, again.json()["code"]) == (409, "already_owner")
    assert (await api.as_(partner).get(f"/v1/actors/{actor.id}")).status_code == 200
    async with sessions() as db:
        event = (await db.scalars(select(Event).where(Event.name == "owner.added"))).one()
    assert event.facts["person_id"] == str(partner.id)


async def test_a_consultant_adds_a_stranger_by_signed_paper_only(api: Api, make: Make) -> None:
    owner, stranger = await make.person(), await make.person()
    actor, consultant = await make.actor(owner), await make.consultant_of(owner)
    path = f"/v1/actors/{actor.id}/owners"

    alone = await api.as_(consultant).post(path, person_id=str(stranger.id))
    unknown = await api.as_(consultant).post(path, person_id=str(stranger.id), paper_file_id=str(new_id()))

    assert (alone.status_code, alone.json()["code"]) == (404, "person_not_found")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "file_unknown")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "phone_or_person"),
        ({"phone": PHONE, "person_id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"}, "phone_or_person"),
        ({"person_id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"}, "asked_by_phone"),
        ({"phone": PHONE, "role": "manager", "share_percent": 10}, "share_of_an_owner"),
        ({"phone": PHONE, "share_percent": 33.333}, "share_too_fine"),
        ({"phone": PHONE, "share_percent": 0}, "greater_than"),
        ({"phone": PHONE, "share_percent": 100.01}, "less_than_equal"),
        ({"phone": PHONE, "since": "2999-01-01"}, "date_in_future"),
        ({"phone": PHONE, "paper_file_id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"}, "paper_without_person"),
    ],
)
async def test_what_makes_no_owner_is_named(api: Api, make: Make, body: dict[str, Any], code: str) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answer = await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", **body)

    assert (answer.status_code, [e["code"] for e in answer.json()["errors"]]) == (422, [code])


async def test_shares_of_one_whole_also_at_once(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, dinas = await make.actor(owner), await make.staff()
    people = [await make.person() for _ in range(6)]
    path = f"/v1/actors/{actor.id}/owners"

    answers = await gather(*(api.as_(dinas).post(path, person_id=str(p.id), share_percent=33.34) for p in people))

    refused = [a.json() for a in answers if a.is_error]
    assert Counter(a.status_code for a in answers) == {201: 2, 409: 4}
    assert {(r["code"], r["free_percent"]) for r in refused} == {("shares_exceed_whole", 33.32)}
    assert sum(row["share_percent"] or 0 for row in await parts(api.as_(dinas), actor)) == 66.68


async def test_shares_that_make_the_whole_exactly_fit(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, dinas = await make.actor(owner), api.as_(await make.staff())
    path = f"/v1/actors/{actor.id}/owners"

    answers = [
        await dinas.post(path, person_id=str((await make.person()).id), share_percent=each)
        for each in (33.33, 33.33, 33.34)
    ]

    assert [a.status_code for a in answers] == [201, 201, 201]


async def test_two_owners_who_raise_their_shares_at_once_stay_within_the_whole(api: Api, make: Make) -> None:
    one, two = await make.person(), await make.person()
    actor = await make.actor(one)
    await share(make, actor, two, share_percent=50)
    paths = [await own_part(api.as_(one), actor, person) for person in (one, two)]

    answers = await gather(
        api.as_(one).patch(paths[0], etag='"1"', share_percent=60),
        api.as_(two).patch(paths[1], etag='"1"', share_percent=70),
    )

    assert sorted(a.status_code for a in answers) in ([200, 409], [409, 409])
    assert sum(row["share_percent"] or 0 for row in await parts(api.as_(one), actor)) <= 100


async def test_a_changed_share_keeps_what_was_before(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), await own_part(api.as_(owner), actor, owner)

    changed = await me.patch(path, etag='"1"', share_percent=80, since="2024-06-01")
    stale = await me.patch(path, etag='"1"', share_percent=70)
    blind = await me.patch(path, etag=None, share_percent=70)
    earlier = await me.patch(path, etag='"2"', share_percent=70, since="2024-05-31")
    rows = await parts(me, actor, include_ended=True)

    assert (changed.status_code, changed.headers["etag"], changed.json()["since"]) == (200, '"2"', "2024-06-01")
    assert (stale.status_code, blind.status_code) == (412, 428)
    assert (earlier.status_code, earlier.json()["errors"][0]["code"]) == (422, "before_it_began")
    assert [(row["share_percent"], row["until"]) for row in rows] == [(80, None), (None, "2024-06-01")]
    assert len(await parts(me, actor)) == 1


async def test_an_owner_decides_about_directors_and_not_about_co_owners(api: Api, make: Make) -> None:
    owner, partner, director = [await make.person() for _ in range(3)]
    actor = await make.actor(owner)
    await share(make, actor, partner)
    await share(make, actor, director, role="director")
    me = api.as_(owner)
    theirs, directors = [await own_part(me, actor, person) for person in (partner, director)]

    answers = [
        await me.patch(theirs, etag='"1"', share_percent=1),
        await me.post(f"{theirs}/end"),
        await me.patch(directors, etag='"1"', role="owner"),
        await api.as_(director).post(f"{directors}/end"),
        await me.patch(directors, etag='"1"', role="manager"),
        await me.post(f"{directors}/end"),
        await me.post(f"{directors}/end"),
    ]

    assert [(a.status_code, a.json().get("code")) for a in answers] == [
        (403, "own_part_only"),
        (403, "own_part_only"),
        (409, "agreement_needed"),
        (403, "owners_only"),
        (200, None),
        (200, None),
        (409, "ownership_ended"),
    ]


async def test_a_director_acts_and_does_not_consent_a_manager_reaches_nothing(api: Api, make: Make) -> None:
    owner, director, manager = [await make.person() for _ in range(3)]
    actor, bank = await make.actor(owner), await make.bank()
    await share(make, actor, director, role="director")
    await share(make, actor, manager, role="manager")
    path = f"/v1/actors/{actor.id}"
    consent: dict[str, Any] = {"organization_id": str(bank.id), "text_version": "1"}

    assert (await api.as_(director).patch(path, etag='"1"', address="Dusun Repok")).status_code == 200
    assert (await api.as_(director).post(f"{path}/consents", **consent)).status_code == 404
    assert (await api.as_(director).post(f"{path}/owners", phone=PHONE)).json()["code"] == "owners_only"
    assert (await api.as_(manager).get(path)).status_code == 404
    assert (await api.as_(manager).get("/v1/actors")).json()["data"] == []
    assert (await api.as_(owner).post(f"{path}/consents", **consent)).status_code == 201


async def test_a_director_who_accepts_an_offer_becomes_an_owner_with_history(api: Api, make: Make) -> None:
    owner, director = await make.person(), await make.person(phone=PHONE)
    actor = await make.actor(owner)
    await share(make, actor, director, role="director")
    offer = (await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", phone=PHONE, share_percent=20)).json()["id"]

    accepted = await api.as_(director).post(f"/v1/me/ownerships/{offer}/accept")
    rows = [r for r in await parts(api.as_(owner), actor, include_ended=True) if r["person_id"] == str(director.id)]

    assert (accepted.status_code, accepted.json()["role"], accepted.json()["share_percent"]) == (200, "owner", 20)
    assert sorted((row["role"], row["until"] is None) for row in rows) == [("director", False), ("owner", True)]


async def test_the_last_owner_stays(api: Api, make: Make) -> None:
    owner, director = await make.person(), await make.person()
    actor = await make.actor(owner)
    await share(make, actor, director, role="director")
    me, path = api.as_(owner), await own_part(api.as_(owner), actor, owner)

    ended, demoted = await me.post(f"{path}/end"), await me.patch(path, etag='"1"', role="director")

    assert [(a.status_code, a.json()["code"]) for a in (ended, demoted)] == [(409, "last_owner")] * 2


async def test_of_two_owners_who_leave_at_once_one_stays(api: Api, make: Make, sessions: Sessions) -> None:
    for _ in range(3):
        one, two = await make.person(), await make.person()
        actor = await make.actor(one)
        await share(make, actor, two)
        paths = [await own_part(api.as_(one), actor, person) for person in (one, two)]

        answers = await gather(*(api.as_(who).post(f"{path}/end") for who, path in zip((one, two), paths, strict=True)))

        assert sorted(a.status_code for a in answers) == [200, 409]
        assert {a.json()["code"] for a in answers if a.is_error} == {"last_owner"}
        async with sessions() as db:
            living = select(func.count()).where(Ownership.actor_id == actor.id, Ownership.until.is_(None))
            assert await db.scalar(living) == 1


async def test_two_officers_who_remove_both_owners_at_once_leave_one(api: Api, make: Make) -> None:
    one, two = await make.person(), await make.person()
    actor, dinas = await make.actor(one), api.as_(await make.staff())
    await share(make, actor, two)
    paths = [await own_part(dinas, actor, person) for person in (one, two)]

    answers = await gather(*(dinas.post(f"{path}/end") for path in paths))

    assert Counter(a.status_code for a in answers) == {200: 1, 409: 1}


async def test_who_left_reaches_nothing_and_their_consent_ends(api: Api, make: Make, sessions: Sessions) -> None:
    leaving, staying = await make.person(), await make.person()
    actor, bank, other_bank = await make.actor(leaving), await make.bank(), await make.bank()
    await share(make, actor, staying)
    await make.consent(actor, bank, given_by=leaving.account_id)
    await make.consent(actor, other_bank, given_by=staying.account_id)
    path = await own_part(api.as_(leaving), actor, leaving)

    too_early = await api.as_(leaving).patch(path, etag='"1"', since="2024-01-01", share_percent=10)
    assert too_early.status_code == 200
    wrong = await api.as_(leaving).post(f"{path}/end", until="2023-12-31")
    ended = await api.as_(leaving).post(f"{path}/end")

    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/until")
    assert (ended.status_code, ended.json()["until"]) == (200, clock.today().isoformat())
    assert (await api.as_(leaving).get(f"/v1/actors/{actor.id}")).status_code == 404
    assert (await api.as_(leaving).get("/v1/actors")).json()["data"] == []
    async with sessions() as db:
        live = list(await db.scalars(select(Consent.organization_id).where(Consent.withdrawn_at.is_(None))))
    assert live == [other_bank.id]


async def test_a_former_owner_signs_no_consent_and_takes_no_seat_for_it(api: Api, make: Make) -> None:
    former, owner = await make.person(), await make.person()
    actor, bank, dinas = await make.actor(owner), await make.bank(), api.as_(await make.staff())
    await share(make, actor, former, until=clock.today())
    program = await make.program()
    paper: dict[str, Any] = {
        "channel": "paper",
        "paper_reference": "map 3",
        "paper_sha256": "ab" * 32,
        "signed_by": str(former.id),
    }

    signed = await dinas.post(
        f"/v1/actors/{actor.id}/consents", organization_id=str(bank.id), text_version="1", **paper
    )
    seat = await dinas.post(f"/v1/programs/{program.id}/enrolments", person_id=str(former.id), actor_id=str(actor.id))

    assert [a.json()["errors"][0]["code"] for a in (signed, seat)] == ["not_an_owner", "not_their_business"]


async def test_one_person_owns_several_businesses_and_a_business_comes_back_to_who_left(api: Api, make: Make) -> None:
    person, other = await make.person(), await make.person()
    first, second = await make.actor(person), await make.actor(person)
    dinas = api.as_(await make.staff())
    await share(make, first, other)
    await dinas.post(f"{await own_part(dinas, first, person)}/end")

    again = await dinas.post(f"/v1/actors/{first.id}/owners", person_id=str(person.id))
    mine = {row["id"] for row in (await api.as_(person).get("/v1/actors")).json()["data"]}

    assert again.status_code == 201
    assert mine == {str(first.id), str(second.id)}


async def test_a_list_of_owners_asks_as_often_for_many_as_for_few(api: Api, make: Make, statements: list[str]) -> None:
    owner = await make.person()
    actor, me = await make.actor(owner), api.as_(owner)
    await me.get(f"/v1/actors/{actor.id}/owners", include_ended=True)

    counts: list[int] = []
    for _ in range(2):
        for _ in range(3):
            await share(make, actor, await make.person())
            await share(make, actor, await make.person(), until=clock.today())
        statements.clear()
        await parts(me, actor, include_ended=True)
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def test_offers_to_the_phone_are_told_in_ones_own_data(api: Api, make: Make, sessions: Sessions) -> None:
    owner, partner = await make.person(), await make.person(phone=PHONE)
    actor = await make.actor(owner)
    await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", phone=PHONE)

    told = {s["name"]: s["rows"] for s in (await api.as_(partner).get("/v1/me/data")).json()["sections"]}

    assert [row["phone"] for row in told["ownership_offers"]] == [PHONE]
    assert told["businesses"] == told["ownerships"] == []
    async with sessions() as db:
        assert await db.scalar(select(OwnershipOffer.actor_id)) == UUID(str(actor.id))


async def test_a_bank_is_shown_the_owner_of_today(api: Api, app: FastAPI, make: Make) -> None:
    business = await confirmed_business(api, make)
    actor, partner, dinas = business.actor, await make.person(full_name="Lalu Penerus"), api.as_(await make.staff())
    bank, machine = await bank_and_machine(api, make)
    await share(make, actor, partner)
    given = await api.as_(partner).post(
        f"/v1/actors/{actor.id}/consents", organization_id=str(bank.id), text_version="1"
    )
    before = (await whole(machine))[0][str(actor.id)]["owner_name"]
    checked = {"identity_verified_at": clock.now(), "identity_verified_by": new_id(), "nik_index": b"invented"}
    async with unit_of_work(app.state.sessions) as db:
        await db.execute(update(Person).where(Person.id == partner.id).values(**checked))

    ended = await dinas.post(f"{await own_part(dinas, actor, business.owner)}/end")
    await work_off(app.state.settings)

    assert (given.status_code, ended.status_code, before) == (201, 200, business.owner.full_name)
    assert (await whole(machine))[0][str(actor.id)]["owner_name"] == "Lalu Penerus"


@pytest.mark.parametrize("given", [{"until": clock.today()}, {"role": "manager"}])
async def test_behind_a_wall_only_todays_owner_is_there(app: FastAPI, make: Make, given: dict[str, Any]) -> None:
    owner, other = await make.person(), await make.person()
    actor, bank = await make.actor(owner), await make.bank()
    await share(make, actor, other, **given)
    await make.consent(actor, bank)
    officer = caller_for(await make.staff(Role.bank, bank))

    async with request_of(app, officer) as db:
        people = list(await db.scalars(select(Person.id)))
        parts_seen = list(await db.scalars(select(Ownership.person_id)))

    assert people == parts_seen == [owner.id]


async def test_a_new_owner_and_who_was_asked_are_told_once(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner, partner, asked = await make.person(), await make.person(), await make.person(phone=PHONE)
    actor = await make.actor(owner)
    await api.as_(await make.staff()).post(f"/v1/actors/{actor.id}/owners", person_id=str(partner.id))
    for phone in (PHONE, "+6281299999990"):
        await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", phone=phone)

    await work_off(app.state.settings)

    async with sessions() as db:
        told = (await db.execute(select(Message.recipient_id, Message.template).order_by(Message.template))).all()
    assert [tuple(row) for row in told] == [(partner.id, "owner_added"), (asked.account_id, "owner_offered")]


async def test_whom_an_owner_asked_is_forgotten_after_a_while(api: Api, make: Make, sessions: Sessions) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    offers = [
        (await api.as_(owner).post(f"/v1/actors/{actor.id}/owners", phone=f"+62812345670{n:02d}")).json()["id"]
        for n in range(2)
    ]
    old = clock.now() - timedelta(days=91)
    async with unit_of_work(sessions) as db:
        await db.execute(update(OwnershipOffer).where(OwnershipOffer.id == UUID(offers[0])).values(expires_at=old))

    await apply_retention(sessions)

    async with sessions() as db:
        assert [str(each) for each in await db.scalars(select(OwnershipOffer.id))] == [offers[1]]


async def test_two_owners_who_are_erased_at_once_leave_no_business_without_anybody_by_chance(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    people = [await make.person(phone=f"+62812345671{n:02d}") for n in range(2)]
    actor = await make.actor(people[0], name="Kopi Berdua")
    await share(make, actor, people[1])
    codes = []
    for n, person in enumerate(people):
        assert (await api.as_(person).post("/v1/me/erasure")).status_code == 202
        codes.append(sent_code(app, f"+62812345671{n:02d}"))

    answers = await gather(
        *(api.as_(p).post("/v1/me/erasure/confirm", code=code) for p, code in zip(people, codes, strict=True))
    )

    assert [a.status_code for a in answers] == [200, 200]
    async with sessions() as db:
        erased_at, name = (await db.execute(select(Actor.erased_at, Actor.name))).one()
    assert (erased_at is not None, name) == (True, "(dihapus)")

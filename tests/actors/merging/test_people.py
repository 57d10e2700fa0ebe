"""Two records of one person become one, with both histories."""

from typing import Any

from sqlalchemy import select

from plut_api.actors.models import Assignment, Ownership, Person
from plut_api.identity.models import Account, Revocation
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import EnrolmentState, Program
from tests.actors.merging.records import Sessions, merge, merged_by, naming, preview, without_account
from tests.conftest import Api
from tests.factories import Make


async def test_both_histories_are_the_survivors(api: Api, make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    mine, theirs = await make.actor(one), await make.actor(other)
    enrolments = [await make.enrolment(person=one, actor=mine), await make.enrolment(person=other, actor=theirs)]
    outcome = await make.outcome(enrolments[1], Dimension.branding, baseline_level=1, target_level=3)
    evidence = await make.evidence(outcome)
    cooperative = await make.cooperative()
    await make.manager(cooperative, other)

    await merge(dinas, "people", one, other)

    assert await naming(sessions, other.id) == {}
    listed = (await dinas.get("/v1/enrolments", person=str(one.id))).json()["data"]
    assert {row["id"] for row in listed} == {str(enrolment.id) for enrolment in enrolments}
    found = (await dinas.get(f"/v1/enrolments/{enrolments[1].id}/outcomes/branding/evidence")).json()["data"]
    assert [row["id"] for row in found] == [str(evidence.id)]
    async with sessions() as db:
        owners = set(await db.scalars(select(Ownership.actor_id).where(Ownership.person_id == one.id)))
    assert owners == {mine.id, theirs.id}


async def test_the_merged_person_is_in_no_list_and_cannot_be_found_by_their_number(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(nik="5271015705900003"), api.as_(await make.staff())

    await merge(dinas, "people", one, other)

    listed = (await dinas.get("/v1/people")).json()["data"]
    assert [row["id"] for row in listed] == [str(one.id)]
    assert (await dinas.get(f"/v1/people/{one.id}")).json()["nik"] == "5271015705900003"


async def test_the_survivors_values_win_unless_there_are_none_or_it_was_chosen_otherwise(api: Api, make: Make) -> None:
    one = await make.person(full_name="Baiq Aminah", birth_date=None)
    other = await make.person(full_name="Baiq Aminah binti Lalu")
    dinas = api.as_(await make.staff())

    looked = await preview(dinas, "people", one, other, choices={"full_name": "merged"})
    winners = {row["field"]: row["winner"] for row in looked.json()["fields"]}
    await merge(dinas, "people", one, other, choices={"full_name": "merged"})

    assert winners == {"full_name": "merged", "birth_date": "merged", "phone": "survivor"}
    person = (await dinas.get(f"/v1/people/{one.id}")).json()
    assert (person["full_name"], person["birth_date"]) == ("Baiq Aminah binti Lalu", "1990-05-17")


async def test_a_field_that_there_is_none_of_is_refused(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())

    answer = await preview(dinas, "people", one, other, choices={"account_id": "merged"})

    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["errors"]] == ["field_unknown"]


async def test_of_two_seats_in_one_programme_one_is_given_back_with_its_history(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    program = await make.program(seats=5)
    early = await make.enrolment(program, one)
    done = await make.enrolment(program, other, state=EnrolmentState.completed, completed_at=clock.now())
    await make.outcome(early, baseline_level=1, target_level=2)

    looked = await preview(dinas, "people", one, other)
    await merge(dinas, "people", one, other)

    assert "one_seat_given_back" in {row["rule"] for row in looked.json()["collisions"]}
    states = {row["id"]: row["state"] for row in (await dinas.get("/v1/enrolments", person=str(one.id))).json()["data"]}
    assert states == {str(early.id): "withdrawn", str(done.id): "completed"}
    assert (await dinas.get(f"/v1/enrolments/{early.id}/outcomes")).json()["data"]
    async with sessions() as db:
        assert await db.scalar(select(Program.seats_taken).where(Program.id == program.id)) == 1


async def test_shares_in_one_business_are_added_up_to_100(api: Api, make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    actor = await make.actor(one)
    async with sessions() as db, db.begin():
        first = (await db.scalars(select(Ownership).where(Ownership.actor_id == actor.id))).one()
        first.share_percent = 60
        db.add(Ownership(actor_id=actor.id, person_id=other.id, share_percent=30))

    await merge(dinas, "people", one, other)

    async with sessions() as db:
        parts = list(await db.scalars(select(Ownership).where(Ownership.actor_id == actor.id).order_by(Ownership.id)))
    assert [(part.person_id, part.share_percent, part.until is None) for part in parts] == [
        (one.id, 90, True),
        (one.id, 30, False),
    ]


async def test_a_consultant_of_both_accompanies_once(api: Api, make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    await make.consultant_of(one, other)

    await merge(dinas, "people", one, other)

    async with sessions() as db:
        rows = list(await db.scalars(select(Assignment).where(Assignment.person_id == one.id)))
    assert sorted(row.until is None for row in rows) == [False, True]


async def test_of_two_accounts_the_survivors_stays_and_the_other_is_switched_off_with_its_number(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())

    await merge(dinas, "people", one, other)

    async with sessions() as db:
        accounts = {row.id: row for row in await db.scalars(select(Account).where(Account.kind == "person"))}
        ended = set(await db.scalars(select(Revocation.subject_id)))
    assert one.account_id is not None
    assert other.account_id is not None
    assert (accounts[one.account_id].is_active, accounts[other.account_id].is_active) == (True, False)
    assert accounts[other.account_id].phone_index is not None
    assert other.account_id in ended
    assert (await api.as_(one).get("/v1/people")).json()["data"][0]["id"] == str(one.id)


async def test_the_only_account_becomes_the_survivors(api: Api, make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    await without_account(sessions, one)

    await merge(dinas, "people", one, other)

    assert (await api.as_(other).get("/v1/people")).json()["data"][0]["id"] == str(one.id)
    async with sessions() as db:
        assert await db.scalar(select(Account.is_active).where(Account.id == other.account_id)) is True


async def test_two_people_with_different_verified_numbers_are_not_one(api: Api, make: Make) -> None:
    dinas = await make.staff()
    verified: dict[str, Any] = {"identity_verified_at": clock.now(), "identity_verified_by": dinas.id}
    one = await make.person(nik="5271015705900003", **verified)
    other = await make.person(nik="5271015705900004", **verified)

    answers = [await preview(api.as_(dinas), "people", one, other)]
    answers.append(await api.as_(dinas).post(f"/v1/people/{one.id}/merge", merged_id=str(other.id), preview_token="x"))

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "not_the_same_person")] * 2


async def test_what_should_not_differ_is_warned_of_and_a_verified_number_wins(api: Api, make: Make) -> None:
    dinas = await make.staff()
    one = await make.person(nik="5271015705900003", sex="male", birth_date=clock.today())
    other = await make.person(nik="5271015705900004", identity_verified_at=clock.now(), identity_verified_by=dinas.id)

    looked = (await preview(api.as_(dinas), "people", one, other)).json()

    assert {row["code"] for row in looked["warnings"]} == {"nik_differs", "birth_date_differs", "sex_differs"}
    assert {row["field"]: row["winner"] for row in looked["fields"]}["nik"] == "merged"
    assert not any("5271015705900003" in str(value) for value in looked.values())


async def test_a_record_is_not_merged_with_itself_nor_with_nobody(api: Api, make: Make) -> None:
    one, erased = await make.person(), await make.person(erased_at=clock.now())
    dinas = api.as_(await make.staff())

    itself, nobody = await preview(dinas, "people", one, one), await preview(dinas, "people", one, erased)

    assert (itself.status_code, itself.json()["code"]) == (422, "merge_with_itself")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "merged_unknown")


async def test_only_the_dinas_merges(api: Api, make: Make) -> None:
    one, other = await make.person(), await make.person()
    for who in (one, await make.consultant_of(one, other), await make.staff(Role.bank), await make.staff(Role.opd)):
        answer = await preview(api.as_(who), "people", one, other)
        assert answer.status_code == 403


async def test_merging_again_names_the_merge_that_was(api: Api, make: Make) -> None:
    one, other, third = await make.person(), await make.person(), await make.person()
    dinas = api.as_(await make.staff())
    done = await merge(dinas, "people", one, other)

    again = [
        await preview(dinas, "people", one, other),
        await preview(dinas, "people", third, other),
        await dinas.post(f"/v1/people/{other.id}/merge", merged_id=str(one.id), preview_token="x"),
    ]

    assert [(a.status_code, a.json()["code"], a.json()["merge_id"]) for a in again] == [
        (409, "already_merged", done["id"])
    ] * 3


async def test_the_merge_is_told(api: Api, make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.person(), await make.person(), await make.staff()

    answer = await merged_by(api.as_(dinas), "people", one, other)

    assert answer.headers["location"] == f"/v1/merges/{answer.json()['id']}"
    events = (await api.as_(dinas).get("/v1/merges", record=str(other.id))).json()["data"]
    assert [(row["id"], row["merged_by"]) for row in events] == [(answer.json()["id"], str(dinas.id))]
    async with sessions() as db:
        assert await db.scalar(select(Person.full_name).where(Person.id == other.id)) == "(digabung)"

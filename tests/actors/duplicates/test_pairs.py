"""The Dinas works through pairs: both records side by side, and what is decided is remembered."""

from asyncio import gather
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors import identifiers
from plut_api.actors.duplicates.models import DuplicatePair, FoundBy, Kind, PairState
from plut_api.actors.duplicates.pairs import Suspicion, keep_pairs
from plut_api.actors.duplicates.sweeping import sweep_district
from plut_api.actors.models import Actor, Person
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Dimension
from tests.actors.duplicates.on_file import DISTRICT, VILLAGE, on_file
from tests.conftest import Api
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


async def suspected(sessions: Sessions, two: Sequence[Any], reason: str = "name", *, sureness: float = 0.7) -> UUID:
    """A pair of two records, as a sweep would keep it; its id."""
    one, other = two
    kind = Kind.person if isinstance(one, Person) else Kind.actor
    async with unit_of_work(sessions) as db:
        found = [Suspicion(one.id, other.id, [reason], sureness)]
        await keep_pairs(db, kind, found, FoundBy.sweep)
        query = select(DuplicatePair.id).where(DuplicatePair.a_id == min(one.id, other.id))
        return (await db.scalars(query.where(DuplicatePair.b_id == max(one.id, other.id)))).one()


async def test_pairs_are_listed_surest_first_and_paged(api: Api, make: Make, sessions: Sessions) -> None:
    people = [await make.person(full_name=f"Siti {n}") for n in range(2)]
    actors = [await make.actor(name=f"Kopi {n}") for n in range(3)]
    await suspected(sessions, people, "phone", sureness=0.5)
    await suspected(sessions, actors[:2], sureness=0.9)
    await suspected(sessions, actors[1:], sureness=0.9)
    dinas = api.as_(await make.staff(Role.dinas))

    first = await dinas.get("/v1/duplicates", limit=2)
    second = await dinas.get("/v1/duplicates", limit=2, cursor=first.json()["next_cursor"])

    assert [row["sureness"] for row in first.json()["data"] + second.json()["data"]] == [0.9, 0.9, 0.5]
    assert second.json()["next_cursor"] is None
    row = second.json()["data"][0]
    assert (row["kind"], {row["a_name"], row["b_name"]}) == ("person", {"Siti 0", "Siti 1"})
    assert (row["a_village_code"], row["state"], row["found_by"]) == (VILLAGE, "open", "sweep")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "person"}, {"people"}),
        ({"kind": "actor"}, {"here", "there"}),
        ({"regency": "52.71"}, {"people", "here"}),
        ({"regency": "52.03"}, {"there"}),
        ({"reason": ["phone", "nik"]}, {"people"}),
        ({"min_sureness": 0.8}, {"there"}),
        ({"state": "not_the_same"}, {"decided"}),
        ({"state": ["open", "not_the_same"], "kind": "actor"}, {"here", "there", "decided"}),
    ],
)
async def test_pairs_are_filtered(
    api: Api, make: Make, sessions: Sessions, query: dict[str, Any], found: set[str]
) -> None:
    here = [await make.actor() for _ in range(3)]
    there = [await make.actor(village_code="52.03.17.2003") for _ in range(2)]
    ids = {
        "people": await suspected(sessions, [await make.person(), await make.person()], "phone"),
        "here": await suspected(sessions, here[:2]),
        "there": await suspected(sessions, there, sureness=0.85),
        "decided": await suspected(sessions, here[1:]),
    }
    dinas = api.as_(await make.staff(Role.dinas))
    await dinas.post(f"/v1/duplicates/{ids['decided']}/not-the-same", headers={"If-Match": '"1"'}, note="Cabang.")

    answer = await dinas.get("/v1/duplicates", **query)

    assert {row["id"] for row in answer.json()["data"]} == {str(ids[name]) for name in found}


async def test_a_pair_is_shown_side_by_side_with_what_hangs_on_each(api: Api, make: Make, sessions: Sessions) -> None:
    one = await make.person(full_name="Siti Aminah", nik="5271015705900003", phone="+6281234567001")
    other = await on_file(make, "SITI AMINAH", phone="+6281234567001", birth_date=date(1991, 5, 17))
    actor = await make.actor(one)
    enrolment = await make.enrolment(await make.program(), one, actor)
    await make.outcome(enrolment, Dimension.packaging)
    await make.consent(actor, await make.bank(), given_by=one.account_id)
    pair_id = await suspected(sessions, [one, other])
    dinas = await make.staff(Role.dinas)

    answer = await api.as_(dinas).get(f"/v1/duplicates/{pair_id}")

    body = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (body["a_id"], body["b_id"]) == (str(one.id), str(other.id))
    fields = {field["field"]: (field["a"], field["b"], field["verdict"]) for field in body["fields"]}
    assert fields["full_name"] == ("Siti Aminah", "SITI AMINAH", "same")
    assert fields["phone"] == ("+6281234567001", "+6281234567001", "same")
    assert fields["nik"] == ("5271015705900003", None, "one_only")
    assert fields["birth_date"] == ("1990-05-17", "1991-05-17", "different")
    assert "disabilities" not in fields
    held = {holding["name"]: holding["count"] for holding in body["a_holds"]}
    assert held == {
        **dict.fromkeys(("businesses", "consents", "enrolments", "outcomes"), 1),
        **dict.fromkeys(("assignments", "consultations", "no_shows", "referrals"), 0),
    }
    assert not any(holding["count"] for holding in body["b_holds"])
    async with sessions() as db:
        entry = (await db.scalars(select(AuditEntry).where(AuditEntry.operation == "getDuplicate"))).one()
    assert (entry.object_ids, set(entry.about_ids)) == ([pair_id], {one.id, other.id})


async def test_businesses_are_compared_too(api: Api, make: Make, sessions: Sessions) -> None:
    one, other = await make.actor(name="UD Kopi", nib="0220103123456"), await make.actor(name="Kopi")
    pair_id = await suspected(sessions, [one, other])

    answer = await api.as_(await make.staff(Role.dinas)).get(f"/v1/duplicates/{pair_id}")

    fields = {field["field"]: field["verdict"] for field in answer.json()["fields"]}
    assert (fields["name"], fields["nib"], fields["village_code"]) == ("different", "one_only", "same")
    assert {h["name"]: h["count"] for h in answer.json()["a_holds"]}["owners"] == 1


async def test_the_list_and_a_pair_take_the_same_statements_whatever_there_is(
    api: Api, make: Make, sessions: Sessions, statements: list[str]
) -> None:
    dinas = api.as_(await make.staff(Role.dinas))
    await dinas.get("/v1/duplicates")
    counts = []
    for _ in range(2):
        one, other = await make.person(), await make.person()
        await make.enrolment(await make.program(), one, await make.actor(one))
        pair_id = await suspected(sessions, [one, other])
        statements.clear()
        await dinas.get("/v1/duplicates")
        listed = len(statements)
        await dinas.get(f"/v1/duplicates/{pair_id}")
        counts.append((listed, len(statements) - listed))

    assert counts[0] == counts[1]
    assert counts[0][0] <= 2
    assert counts[0][1] <= 4


async def test_of_two_who_decide_at_once_one_wins(api: Api, make: Make, sessions: Sessions) -> None:
    pair_id = await suspected(sessions, [await make.person(), await make.person()])
    officers = [api.as_(await make.staff(Role.dinas)) for _ in range(2)]

    answers = await gather(
        *(
            officer.post(f"/v1/duplicates/{pair_id}/not-the-same", headers={"If-Match": '"1"'}, note=f"Oleh {n}.")
            for n, officer in enumerate(officers)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (winner.json()["state"], winner.headers["etag"]) == ("not_the_same", '"2"')
    async with sessions() as db:
        pair = (await db.scalars(select(DuplicatePair))).one()
    assert (pair.note, pair.decided_by) == (winner.json()["note"], UUID(winner.json()["decided_by"]))


async def test_deciding_needs_the_version_that_was_read_and_an_open_pair(
    api: Api, make: Make, sessions: Sessions
) -> None:
    pair_id = await suspected(sessions, [await make.person(), await make.person()])
    path = f"/v1/duplicates/{pair_id}/not-the-same"
    dinas = api.as_(await make.staff(Role.dinas))

    without = await dinas.post(path, note="Kakak adik.")
    decided = await dinas.post(path, headers={"If-Match": '"1"'}, note="Kakak adik.")
    again = await dinas.post(path, headers={"If-Match": decided.headers["etag"]}, note="Tetap.")
    nobody = await dinas.post(f"/v1/duplicates/{new_id()}/not-the-same", headers={"If-Match": '"1"'}, note="x")

    assert (without.status_code, decided.status_code) == (428, 200)
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (
        409,
        "duplicate_decided",
        "not_the_same",
    )
    assert (nobody.status_code, nobody.json()["code"]) == (404, "duplicate_not_found")


async def test_what_is_not_the_same_is_not_asked_again_unless_an_exact_number_comes_to_agree(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one, other = [await make.person(full_name="Siti Aminah") for _ in range(2)]
    await _sweep(sessions)
    (pair,) = await _pairs(sessions)
    dinas = api.as_(await make.staff(Role.dinas))
    await dinas.post(f"/v1/duplicates/{pair.id}/not-the-same", headers={"If-Match": '"1"'}, note="Dua orang.")

    await _sweep(sessions)
    (kept,) = await _pairs(sessions)
    phone = identifiers.blind(identifiers.PHONE, "+6281234567009")
    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).where(Person.id.in_([one.id, other.id])).values(phone_index=phone))
    await _sweep(sessions)
    (reopened,) = await _pairs(sessions)

    assert (kept.state, kept.note, kept.version) == (PairState.not_the_same, "Dua orang.", 2)
    assert (reopened.state, reopened.note, reopened.decided_by) == (PairState.open, None, None)
    assert reopened.reasons == ["phone", "name", "village", "birth_date"]


async def test_a_number_that_agreed_when_it_was_decided_does_not_ask_again(
    api: Api, make: Make, sessions: Sessions
) -> None:
    for _ in range(2):
        await on_file(make, "Siti Aminah", phone="+6281234567009", birth_date=date(1990, 5, 17))
    await _sweep(sessions)
    (pair,) = await _pairs(sessions)
    dinas = api.as_(await make.staff(Role.dinas))
    await dinas.post(f"/v1/duplicates/{pair.id}/not-the-same", headers={"If-Match": '"1"'}, note="Ibu dan anak.")

    await _sweep(sessions)

    assert [p.state for p in await _pairs(sessions)] == [PairState.not_the_same]


async def test_a_pair_is_kept_once_however_often_and_from_whichever_side_it_is_found(
    make: Make, sessions: Sessions
) -> None:
    one, other = await make.actor(), await make.actor()

    async def find(a: Actor, b: Actor) -> None:
        async with unit_of_work(sessions) as db:
            await keep_pairs(db, Kind.actor, [Suspicion(a.id, b.id, ["name"], 0.7)], FoundBy.entry)

    await gather(*(find(*pair) for pair in [(one, other), (other, one)] * 4))

    (pair,) = await _pairs(sessions)
    assert (pair.a_id, pair.b_id, pair.version) == (min(one.id, other.id), max(one.id, other.id), 1)


async def _sweep(sessions: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        await sweep_district(db, Kind.person, DISTRICT)


async def _pairs(sessions: Sessions) -> list[DuplicatePair]:
    async with sessions() as db:
        return list(await db.scalars(select(DuplicatePair)))

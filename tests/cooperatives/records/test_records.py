"""What holds for every kind of record: who keeps it, what a correction leaves, who verifies, what banks see."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.cooperatives.records.keeping import CORRECTIONS, NIB, bodies, managed, paper_of, path_of
from tests.factories import Make
from tests.kit.files.built import jpeg

KINDS = list(bodies())
Sessions = async_sessionmaker[AsyncSession]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_manager_records_a_consultant_verifies_and_a_correction_ends_that_and_keeps_what_was(
    api: Api, make: Make, sessions: Sessions, kind: str
) -> None:
    cooperative, keeper, manager = await managed(api, make)
    consultant = api.as_(await make.staff(Role.consultant))
    file_id, correction = await scanned(manager), CORRECTIONS[kind]

    made = await manager.post(path_of(cooperative, kind), **bodies()[kind], file_id=file_id)
    place = made.headers["location"]
    verified = await consultant.post(f"{place}/verify", headers={"If-Match": made.headers["etag"]})
    opened = await consultant.get(f"/v1/files/{file_id}")
    corrected = await manager.patch(place, etag=verified.headers["etag"], **correction)
    read = await manager.get(place)
    (former,) = (await manager.get(path_of(cooperative, "revisions"), record_id=made.json()["id"])).json()["data"]
    async with sessions() as db:
        events = (await db.scalars(select(Event.name).where(Event.subject_id == cooperative.id))).all()

    assert (made.status_code, verified.status_code, corrected.status_code) == (201, 200, 200), corrected.text
    assert opened.status_code == 200
    assert (made.json()["verified_at"], verified.json()["verified_at"] is not None) == (None, True)
    assert corrected.json() == read.json()
    assert corrected.json()["verified_at"] is corrected.json()["verified_by"] is None
    name, value = next(iter(correction.items()))
    assert corrected.json()[name] == value
    assert (former["record"], former["changed_by"]) == (kind, str(keeper.account_id))
    was = made.json()[name]
    assert {f["name"]: f["value"] for f in former["before"]}[name] == (None if was is None else str(was))
    assert events == ["cooperative.changed"] * 3


@pytest.mark.parametrize("kind", KINDS)
async def test_who_neither_manages_it_nor_works_for_plut_finds_nothing(api: Api, make: Make, kind: str) -> None:
    cooperative, _, manager = await managed(api, make)
    _, _, neighbour = await managed_elsewhere(api, make)
    place = (await manager.post(path_of(cooperative, kind), **bodies()[kind])).headers["location"]
    stranger = api.as_(await make.person())

    for caller in (stranger, neighbour):
        answers = [
            await caller.get(place),
            await caller.patch(place, etag='"1"', **CORRECTIONS[kind]),
            await caller.post(path_of(cooperative, kind), **bodies()[kind]),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    for role in (Role.bank, Role.opd, Role.ojk, Role.partner):
        assert (await api.as_(await make.staff(role)).get(place)).status_code == 403
    assert (await manager.post(f"{place}/verify", headers={"If-Match": '"1"'})).status_code == 403


@pytest.mark.parametrize("kind", KINDS)
async def test_a_record_is_verified_as_it_was_read_with_a_paper_and_once(api: Api, make: Make, kind: str) -> None:
    cooperative, keeper, manager = await managed(api, make)
    consultant = api.as_(await make.staff(Role.consultant))
    place = (await manager.post(path_of(cooperative, kind), **bodies()[kind])).headers["location"]

    unseen = await consultant.post(f"{place}/verify", headers={"If-Match": '"1"'})
    blindly = await consultant.post(f"{place}/verify")
    await manager.patch(place, etag='"1"', file_id=await paper_of(make, keeper))
    stale = await consultant.post(f"{place}/verify", headers={"If-Match": '"1"'})
    seen = await consultant.post(f"{place}/verify", headers={"If-Match": '"2"'})
    again = await consultant.post(f"{place}/verify", headers={"If-Match": '"3"'})

    assert (unseen.status_code, unseen.json()["code"]) == (409, "record_without_paper")
    assert (blindly.status_code, stale.status_code, seen.status_code) == (428, 412, 200)
    assert (again.status_code, again.json()["code"]) == (409, "record_verified_already")


@pytest.mark.parametrize("kind", KINDS)
async def test_unknown_records_and_unknown_cooperatives_are_told_as_such(api: Api, make: Make, kind: str) -> None:
    cooperative, _, manager = await managed(api, make)
    dinas = api.as_(await make.staff())

    missing = await manager.get(f"{path_of(cooperative, kind)}/{new_id()}")
    nowhere = await dinas.post(f"/v1/cooperatives/{new_id()}/{kind}", **bodies()[kind])

    assert (missing.status_code, missing.json()["code"].endswith("_not_found")) == (404, True)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "cooperative_not_found")


async def test_what_changes_nothing_keeps_the_verification(api: Api, make: Make) -> None:
    cooperative, keeper, manager = await managed(api, make)
    consultant = api.as_(await make.staff(Role.consultant))
    body = bodies()["figures"] | {"file_id": await paper_of(make, keeper)}
    place = (await manager.post(path_of(cooperative, "figures"), **body)).headers["location"]
    await consultant.post(f"{place}/verify", headers={"If-Match": '"1"'})

    same = await manager.patch(place, etag='"2"', sales_idr=body["sales_idr"])

    assert (same.headers["etag"], same.json()["verified_at"] is None) == ('"2"', False)
    assert (await manager.get(path_of(cooperative, "revisions"))).json()["data"] == []


async def test_of_two_who_correct_at_once_one_hears_that_it_has_moved_on(api: Api, make: Make) -> None:
    cooperative, _, manager = await managed(api, make)
    consultant = api.as_(await make.staff(Role.consultant))
    place = (await manager.post(path_of(cooperative, "figures"), **bodies()["figures"])).headers["location"]

    answers = await gather(
        *(who.patch(place, etag='"1"', sales_idr=sales) for who, sales in ((manager, 1), (consultant, 2)))
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 1}
    assert len((await manager.get(path_of(cooperative, "revisions"))).json()["data"]) == 1


async def test_outlets_are_public_without_the_paper_of_their_premises(api: Api, make: Make) -> None:
    cooperative, keeper, manager = await managed(api, make)
    body = bodies()["outlets"] | {"file_id": await paper_of(make, keeper)}
    await manager.post(path_of(cooperative, "outlets"), **body)

    listed = await api.get(path_of(cooperative, "outlets"))

    (outlet,) = listed.json()["data"]
    assert (outlet["kind"], outlet["opened_on"], outlet["verified_at"]) == ("sembako", body["opened_on"], None)
    assert "file_id" not in outlet
    assert (await api.get(f"/v1/cooperatives/{new_id()}/outlets")).status_code == 404


async def test_numbers_of_papers_are_whole_in_the_record_alone(api: Api, make: Make) -> None:
    cooperative, _, manager = await managed(api, make)
    made = await manager.post(path_of(cooperative, "papers"), **bodies()["papers"])
    await manager.patch(made.headers["location"], etag='"1"', number="9120103123456")

    (listed,) = (await manager.get(path_of(cooperative, "papers"))).json()["data"]
    (former,) = (await manager.get(path_of(cooperative, "revisions"))).json()["data"]

    assert made.json()["number"] == NIB
    assert listed["number"] == "•••••••••3456"
    assert {f["name"]: f["value"] for f in former["before"]}["number"] == "•••••••••3456"


@pytest.mark.parametrize("kind", ["officers", "meetings", "papers", "proposals", "figures", "revisions"])
async def test_lists_take_as_many_statements_however_long_they_are(
    api: Api, make: Make, statements: list[str], kind: str
) -> None:
    cooperative, _, manager = await managed(api, make)
    await manager.get(path_of(cooperative, kind))
    counts = []
    for number in range(2):
        made = await manager.post(path_of(cooperative, "officers"), **await another(make, cooperative))
        await manager.patch(made.headers["location"], etag='"1"', until=f"2026-01-0{number + 1}")
        statements.clear()
        assert (await manager.get(path_of(cooperative, kind))).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def scanned(caller: Api) -> str:
    """The id of a picture that a caller hands in."""
    answer = await caller.request("POST", "/v1/files", files={"file": ("surat.jpg", jpeg(), "image/jpeg")})
    return str(answer.json()["id"])


async def another(make: Make, cooperative: Any) -> dict[str, Any]:
    """A registered member of the board."""
    person = await make.person()
    await make.manager(cooperative, person)
    return {"organ": "board", "post": "member", "person_id": str(person.id), "since": "2025-06-02"}


async def managed_elsewhere(api: Api, make: Make) -> tuple[Any, Any, Api]:
    """The same of another village."""
    cooperative = await make.cooperative(village_code="52.71.01.1013")
    keeper = await make.person()
    await make.manager(cooperative, keeper)
    return cooperative, keeper, api.as_(keeper)

"""What is refused of records, each with its reason and where it stands, and what only one row may hold."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.cooperatives.records.keeping import bodies, managed, month_before, paper_of, path_of
from tests.factories import VILLAGES, Make

TOMORROW = (clock.today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("kind", "given", "faults"),
    [
        ("officers", {"until": "2025-06-01"}, {("#/until", "ends_before_it_starts")}),
        ("officers", {"organ": "supervisors", "post": "treasurer"}, {("#/post", "post_of_other_organ")}),
        ("officers", {"full_name": None}, {("#/full_name", "person_or_name")}),
        ("officers", {"person_id": str(new_id())}, {("#/full_name", "person_or_name")}),
        ("officers", {"full_name": None, "person_id": str(new_id())}, {("#/person_id", "person_unknown")}),
        ("officers", {"file_id": str(new_id())}, {("#/file_id", "file_unknown")}),
        ("meetings", {"book_year": None}, {("#/book_year", "missing")}),
        ("meetings", {"book_year": 2026}, {("#/book_year", "year_not_over")}),
        ("meetings", {"kind": "founding"}, {("#/book_year", "not_of_this_kind")}),
        (
            "meetings",
            {"kind": "approval", "held_on": TOMORROW},
            {("#/held_on", "in_the_future"), ("#/village_head_agrees", "missing"), ("#/book_year", "not_of_this_kind")},
        ),
        (
            "meetings",
            {"kind": "board", "book_year": None, "bank_id": str(new_id())},
            {("#/bank_id", "not_an_active_bank")},
        ),
        ("outlets", {"opened_on": TOMORROW}, {("#/opened_on", "in_the_future")}),
        ("outlets", {"opened_on": None, "closed_on": "2026-03-01"}, {("#/opened_on", "missing")}),
        ("outlets", {"closed_on": "2026-02-01"}, {("#/closed_on", "ends_before_it_starts")}),
        ("outlets", {"premises": None, "premises_until": "2030-01-01"}, {("#/premises", "missing")}),
        ("figures", {"month": f"{clock.today():%Y-%m}"}, {("#/month", "month_not_over")}),
        ("figures", {"month": "2025-05"}, {("#/month", "before_the_founding")}),
        ("figures", {"members_paid": 41}, {("#/members_paid", "more_than_members")}),
        ("papers", {"number": None}, {("#/number", "missing")}),
        ("papers", {"number": "123456"}, {("#/number", "number_format")}),
        ("papers", {"bank_name": "Bank Contoh"}, {("#/bank_name", "not_of_this_kind")}),
        ("papers", {"kind": "account"}, {("#/bank_name", "missing")}),
        ("papers", {"kind": "supply_agreement"}, {("#/number", "not_of_this_kind"), ("#/partner", "missing")}),
        ("proposals", {"capex_idr": 1}, {("#/stages", "stages_do_not_add_up")}),
    ],
)
async def test_what_does_not_go_together_is_refused_with_all_its_faults(
    api: Api, make: Make, kind: str, given: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    cooperative, _, manager = await managed(api, make)

    answer = await manager.post(path_of(cooperative, kind), **bodies()[kind] | given)

    assert answer.status_code == 422, answer.text
    assert {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]} == faults


async def test_a_correction_is_held_against_the_whole_record(api: Api, make: Make) -> None:
    cooperative, _, manager = await managed(api, make)
    place = (await manager.post(path_of(cooperative, "proposals"), **bodies()["proposals"])).headers["location"]

    answer = await manager.patch(place, etag='"1"', opex_idr=60_000_000)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "stages_do_not_add_up")
    assert (await manager.get(path_of(cooperative, "revisions"))).json()["data"] == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("officers", "post_taken"),
        ("meetings", "annual_meeting_on_file"),
        ("figures", "month_on_file"),
        ("papers", "cooperative_paper_on_file"),
    ],
)
async def test_what_there_is_once_is_entered_once_whoever_comes_at_the_same_time(
    api: Api, make: Make, kind: str, code: str
) -> None:
    cooperative, _, manager = await managed(api, make)

    body = {"kind": "legal_decision", "in_own_name": True} if kind == "papers" else bodies()[kind]
    answers = await gather(*(manager.post(path_of(cooperative, kind), **body) for _ in range(3)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {code}


async def test_a_nib_belongs_to_one_cooperative(api: Api, make: Make) -> None:
    dinas = api.as_(await make.staff())
    first, second = await make.cooperative(), await make.cooperative(village_code=VILLAGES[1])
    await dinas.post(path_of(first, "papers"), **bodies()["papers"])

    answer = await dinas.post(path_of(second, "papers"), **bodies()["papers"])

    assert (answer.status_code, answer.json()["code"]) == (409, "cooperative_paper_number_taken")


async def test_a_post_passes_on_when_a_term_ends(api: Api, make: Make) -> None:
    cooperative, _, manager = await managed(api, make)
    path, chair = path_of(cooperative, "officers"), bodies()["officers"]
    place = (await manager.post(path, **chair)).headers["location"]
    await manager.patch(place, etag='"1"', until="2026-05-01")

    early = await manager.post(path, **chair | {"full_name": "Baiq Contoh", "since": "2026-05-01"})
    after = await manager.post(path, **chair | {"full_name": "Baiq Contoh", "since": "2026-05-02"})

    assert (early.status_code, after.status_code) == (409, 201)


async def test_a_certificate_of_a_number_that_the_register_lacks_proves_nothing(api: Api, make: Make) -> None:
    cooperative, keeper, manager = await managed(api, make)
    body: dict[str, Any] = {"kind": "nik_koperasi", "in_own_name": True, "file_id": await paper_of(make, keeper)}
    place = (await manager.post(path_of(cooperative, "papers"), **body)).headers["location"]

    answer = await api.as_(await make.staff(Role.consultant)).post(f"{place}/verify", headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["code"]) == (409, "number_not_registered")


async def test_months_are_listed_newest_first(api: Api, make: Make) -> None:
    cooperative, _, manager = await managed(api, make)
    for count in (2, 1, 3):
        body = bodies()["figures"] | {"month": f"{month_before(count):%Y-%m}"}
        assert (await manager.post(path_of(cooperative, "figures"), **body)).status_code == 201

    listed = (await manager.get(path_of(cooperative, "figures"))).json()["data"]

    assert [row["month"] for row in listed] == [f"{month_before(count):%Y-%m}" for count in (1, 2, 3)]


async def test_debts_are_declared_anew_and_what_was_declared_stays(api: Api, make: Make) -> None:
    cooperative, _, manager = await managed(api, make)
    path = path_of(cooperative, "credit-declarations")

    first = await manager.post(path, has_arrears=True, chair_has_arrears=False)
    second = await manager.post(path, has_arrears=False, chair_has_arrears=False)
    listed = (await manager.get(path)).json()["data"]

    assert (first.status_code, first.json()["declared_on"]) == (201, clock.today().isoformat())
    assert listed == [second.json(), first.json()]
    assert (await manager.get(first.headers["location"])).json() == first.json()
    missing = await manager.get(f"{path}/{new_id()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "cooperative_declaration_not_found")

"""Businesses: registered by owners or staff, sized by their figures, seen by their owners and PLUT alone."""

from asyncio import gather

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plut_api.actors.size import size_class
from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make

KOPI = {"name": "Kopi Sembalun", "village_code": "52.71.01.1004", "kbli_code": "10761"}
BOUNDS = [2_000_000_000, 15_000_000_000, 50_000_000_000]


async def test_an_owner_registers_a_business_and_reads_it_back(api: Api, make: Make) -> None:
    owner = await make.person()
    me = api.as_(owner)

    answer = await me.post("/v1/actors", **KOPI, nib="0220103123456", started_on="2023-01-10")
    read = await me.get(answer.headers["location"])
    owners = await me.get(f"{answer.headers['location']}/owners")

    assert answer.status_code == 201
    assert (read.json()["nib"], read.json()["regency_code"], read.json()["size_class"]) == (
        "0220103123456",
        "52.71",
        None,
    )
    assert [o["person_id"] for o in owners.json()["data"]] == [str(owner.id)]


async def test_who_has_not_registered_does_so_first(api: Api, make: Make) -> None:
    answer = await api.as_(await make.staff(Role.dinas)).post("/v1/actors", **KOPI)

    assert (answer.status_code, answer.json()["code"]) == (409, "register_first")


async def test_village_and_activity_are_checked_together(api: Api, make: Make) -> None:
    answer = await api.as_(await make.person()).post(
        "/v1/actors", name="X", village_code="52.71.01.9999", kbli_code="00000"
    )

    assert answer.status_code == 422
    assert [e["code"] for e in answer.json()["errors"]] == ["village_unknown", "kbli_unknown"]


async def test_a_retired_village_code_becomes_todays(api: Api, make: Make) -> None:
    regions = await api.get("/v1/regions", parent="52.03.09", include_retired=True, limit=200)
    retired = next(r for r in regions.json()["data"] if r["successor_code"])

    answer = await api.as_(await make.person()).post("/v1/actors", name="X", village_code=retired["code"])

    assert answer.json()["village_code"] == retired["successor_code"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nib", "12345"),
        ("nib", "022010312345A"),
        ("npwp", "012345678901234"),
        ("kbli_code", "1079"),
        ("size_class", "micro"),
    ],
)
async def test_numbers_have_their_form_and_the_size_is_never_typed_in(
    api: Api, make: Make, field: str, value: str
) -> None:
    answer = await api.as_(await make.person()).post("/v1/actors", **KOPI | {field: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"#/{field}"


async def test_one_nib_belongs_to_one_business_also_at_once(api: Api, make: Make) -> None:
    owners = [await make.person() for _ in range(3)]

    answers = await gather(*(api.as_(o).post("/v1/actors", **KOPI, nib="0220103123456") for o in owners))

    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    assert {a.json()["code"] for a in answers if a.is_error} == {"nib_taken"}


async def test_staff_are_shown_every_possible_duplicate_and_owners_only_their_own(api: Api, make: Make) -> None:
    await make.actor(name="Kopi Sembalun Jaya", village_code=KOPI["village_code"])
    await make.actor(name="Bengkel Motor", village_code=KOPI["village_code"])
    owner = await make.person()

    by_owner = await api.as_(owner).post("/v1/actors", **KOPI)
    by_staff = await api.as_(await make.staff(Role.consultant)).post("/v1/actors", **KOPI, owner_id=str(owner.id))

    assert by_owner.json()["possible_duplicates"] == []
    found = by_staff.json()["possible_duplicates"]
    assert [(d["name"], d["why"]) for d in found] == [
        ("Kopi Sembalun", ["name", "phone"]),
        ("Kopi Sembalun Jaya", ["name"]),
    ]


async def test_others_see_neither_the_business_nor_its_figures(api: Api, make: Make) -> None:
    actor = await make.actor()
    other = api.as_(await make.person())

    answers = [
        await other.get(f"/v1/actors/{actor.id}{part}") for part in ("", "/owners", "/annual-figures", "/consents")
    ]

    assert [a.status_code for a in answers] == [404] * 4
    assert (await other.get("/v1/actors")).json()["data"] == []


async def test_the_size_class_follows_the_newest_figures(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path, year = api.as_(owner), f"/v1/actors/{actor.id}", clock.today().year

    async def after(**figures: int) -> tuple[str | None, str | None]:
        assert (await me.post(f"{path}/annual-figures", **figures)).status_code == 201
        read = (await me.get(path)).json()
        return read["size_class"], read["size_basis"]

    assert await after(year=year - 2, capital_idr=1_000_000_000) == ("micro", "capital")
    assert await after(year=year - 1, sales_idr=2_000_000_001) == ("small", "sales")
    assert await after(year=year - 1, sales_idr=2_000_000_000) == ("micro", "sales")  # The correction counts.
    assert await after(year=year - 2, sales_idr=60_000_000_000) == ("micro", "sales")  # An older year does not.
    assert await after(year=year, sales_idr=50_000_000_001) == ("large", "sales")


async def test_figures_of_the_future_and_negative_money_are_refused(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answer = await api.as_(owner).post(
        f"/v1/actors/{actor.id}/annual-figures", year=clock.today().year + 1, sales_idr=-1, workers_female=True
    )

    assert {e["pointer"] for e in answer.json()["errors"]} == {"#/year", "#/sales_idr", "#/workers_female"}


async def test_reports_are_kept_newest_first(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    for sales in (1, 2):
        await api.as_(owner).post(f"/v1/actors/{actor.id}/annual-figures", year=2025, sales_idr=sales)

    listed = await api.as_(owner).get(f"/v1/actors/{actor.id}/annual-figures")

    assert [(f["sales_idr"], f["source"]) for f in listed.json()["data"]] == [(2, "owner"), (1, "owner")]


async def test_a_change_keeps_what_it_does_not_name(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner, nib="0220103123456")
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"
    etag = (await me.get(path)).headers["etag"]

    changed = await me.patch(path, etag=etag, address="Dusun Repok", status="dormant")
    stale = await me.patch(path, etag=etag, address="Lain")

    assert (changed.json()["address"], changed.json()["status"]) == ("Dusun Repok", "dormant")
    assert (changed.json()["nib"], changed.json()["name"]) == ("0220103123456", actor.name)
    assert stale.status_code == 412


async def test_staff_filter_the_register(api: Api, make: Make) -> None:
    await make.actor(name="Kopi Sembalun")
    other = await make.actor(name="Tenun Pringgasela", kbli_code="13122")
    officer = api.as_(await make.staff(Role.dinas))

    by_name = await officer.get("/v1/actors", q="pringgasele")
    by_kbli = await officer.get("/v1/actors", kbli="13122")
    elsewhere = await officer.get("/v1/actors", regency="52.08")
    total = await officer.get("/v1/actors", include="total", limit=1)

    assert [a["id"] for a in by_name.json()["data"]] == [a["id"] for a in by_kbli.json()["data"]] == [str(other.id)]
    assert elsewhere.json()["data"] == []
    assert (total.json()["total"], len(total.json()["data"])) == (2, 1)


@given(st.integers(min_value=0, max_value=10**13))
def test_a_sum_belongs_to_the_first_class_whose_bound_it_does_not_exceed(amount: int) -> None:
    expected = ["micro", "small", "medium", "large"][sum(amount > bound for bound in BOUNDS)]

    assert size_class(amount, BOUNDS) == expected


def test_negative_amounts_have_no_class() -> None:
    with pytest.raises(ValueError, match="negative"):
        size_class(-1, BOUNDS)

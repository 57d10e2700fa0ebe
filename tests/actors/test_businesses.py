"""Businesses: registered by owners or staff, sized by their figures, seen by their owners and PLUT alone."""

from asyncio import gather
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make

KOPI: dict[str, Any] = {"name": "Kopi Sembalun", "village_code": "52.71.01.1004", "kbli_code": "10761"}


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
        ("nib", "٠٢٢٠١٠٣١٢٣٤٥٦"),  # Digits, but of another script: another index for the same number.
        ("npwp", "1--------------1"),
        ("npwp", "52710157059000031"),
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


async def test_the_old_tax_number_is_refused_by_name(api: Api, make: Make) -> None:
    answer = await api.as_(await make.person()).post("/v1/actors", **KOPI, npwp="01.234.567.8-901.000")

    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["code"]) == (422, "npwp_old_form")
    assert "16" in fault["message"]


async def test_a_tax_number_is_kept_without_its_separators(api: Api, make: Make) -> None:
    answer = await api.as_(await make.person()).post("/v1/actors", **KOPI, npwp="5271 0157 0590 0003")

    assert answer.json()["npwp"] == "5271015705900003"


@pytest.mark.parametrize("role", [Role.opd, Role.bank, Role.ojk, Role.partner])
async def test_partners_have_no_way_to_businesses(api: Api, make: Make, role: Role) -> None:
    actor = await make.actor()

    assert (await api.as_(await make.staff(role)).get(f"/v1/actors/{actor.id}")).status_code == 403


async def test_one_nib_belongs_to_one_business_also_at_once(api: Api, make: Make) -> None:
    owners = [await make.person() for _ in range(3)]

    answers = await gather(*(api.as_(o).post("/v1/actors", **KOPI, nib="0220103123456") for o in owners))

    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    assert {a.json()["code"] for a in answers if a.is_error} == {"nib_taken"}


async def test_others_see_neither_the_business_nor_its_figures(api: Api, make: Make) -> None:
    actor = await make.actor()
    other = api.as_(await make.person())

    answers = [
        await other.get(f"/v1/actors/{actor.id}{part}") for part in ("", "/owners", "/annual-figures", "/consents")
    ]

    assert [a.status_code for a in answers] == [404] * 4
    assert (await other.get("/v1/actors")).json()["data"] == []


async def test_a_change_keeps_what_it_does_not_name(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner, nib="0220103123456")
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"
    etag = (await me.get(path)).headers["etag"]

    changed = await me.patch(path, etag=etag, address="Dusun Repok", kbli_code="10761")
    stale = await me.patch(path, etag=etag, address="Lain")

    assert (changed.json()["address"], changed.json()["kbli_code"]) == ("Dusun Repok", "10761")
    assert (changed.json()["nib"], changed.json()["name"]) == ("0220103123456", actor.name)
    assert stale.status_code == 412


async def test_a_business_moves_to_another_regency(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"

    answer = await me.patch(path, etag='"1"', village_code="52.03.17.2003")

    assert answer.status_code == 200
    assert (answer.json()["village_code"], answer.json()["regency_code"]) == ("52.03.17.2003", "52.03")


async def test_a_change_is_checked_like_a_registration(api: Api, make: Make) -> None:
    await make.actor(nib="0220103123456")
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"

    unknown = await me.patch(path, etag='"1"', village_code="52.71.01.9999", kbli_code="00000")
    taken = await me.patch(path, etag='"1"', nib="0220103123456")
    removed = await me.patch(path, etag='"1"', kbli_code=None)

    assert [e["code"] for e in unknown.json()["errors"]] == ["village_unknown", "kbli_unknown"]
    assert (taken.status_code, taken.json()["code"]) == (409, "nib_taken")
    assert (removed.json()["kbli_code"], removed.json()["kbli_version"]) == (None, None)


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


async def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    await officer.get("/v1/actors")  # The first call of a caller also counts it.

    counts: list[int] = []
    for _ in range(2):
        for _ in range(3):
            await make.actor()
        statements.clear()
        assert (await officer.get("/v1/actors", q="usaha contoh")).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def test_the_events_of_a_business_name_it_and_no_number_of_it(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    me = api.as_(await make.person())

    registered = await me.post("/v1/actors", **KOPI, nib="0220103123456")
    path = registered.headers["location"]
    await me.patch(path, etag=registered.headers["etag"], address="Dusun Repok")
    figure = await me.post(f"{path}/annual-figures", year=2025, sales_idr=120_000_000)

    async with sessions() as db:
        events = (await db.scalars(select(Event).order_by(Event.id))).all()
    actor_id = registered.json()["id"]
    assert [(e.name, e.facts) for e in events] == [
        ("actor.registered", {"actor_id": actor_id}),
        ("actor.changed", {"actor_id": actor_id}),
        (
            "figures.recorded",
            {"actor_id": actor_id, "figure_id": figure.json()["id"], "year": 2025, "verification": "declared"},
        ),
        ("actor.size_changed", {"actor_id": actor_id, "from": None, "to": "micro", "cause": "figures"}),
    ]

"""Sales channels: where a business sells, since when until when, at public https addresses only."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from plut_api.actors.schemas.channels import Url
from plut_api.kit import clock
from tests.conftest import Api
from tests.factories import Make

LAPAK: dict[str, Any] = {"kind": "marketplace", "name": "Lapak Contoh", "url": "https://toko.contoh.example/kopi"}


async def test_a_channel_is_added_changed_ended_and_opened_again(api: Api, make: Make) -> None:
    owner = await make.person()
    me, path = api.as_(owner), f"/v1/actors/{(await make.actor(owner)).id}/sales-channels"

    added = await me.post(path, **LAPAK, since="2024-01-05")
    one = added.headers["location"]
    changed = await me.patch(one, etag='"1"', name="Lapak Baru", url=None)
    blind, stale = await me.delete(one), await me.delete(one, etag='"1"')
    ended = await me.delete(one, etag='"2"')
    closed = await me.get(one)
    opened = await me.patch(one, etag='"3"', until=None)

    assert (added.status_code, (await me.get(one)).json()["id"]) == (201, added.json()["id"])
    assert (changed.json()["name"], changed.json()["url"]) == ("Lapak Baru", None)
    assert [a.status_code for a in (blind, stale, ended)] == [428, 412, 204]
    assert (closed.json()["until"], opened.json()["until"]) == (clock.today().isoformat(), None)


async def test_an_end_before_the_beginning_is_refused_by_name(api: Api, make: Make) -> None:
    owner = await make.person()
    me, path = api.as_(owner), f"/v1/actors/{(await make.actor(owner)).id}/sales-channels"
    one = (await me.post(path, **LAPAK, since="2024-01-05")).headers["location"]

    answer = await me.patch(one, etag='"1"', until="2024-01-04")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/until")
    assert answer.json()["errors"][0]["code"] == "ends_before_it_begins"


@pytest.mark.parametrize(
    "url",
    [
        "http://contoh.example",
        "https://ani:rahasia@contoh.example",
        "https://ani@contoh.example/",
        "https://",
        "https://localhost/kopi",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://contoh.example:8443/",
        "https://contoh.example:x/",
        "https://contoh.example/a b",
        "https:\\\\contoh.example",
        "javascript:alert(1)",
        "//contoh.example",
    ],
)
async def test_what_is_no_public_https_address_is_refused(api: Api, make: Make, url: str) -> None:
    owner = await make.person()
    path = f"/v1/actors/{(await make.actor(owner)).id}/sales-channels"

    answer = await api.as_(owner).post(path, **LAPAK | {"url": url})

    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, ["#/url"])


@given(st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=30))
def test_whatever_stands_before_an_at_sign_no_address_carries_credentials(user: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Url).validate_python(f"https://{user}@contoh.example/")


async def test_channels_are_listed_by_whether_they_sell(api: Api, make: Make) -> None:
    owner = await make.person()
    me, path = api.as_(owner), f"/v1/actors/{(await make.actor(owner)).id}/sales-channels"
    old = await me.post(path, **LAPAK)
    await me.delete(old.headers["location"], etag='"1"')
    new = await me.post(path, kind="cooperative_outlet", name="Gerai KDMP")

    queries: list[dict[str, Any]] = [{}, {"active": True}, {"active": False}]
    found = [[row["id"] for row in (await me.get(path, **query)).json()["data"]] for query in queries]

    assert found == [[new.json()["id"], old.json()["id"]], [new.json()["id"]], [old.json()["id"]]]


async def test_others_reach_no_channel(api: Api, make: Make) -> None:
    owner, stranger = await make.person(), api.as_(await make.person())
    path = f"/v1/actors/{(await make.actor(owner)).id}/sales-channels"
    one = (await api.as_(owner).post(path, **LAPAK)).headers["location"]

    answers = [
        await stranger.get(path),
        await stranger.get(one),
        await stranger.post(path, **LAPAK),
        await stranger.patch(one, etag='"1"', name="X"),
        await stranger.delete(one, etag='"1"'),
    ]

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "actor_not_found")}


async def test_a_list_of_channels_asks_as_often_for_many_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner = await make.person()
    me, path = api.as_(owner), f"/v1/actors/{(await make.actor(owner)).id}/sales-channels"
    await me.get(path)

    counts: list[int] = []
    for _ in range(2):
        for _ in range(3):
            await me.post(path, **LAPAK)
        statements.clear()
        assert (await me.get(path)).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]

"""Products: what a business makes, with photos in order; who removes one keeps it on file."""

from asyncio import gather
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Product, ProductPhoto
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import SCAN, jpeg, pdf

Sessions = async_sessionmaker[AsyncSession]
KOPI: dict[str, Any] = {"name": "Kopi Sembalun", "category": "coffee_tea", "unit": "250 g", "price_idr": 45_000}


async def uploaded(api: Api, content: bytes, name: str = "foto.jpg", media_type: str = "image/jpeg") -> str:
    """The id of a file that somebody handed in."""
    answer = await api.request("POST", "/v1/files", files={"file": (name, content, media_type)})
    assert answer.is_success, answer.text
    found: str = answer.json()["id"]
    return found


async def photos(api: Api, count: int) -> list[str]:
    """So many different photos."""
    return [await uploaded(api, jpeg(scan=SCAN + bytes([n]))) for n in range(count)]


async def owned(make: Make, api: Api) -> tuple[Api, Actor, str]:
    """An owner, their business, and the address of its products."""
    owner = await make.person()
    actor = await make.actor(owner)
    return api.as_(owner), actor, f"/v1/actors/{actor.id}/products"


async def test_a_product_is_added_read_changed_and_removed(api: Api, make: Make, sessions: Sessions) -> None:
    me, _, path = await owned(make, api)

    added = await me.post(path, **KOPI)
    one = added.headers["location"]
    read = await me.get(one)
    changed = await me.patch(one, etag=read.headers["etag"], price_idr=50_000, description="Arabika.")
    stale = await me.patch(one, etag=read.headers["etag"], price_idr=1)
    blind = await me.delete(one)
    removed = await me.delete(one, etag=changed.headers["etag"])
    kept = await me.get(one)
    again = await me.patch(one, etag=kept.headers["etag"], price_idr=1)

    assert (added.status_code, read.json(), read.json()["is_offered"]) == (201, added.json(), True)
    assert (changed.json()["price_idr"], changed.json()["unit"]) == (50_000, "250 g")
    assert [a.status_code for a in (stale, blind, removed)] == [412, 428, 204]
    assert (kept.json()["ended_at"] is not None, kept.json()["is_offered"]) == (True, False)
    assert (again.status_code, again.json()["code"]) == (409, "product_removed")
    assert (await me.get(path)).json()["data"] == []
    assert len((await me.get(path, include_ended=True)).json()["data"]) == 1
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Product)) == 1


async def test_photos_keep_their_order_and_are_replaced_as_a_whole(api: Api, make: Make, sessions: Sessions) -> None:
    me, _, path = await owned(make, api)
    a, b, c = await photos(me, 3)

    added = await me.post(path, **KOPI, photos=[b, a])
    changed = await me.patch(added.headers["location"], etag='"1"', photos=[c, b])
    untouched = await me.patch(added.headers["location"], etag='"2"', name="Kopi Rinjani")
    none = await me.patch(added.headers["location"], etag='"3"', photos=[])

    assert [x.json()["photos"] for x in (added, changed, untouched, none)] == [[b, a], [c, b], [c, b], []]
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(ProductPhoto)) == 0


async def test_a_photo_is_seen_by_who_sees_the_business(api: Api, make: Make) -> None:
    owner, stranger = await make.person(), await make.person()
    actor = await make.actor(owner)
    me, consultant = api.as_(owner), api.as_(await make.consultant_of(owner))
    (photo,) = await photos(me, 1)
    before = await consultant.get(f"/v1/files/{photo}")
    added = await me.post(f"/v1/actors/{actor.id}/products", **KOPI, photos=[photo])

    after = await consultant.get(f"/v1/files/{photo}")
    kept = await consultant.patch(added.headers["location"], etag='"1"', photos=[photo], unit="500 g")

    assert (before.status_code, after.status_code) == (404, 200)
    assert (await api.as_(stranger).get(f"/v1/files/{photo}")).status_code == 404
    assert (kept.status_code, kept.json()["photos"]) == (200, [photo])


async def test_what_is_wrong_with_a_product_is_named_at_once(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    (photo,) = await photos(me, 1)
    paper, foreign = await uploaded(me, pdf(), "surat.pdf", "application/pdf"), str(new_id())

    answer = await me.post(path, **KOPI | {"category": "moon_dust"}, photos=[photo, photo, foreign, paper])

    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/category", "category_unknown"),
        ("#/photos/1", "photo_twice"),
        ("#/photos/2", "file_unknown"),
        ("#/photos/3", "file_kind"),
    ]


async def test_ten_photos_are_the_most(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    found = await photos(me, 11)

    assert (await me.post(path, **KOPI, photos=found)).status_code == 422
    assert (await me.post(path, **KOPI, photos=found[:10])).json()["photos"] == found[:10]


@pytest.mark.parametrize("body", [{"price_idr": -1}, {"price_idr": 1.5}, {"name": ""}, {"photos": ["x"]}, {"x": 1}])
async def test_a_malformed_product_is_refused(api: Api, make: Make, body: dict[str, Any]) -> None:
    me, _, path = await owned(make, api)

    answer = await me.post(path, **KOPI | body)

    assert answer.status_code == 422
    assert (await me.get(path, include_ended=True)).json()["data"] == []


async def test_of_two_changes_at_once_one_is_stale(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    (photo,) = await photos(me, 1)
    one = (await me.post(path, **KOPI)).headers["location"]

    answers = await gather(*(me.patch(one, etag='"1"', photos=[photo]) for _ in range(3)))

    assert sorted(a.status_code for a in answers) == [200, 412, 412]
    assert (await me.get(one)).json()["photos"] == [photo]


async def test_products_are_filtered(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    await me.post(path, **KOPI)
    songket = await me.post(path, name="Songket", category="weaving", is_offered=False)

    woven = await me.get(path, category="weaving")
    offered = await me.get(path, offered=False)

    assert [[p["id"] for p in a.json()["data"]] for a in (woven, offered)] == [[songket.json()["id"]]] * 2


async def test_others_reach_no_product(api: Api, make: Make) -> None:
    me, actor, path = await owned(make, api)
    one = (await me.post(path, **KOPI)).headers["location"]
    stranger, other = api.as_(await make.person()), await make.actor()

    answers = [
        await stranger.get(path),
        await stranger.get(one),
        await stranger.post(path, **KOPI),
        await stranger.patch(one, etag='"1"', name="X"),
        await stranger.delete(one, etag='"1"'),
    ]

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "actor_not_found")}
    elsewhere = one.replace(str(actor.id), str(other.id))
    dinas = api.as_(await make.staff(Role.dinas))
    assert (await dinas.get(elsewhere)).json()["code"] == "product_not_found"


async def test_a_list_of_products_asks_as_often_for_many_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    me, _, path = await owned(make, api)
    shots = await photos(me, 2)
    await me.get(path)

    counts: list[int] = []
    for _ in range(2):
        for _ in range(3):
            await me.post(path, **KOPI, photos=shots)
        statements.clear()
        assert (await me.get(path)).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def test_categories_have_words_in_both_languages(api: Api) -> None:
    listed = (await api.get("/v1/product-categories")).json()["data"]

    assert {"coffee_tea", "weaving", "other"} <= {row["code"] for row in listed}
    assert len({row["code"] for row in listed}) == len(listed)
    assert all(row["label_id"] != row["label_en"] for row in listed)

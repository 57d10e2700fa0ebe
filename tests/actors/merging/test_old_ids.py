"""The id of what was merged answers 308 with the survivor's address, to whoever may read the survivor."""

from typing import Any

import httpx

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.actors.merging.records import merge
from tests.conftest import Api
from tests.factories import Make


def led_to(answer: httpx.Response) -> str:
    assert answer.status_code == 308, f"{answer.status_code} {answer.text}"
    assert answer.content == b""
    return answer.headers["location"]


async def test_every_method_of_an_old_id_leads_to_the_survivor(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    await merge(dinas, "people", one, other)
    old, new = f"/v1/people/{other.id}", f"/v1/people/{one.id}"

    assert led_to(await dinas.get(old)) == new
    assert led_to(await dinas.patch(old, etag='"1"', full_name="Baiq Baru")) == new
    assert led_to(await dinas.get(f"{old}/assignments", limit=5)) == f"{new}/assignments?limit=5"
    consultant = await make.staff(Role.consultant)
    assigned = await dinas.post(f"{old}/assignments", consultant_id=str(consultant.id))
    assert led_to(assigned) == f"{new}/assignments"
    again = await dinas.post(assigned.headers["location"], consultant_id=str(consultant.id))
    assert again.status_code == 201


async def test_what_hangs_on_an_old_business_is_found_under_the_survivor(api: Api, make: Make) -> None:
    owner, dinas = await make.person(), api.as_(await make.staff())
    one, other, bank = await make.actor(owner), await make.actor(owner), await make.bank()
    given = await make.consent(other, bank)
    await merge(dinas, "actors", one, other)

    for who in (dinas, api.as_(owner)):
        answer = await who.get(f"/v1/actors/{other.id}/consents/{given.id}")
        assert led_to(answer) == f"/v1/actors/{one.id}/consents/{given.id}"
        assert (await who.get(answer.headers["location"])).status_code == 200
    ended = await api.as_(owner).delete(f"/v1/actors/{other.id}/consents/{given.id}", etag='"1"')
    assert led_to(ended) == f"/v1/actors/{one.id}/consents/{given.id}"
    figures = await api.as_(owner).post(f"/v1/actors/{other.id}/annual-figures", year=2025, sales_idr=1)
    assert led_to(figures) == f"/v1/actors/{one.id}/annual-figures"


async def test_a_chain_leads_to_its_end(api: Api, make: Make) -> None:
    first, second, third = await make.actor(), await make.actor(), await make.actor()
    dinas = api.as_(await make.staff())
    await merge(dinas, "actors", second, first)
    await merge(dinas, "actors", third, second)

    assert led_to(await dinas.get(f"/v1/actors/{first.id}")) == f"/v1/actors/{third.id}"


async def test_who_may_not_read_the_survivor_finds_nothing(api: Api, make: Make) -> None:
    one, other, stranger = await make.actor(), await make.actor(), await make.person()
    dinas = api.as_(await make.staff())
    await merge(dinas, "actors", one, other)

    foreign = await api.as_(stranger).get(f"/v1/actors/{other.id}")
    unknown = await api.as_(stranger).get(f"/v1/actors/{new_id()}")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    same: dict[str, Any] = foreign.json() | {"request_id": ""}
    assert same == unknown.json() | {"request_id": ""}


async def test_an_opd_is_led_to_its_participant_and_another_opd_is_not(api: Api, make: Make) -> None:
    organization, dinas = await make.organization(), api.as_(await make.staff())
    own, foreign = await make.staff(Role.opd, organization), await make.staff(Role.opd)
    one, other = await make.person(), await make.person()
    await make.enrolment(await make.program(organization), other)
    await merge(dinas, "people", one, other)

    assert led_to(await api.as_(own).get(f"/v1/people/{other.id}")) == f"/v1/people/{one.id}"
    assert (await api.as_(foreign).get(f"/v1/people/{other.id}")).status_code == 404


async def test_a_key_that_met_the_old_id_can_be_used_again_for_the_survivor(api: Api, make: Make) -> None:
    owner, dinas = await make.person(), api.as_(await make.staff())
    one, other = await make.actor(owner), await make.actor(owner)
    await merge(dinas, "actors", one, other)
    key = {"Idempotency-Key": str(new_id())}

    answer = await api.as_(owner).post(f"/v1/actors/{other.id}/annual-figures", headers=key, year=2025, sales_idr=1)
    followed = await api.as_(owner).post(led_to(answer), headers=key, year=2025, sales_idr=1)

    assert followed.status_code == 201


async def test_once_parted_the_old_id_is_itself_again(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    done = await merge(dinas, "people", one, other)

    assert (await dinas.get(f"/v1/people/{other.id}")).status_code == 308
    await dinas.post(f"/v1/merges/{done['id']}/undo")

    assert (await dinas.get(f"/v1/people/{other.id}")).status_code == 200

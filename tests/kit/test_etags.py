"""ETags: conditional reads and conditional changes."""

from typing import Any

import pytest

from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make


async def stale(api: Api, make: Make) -> tuple[Api, str]:
    """An organization at version 2, and the Dinas."""
    bank = await make.bank()
    dinas = api.as_(await make.staff(Role.dinas))
    path = f"/v1/organizations/{bank.id}"
    await dinas.patch(path, etag='"1"', name="Bank Versi Dua")
    return dinas, path


async def test_a_change_from_an_old_version_is_refused_and_names_the_present_one(api: Api, make: Make) -> None:
    dinas, path = await stale(api, make)

    answer = await dinas.patch(path, etag='"1"', name="Bank Lain")

    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert answer.headers["etag"] == '"2"'
    assert (await api.get(path)).json()["name"] == "Bank Versi Dua"


async def test_a_change_without_a_version_is_refused(api: Api, make: Make) -> None:
    dinas, path = await stale(api, make)

    answer = await dinas.patch(path, etag=None, name="Bank Lain")

    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("etag", ["2", 'W/"2"', "*", '"2', '"2", "1"', '"' + "x" * 90 + '"'])
async def test_a_version_of_another_form_changes_nothing(api: Api, make: Make, etag: str) -> None:
    dinas, path = await stale(api, make)

    answer = await dinas.patch(path, etag=etag, name="Bank Lain")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/If-Match")
    assert (await api.get(path)).headers["etag"] == '"2"'


@pytest.mark.parametrize("held", ['"2"', 'W/"2"', '"1", "2"', "*", '"x" , W/"2"'])
async def test_a_copy_that_is_still_right_is_not_sent_again(api: Api, make: Make, held: str) -> None:
    _, path = await stale(api, make)

    answer = await api.get(path, headers={"If-None-Match": held})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"2"'


@pytest.mark.parametrize("held", ['"1"', "2", "", '"22"', "garbage"])
async def test_a_copy_that_is_old_is_replaced(api: Api, make: Make, held: str) -> None:
    _, path = await stale(api, make)

    answer = await api.get(path, headers={"If-None-Match": held})

    assert answer.status_code == 200
    assert answer.json()["name"] == "Bank Versi Dua"


async def test_a_list_of_tags_without_end_is_refused(api: Api) -> None:
    answer = await api.get("/v1/regions", headers={"If-None-Match": '"a",' * 600})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/If-None-Match")


async def test_the_tag_of_a_list_changes_with_its_rows_and_its_filter(api: Api, make: Make) -> None:
    await make.bank()
    first = await api.get("/v1/organizations", kind="bank")
    same = await api.get("/v1/organizations", kind="bank", headers={"If-None-Match": first.headers["etag"]})
    await make.bank()
    changed = await api.get("/v1/organizations", kind="bank", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, same.status_code, changed.status_code) == (200, 304, 200)


async def test_only_public_catalogues_may_be_kept_by_caches(workshop: Api, make: Make) -> None:
    staff = workshop.as_(await make.staff(Role.dinas))
    headers: Any = (await staff.get("/v1/workshop/own")).headers

    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers
    assert (await workshop.get("/v1/regions")).headers["cache-control"].startswith("public")


async def test_head_has_the_headers_of_get_and_no_body(api: Api) -> None:
    got = await api.get("/v1/regions", limit=3)
    head = await api.request("HEAD", "/v1/regions", params={"limit": 3})

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]

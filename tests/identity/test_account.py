"""The own account: who the token speaks for, what it allows, and the little that its holder may change."""

import pytest
from fastapi import FastAPI

from plut_api.identity.policy import scopes_of
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import PHONE, bearer, signed_in_person

STAFF = [Role.dinas, Role.consultant, Role.opd, Role.bank, Role.ojk, Role.partner]


@pytest.mark.parametrize("role", STAFF)
async def test_staff_of_every_role_read_their_role_scopes_and_organization(api: Api, make: Make, role: Role) -> None:
    me = (await api.as_(await make.staff(role)).get("/v1/me")).json()

    assert (me["kind"], me["role"], me["scopes"]) == ("staff", role, sorted(scopes_of(role)))
    assert me["organization"]["code"].startswith("ORG_")
    assert me["phone"] is None


async def test_a_person_reads_their_number_and_acts_for_no_organization(api: Api, app: FastAPI) -> None:
    tokens = await signed_in_person(api, app, scope="me:read")

    me = (await api.get("/v1/me", headers=bearer(tokens["access_token"]))).json()

    assert (me["phone"], me["email"], me["organization"], me["scopes"]) == (PHONE, None, None, ["me:read"])


async def test_nobody_is_nobody(api: Api) -> None:
    answer = await api.get("/v1/me")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_reading_scope_does_not_allow_a_change(api: Api, app: FastAPI) -> None:
    tokens = await signed_in_person(api, app, scope="me:read")
    headers = bearer(tokens["access_token"]) | {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}

    answer = await api.request("PATCH", "/v1/me", headers=headers, json={"language": "en"})

    assert answer.status_code == 403


async def test_the_token_of_a_removed_account_finds_no_account(api: Api, make: Make) -> None:
    gone = await make.staff(Role.opd)
    gone.id = new_id()

    answer = await api.as_(gone).get("/v1/me")

    assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"role": "dinas"}, "#/role"), ({"name": None}, "#/name"), ({"language": "fr"}, "#/language"), ({}, "#")],
)
async def test_a_change_that_is_not_the_holders_to_make_is_refused_by_name(
    api: Api, make: Make, change: dict[str, object], pointer: str
) -> None:
    answer = await api.as_(await make.staff(Role.opd)).patch("/v1/me", etag='"1"', **change)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_the_own_account_is_changed_with_its_etag(api: Api, make: Make) -> None:
    me = api.as_(await make.staff(Role.opd))
    etag = (await me.get("/v1/me")).headers["etag"]

    changed = await me.patch("/v1/me", etag=etag, language="en", name="Ibu Contoh")
    stale = await me.patch("/v1/me", etag=etag, language="id")
    without = await me.patch("/v1/me", etag=None, language="id")

    assert (changed.json()["language"], changed.json()["name"]) == ("en", "Ibu Contoh")
    assert changed.json()["organization"]["code"].startswith("ORG_")
    assert (stale.status_code, without.status_code) == (412, 428)

"""A bank's machine as it pulls: the whole list by id, and what changed since."""

import json
from typing import Any

import httpx

from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.factories import Make
from tests.financing.story import Business

PATH = "/v1/financing/ready-list"


async def bank_and_machine(api: Api, make: Make) -> tuple[Organization, Api]:
    bank = await make.bank()
    return bank, api.as_(await make.client(bank, "financing:pull"))


async def whole(bank: Api, **query: Any) -> tuple[dict[str, dict[str, Any]], str]:
    """Every row by id, page by page, and the token at the end."""
    rows: dict[str, dict[str, Any]] = {}
    cursor: dict[str, Any] = {}
    while True:
        body = (await bank.get(PATH, **query, **cursor)).json()
        rows |= {row["id"]: row for row in body["data"]}
        if body["next_cursor"] is None:
            return rows, body["sync_token"]
        cursor = {"cursor": body["next_cursor"]}


async def changes(bank: Api, token: str, **query: Any) -> tuple[list[dict[str, Any]], str]:
    """Every change since a token, in order, and the next token."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await bank.get(PATH, changed_since=token, **query, **cursor)
        assert answer.status_code == 200, answer.text
        found += answer.json()["data"]
        if answer.json()["next_cursor"] is None:
            return found, answer.json()["sync_token"]
        cursor = {"cursor": answer.json()["next_cursor"]}


async def streamed_changes(bank: Api, token: str, **query: Any) -> tuple[list[dict[str, Any]], str]:
    """The same in one answer: every change, in order, and the next token from its last line."""
    answer = await bank.get(PATH, changed_since=token, headers={"Accept": "application/x-ndjson"}, **query)
    assert answer.status_code == 200, answer.text
    *found, last = (json.loads(line) for line in answer.text.splitlines())
    assert last["sync_token"] == answer.headers["sync-token"]
    return found, last["sync_token"]


async def consent(api: Api, business: Business, bank: Organization) -> httpx.Response:
    path = f"/v1/actors/{business.actor.id}/consents"
    return await api.as_(business.owner).post(path, organization_id=str(bank.id), text_version="1")


async def withdraw(api: Api, given: httpx.Response, business: Business) -> None:
    answer = await api.as_(business.owner).delete(given.headers["location"], etag='"1"')
    assert answer.status_code == 204


def apply(known: dict[str, dict[str, Any]], found: list[dict[str, Any]]) -> None:
    """Take changes over, as a bank does."""
    for item in found:
        if item["removed"]:
            known.pop(item["id"], None)
        else:
            known[item["id"]] = item

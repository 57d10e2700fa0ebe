"""Steps of objecting to results of readiness."""

from typing import Any

import httpx

from plut_api.actors.models import Actor, Person
from plut_api.financing.objections.making import facts_of_rule
from tests.conftest import Api

RULE = "U-G03"
WHY = "NIB usaha saya sudah terbit bulan lalu."


async def object_to(api: Api, owner: Person, actor: Actor, **given: Any) -> httpx.Response:
    """An owner objects."""
    body = {"rule": RULE, "reason": WHY} | given
    return await api.as_(owner).post(f"/v1/actors/{actor.id}/readiness/objections", **body)


async def objected(api: Api, owner: Person, actor: Actor, **given: Any) -> dict[str, Any]:
    """The same, where it has to succeed."""
    answer = await object_to(api, owner, actor, **given)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def answer_to(api: Api, objection: dict[str, Any], step: str, **given: Any) -> httpx.Response:
    """Uphold, dismiss, withdraw or correct."""
    return await api.post(f"/v1/readiness-objections/{objection['id']}/{step}", **given)


def a_fact(objection: dict[str, Any]) -> str:
    """A fact that the rule objected to reads."""
    return facts_of_rule(objection["rule_set"], objection["rule"])[0]

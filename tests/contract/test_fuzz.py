"""The server keeps the contract whatever it is sent, and tells nobody what is not theirs: every operation, in process.

One role a day in each run of the tests, every role in `make soak`. `FUZZ_EXAMPLES` is the number of random cases an
operation gets beside the systematic ones; `FUZZ_ROLE` and `FUZZ_SEED` repeat a run.
"""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.hooks import HookContext

from tests.contract.conftest import Prepared
from tests.contract.fuzzing import ROLES, SEES_ALL, Foreign, World, seed_of_today

HERE = Path(__file__).parent
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "50"))
TOTAL = int(os.environ.get("FUZZ_CASES", "10000"))
CONFIG = SchemathesisConfig.from_dict(
    tomllib.loads((HERE / "schemathesis.toml").read_text()) | {"seed": seed_of_today()}
)
WORLD = World()

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
schema = schemathesis.openapi.from_path(HERE.parents[1] / "openapi" / "plut-v1.yaml", config=CONFIG)
OPERATIONS = sum(1 for _ in schema.get_all_operations())
UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)
Case = schemathesis.Case[Any]


@schema.auth(refresh_interval=None)
class Token:
    """The token of the role; the check on ignored sign-in takes it away again by itself."""

    def get(self, case: Case, context: Any) -> str | None:
        return WORLD.token

    def set(self, case: Case, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schema.hook
def map_path_parameters(context: HookContext, path_parameters: Any) -> Any:
    return WORLD.meet(path_parameters)


@schema.hook
def map_query(context: HookContext, query: Any) -> Any:
    return WORLD.meet(query)


@schema.hook
def map_body(context: HookContext, body: Any) -> Any:
    return WORLD.meet(body)


def errors_are_problems(context: CheckContext, response: schemathesis.Response, case: Case) -> None:
    """Every error, whoever raised it, is a problem that repeats its status, quotes the request and tells no secret."""
    if response.status_code < 400:
        return
    media_type = response.headers["content-type"][0].partition(";")[0]
    assert media_type == "application/problem+json", f"{response.status_code} came as {media_type}"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["request_id"] == response.headers["x-request-id"][0]
    assert "Traceback" not in response.text


def foreign_rows_stay_hidden(context: CheckContext, response: schemathesis.Response, case: Case) -> None:
    """Whatever is asked, no answer tells of people and organizations that the caller is not tied to."""
    told = WORLD.given_away(response.text, succeeded=response.status_code < 300)
    assert not told, f"{WORLD.role} was shown {', '.join(told)}"


CHECKS: list[Any] = [errors_are_problems, foreign_rows_stay_hidden]


@pytest.fixture(scope="module", autouse=True)
def world(prepared: Prepared) -> World:
    """The world of the prepared database."""
    WORLD.tokens, WORLD.known, WORLD.foreign = prepared.tokens, prepared.known_ids, prepared.foreign
    return WORLD


@pytest.fixture
def acting(world: World, role: str) -> Iterator[None]:
    """One role after the other, instead of that of today."""
    before, world.role = world.role, role
    yield
    world.role = before


def test_what_is_foreign_is_told_from_what_is_not() -> None:
    world = World()
    world.foreign = Foreign({"nik": "5271010101010001"}, {"enrolment": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"})
    world.role = "bank"

    assert world.given_away('{"nik": "5271010101010001"}', succeeded=False) == ["the nik 5271010101010001"]
    assert world.given_away('{"id": "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"}', succeeded=True) != []
    assert world.given_away('{"nik": "527101••••••0001"}', succeeded=True) == []


def test_there_are_foreign_rows_to_hide(world: World) -> None:
    assert {"nik", "phone", "name", "business"} <= world.foreign.words.keys()
    assert len(world.foreign.ids) >= 10
    assert set(ROLES) > SEES_ALL
    assert set(ROLES) - set(world.tokens) == {"anyone"}


@schema.parametrize()
@settings(UNHURRIED, max_examples=EXAMPLES)
def test_the_server_keeps_the_contract(case: Case, fuzz_app: FastAPI) -> None:
    case.call_and_validate(app=fuzz_app, additional_checks=CHECKS)


@pytest.mark.soak
@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize("role", ROLES)
@schema.parametrize()
@settings(UNHURRIED, max_examples=max(TOTAL // OPERATIONS // len(ROLES), 25))
def test_the_server_keeps_the_contract_for_every_role(case: Case, fuzz_app: FastAPI, role: str) -> None:
    case.call_and_validate(app=fuzz_app, additional_checks=CHECKS)

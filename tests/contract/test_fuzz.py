"""The server keeps the contract whatever it is sent: every operation, in process, in the name of one role.

`FUZZ_EXAMPLES` is the number of random cases an operation gets beside the systematic ones; `FUZZ_ROLE` and `FUZZ_SEED`
repeat a run.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.hooks import HookContext

from tests.contract.fuzzing import World, role_of_today, seed_of_today

HERE = Path(__file__).parent
ROLE = role_of_today()
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "50"))
TOTAL = int(os.environ.get("FUZZ_CASES", "10000"))
CONFIG = SchemathesisConfig.from_dict(
    tomllib.loads((HERE / "schemathesis.toml").read_text()) | {"seed": seed_of_today()}
)
WORLD = World()

schema = schemathesis.openapi.from_path(HERE.parents[1] / "openapi" / "plut-v1.yaml", config=CONFIG)
OPERATIONS = sum(1 for _ in schema.get_all_operations())
UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)
Case = schemathesis.Case[Any]


@schema.auth()
class Token:
    """The token of the role; the check on ignored sign-in takes it away again by itself."""

    def get(self, case: Case, context: Any) -> str | None:
        return WORLD.tokens.get(ROLE)

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


@pytest.fixture(scope="module", autouse=True)
def world(tokens: dict[str, str], known_ids: dict[str, list[str]]) -> World:
    """The world of the prepared database."""
    WORLD.tokens, WORLD.known = tokens, known_ids
    return WORLD


@schema.parametrize()
@settings(UNHURRIED, max_examples=EXAMPLES)
def test_the_server_keeps_the_contract(case: Case, fuzz_app: FastAPI) -> None:
    case.call_and_validate(app=fuzz_app, additional_checks=[errors_are_problems])


@pytest.mark.soak
@schema.parametrize()
@settings(UNHURRIED, max_examples=max(TOTAL // OPERATIONS, 50))
def test_the_server_keeps_the_contract_for_thousands_of_cases(case: Case, fuzz_app: FastAPI) -> None:
    case.call_and_validate(app=fuzz_app, additional_checks=[errors_are_problems])

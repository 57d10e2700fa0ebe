"""Every error leaves as a problem; the unexpected tells nothing to the client and no value to the log."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from plut_api.kit.caller import Role
from plut_api.kit.problems import CATALOGUE, Problem
from tests.conftest import Api
from tests.factories import Make
from tests.kit.conftest import effects

NIK = "5271014506900001"


async def test_a_problem_has_the_members_of_rfc_9457_and_ours(api: Api) -> None:
    answer = await api.get("/v1/regions/99")

    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert set(body) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert body["type"].endswith("/problems/region_not_found")
    assert (body["status"], body["request_id"]) == (404, answer.headers["x-request-id"])


async def test_the_type_of_a_problem_leads_to_its_explanation(api: Api) -> None:
    problem = (await api.get("/v1/regions/99")).json()

    answer = await api.get("/problems/" + problem["type"].rpartition("/")[2])

    assert (answer.status_code, answer.json()["code"]) == (200, "region_not_found")


@pytest.mark.parametrize("secret", [NIK, "Baiq Nurhayati"])
async def test_a_database_error_tells_the_client_nothing_and_the_log_no_value(workshop: Api, secret: str) -> None:
    with capture_logs() as logs:
        answer = await workshop.get("/v1/workshop/database-error", value=secret)

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert secret not in answer.text
    assert secret not in str(logs)
    unexpected = next(entry for entry in logs if entry["event"] == "unexpected")
    assert any("workshop.py" in line for line in unexpected["frames"])


async def test_an_unexpected_failure_is_found_in_the_log_by_its_request_id_and_leaves_nothing_behind(
    workshop: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    staff = workshop.as_(await make.staff(Role.dinas))

    with capture_logs(processors=[merge_contextvars]) as logs:
        answer = await staff.post("/v1/workshop/failing", name="Baiq Nurhayati")

    assert answer.status_code == 500
    assert "Baiq" not in answer.text + str(logs)
    unexpected = next(entry for entry in logs if entry["event"] == "unexpected")
    assert unexpected["request_id"] == answer.json()["request_id"]
    assert await effects(sessions) == 0


async def test_a_commit_that_fails_is_never_answered_with_success(workshop: Api) -> None:
    answer = await workshop.post("/v1/workshop/uncommittable")

    assert answer.status_code == 500


async def test_a_lost_database_is_a_503_that_says_when_to_come_back_and_the_next_call_works(workshop: Api) -> None:
    lost = await workshop.get("/v1/workshop/lost-connection")
    next_call = await workshop.get("/v1/regions", limit=1)

    assert (lost.status_code, lost.json()["code"]) == (503, "service_unavailable")
    assert int(lost.headers["retry-after"]) > 0
    assert next_call.status_code == 200


def test_every_problem_has_words_in_both_languages_and_an_explanation() -> None:
    for code, problem in CATALOGUE.items():
        assert issubclass(problem, Problem)
        assert problem.title.id, code
        assert problem.title.en, code
        assert problem.__doc__, code
        assert 400 <= problem.status < 600, code


def test_two_problems_cannot_share_a_code() -> None:
    with pytest.raises(TypeError, match="share the code not_found"):
        type("Other", (Problem,), {"code": "not_found"})

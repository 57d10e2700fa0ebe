"""Probes."""

from tests.conftest import Api


async def test_a_migrated_server_says_that_it_can_work(api: Api) -> None:
    answer = await api.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["worker_lag_seconds"] >= 0

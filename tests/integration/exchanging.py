"""How tests send rows out and bring them back."""

import json
from typing import Any

from plut_api.settings import Settings
from tests.conftest import Api
from tests.integration.loading import business, file_of, loaded

Row = dict[str, Any]
MARKS = ("row_hash", "owner_as_of", "business_as_of", "figures_as_of", "figures_source", "outside_id")
"""What moves with a change, and is not itself what was changed."""


async def exported(api: Api, **query: Any) -> list[Row]:
    """Every row that is sent out."""
    answer = await api.get("/v1/exchange/actors", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def lines(rows: list[Row]) -> str:
    """Rows as they come back."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def said(rows: list[Row]) -> list[Row]:
    """What rows say, without the marks of a change."""
    return [{name: value for name, value in row.items() if name not in MARKS} for row in rows]


async def many(officer: Api, settings: Settings, count: int = 3) -> list[Row]:
    """So many businesses, loaded and sent out."""
    await loaded(officer, settings, file_of(*(business(n) for n in range(1, count + 1))))
    return sorted(await exported(officer), key=lambda row: str(row["business_name"]))

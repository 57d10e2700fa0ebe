"""How tests bring a file in: upload, let the worker work, read what became of it."""

from pathlib import Path
from typing import Any

from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api

FILES = Path(__file__).parent / "files"
HEADER = (
    "owner_name,owner_nik,owner_phone,owner_sex,owner_birth_date,business_name,village_code,address,kbli_code,"
    "kbli_version,started_on,nib,npwp,year,capital_idr,sales_idr,assets_idr,workers_female,workers_male,row_key"
)


async def loaded(
    api: Api, settings: Settings, content: bytes | str, kind: str = "actors", mode: str = "commit", **query: str
) -> dict[str, Any]:
    """The import of a file, finished."""
    data = content.encode() if isinstance(content, str) else content
    wanted = {"kind": kind, "mode": mode} | query
    answer = await api.request("POST", "/v1/imports", params=wanted, files={"file": ("file", data)})
    assert answer.status_code == 202, answer.text
    await work_off(settings)
    finished: dict[str, Any] = (await api.get(answer.headers["location"])).json()
    return finished


async def faults_of(api: Api, finished: dict[str, Any]) -> list[dict[str, Any]]:
    """Every fault of an import."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        body = (await api.get(f"/v1/imports/{finished['id']}/faults", **query)).json()
        found += body["data"]
        if body["next_cursor"] is None:
            return found
        query["cursor"] = body["next_cursor"]


async def differences_of(api: Api, finished: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """Every difference of an import."""
    found: list[dict[str, Any]] = []
    wanted: dict[str, Any] = {"limit": 200} | query
    while True:
        body = (await api.get(f"/v1/imports/{finished['id']}/differences", **wanted)).json()
        found += body["data"]
        if body["next_cursor"] is None:
            return found
        wanted["cursor"] = body["next_cursor"]


def told(differences: list[dict[str, Any]]) -> dict[str, tuple[str | None, str | None, str]]:
    """By field: before, after, and what becomes of it."""
    return {each["field"]: (each["before"], each["after"], each["action"]) for each in differences}


def counts(finished: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """Rows: all, new, changed, unchanged, refused."""
    return (
        finished["row_count"],
        finished["created_count"],
        finished["updated_count"],
        finished["unchanged_count"],
        finished["refused_count"],
    )


def business(number: int = 1, **given: str) -> str:
    """One row of an `actors` file."""
    values = {
        "owner_name": f"Baiq Contoh {number}",
        "owner_nik": f"52710157059{number:05d}",
        "owner_phone": f"0840{number:08d}",
        "owner_sex": "P",
        "owner_birth_date": "1990-05-17",
        "business_name": f"Keripik {number}",
        "village_code": "52.71.01.1004",
        "address": "Dusun Repok",
        "kbli_code": "10794",
        "kbli_version": "2025",
        "started_on": "2020-02-03",
        "nib": f"99{number:011d}",
        "npwp": "",
        "year": "2025",
        "capital_idr": "40000000",
        "sales_idr": "120000000",
        "assets_idr": "",
        "workers_female": "2",
        "workers_male": "1",
        "row_key": "",
    } | given
    return ",".join(values[name] for name in HEADER.split(","))


def file_of(*rows: str) -> str:
    """An `actors` file."""
    return "\n".join([HEADER, *rows]) + "\n"

"""Proposals as OPDs hand them in, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx

from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make


def course(**given: Any) -> dict[str, Any]:
    """A course that any OPD could propose."""
    first = clock.today() + timedelta(days=30)
    return {
        "title": "Kemasan pangan layak jual",
        "aim": "Peserta mampu membuat label lengkap dan kemasan yang tahan kirim.",
        "topics": ["product.packaging.labelling"],
        "kbli_codes": ["10"],
        "regency_codes": ["52.02"],
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=4)).isoformat(),
        "seats": 30,
        "budget_idr": 50_000_000,
    } | given


async def proposed(api: Api, opd: Account, **given: Any) -> str:
    """A draft of an OPD; its id."""
    answer = await api.as_(opd).post("/v1/programs", **course(**given))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def handed_in(api: Api, make: Make, opd: Account | None = None, **given: Any) -> str:
    """A submitted proposal, by default of an OPD of its own; its id."""
    opd = opd or await make.staff(Role.opd)
    program_id = await proposed(api, opd, **given)
    answer = await moved(api, opd, program_id, "submit")
    assert answer.status_code == 200, answer.text
    return program_id


async def moved(api: Api, who: Account, program_id: str, move: str, **body: Any) -> httpx.Response:
    """A move of a programme."""
    return await api.as_(who).post(f"/v1/programs/{program_id}/{move}", **body)


async def findings(api: Api, who: Account, program_id: str) -> list[dict[str, Any]]:
    """What resembles a programme."""
    answer = await api.as_(who).get(f"/v1/programs/{program_id}/overlaps")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def decided(api: Api, dinas: Account, program_id: str, kind: str, *, at: int = 0, **body: Any) -> httpx.Response:
    """A decision about the likest finding of a programme."""
    row = (await findings(api, dinas, program_id))[at]
    given = {"kind": kind, "reason": "Diputuskan dalam rapat koordinasi."} | body
    return await api.as_(dinas).post(f"/v1/programs/{program_id}/overlaps/{row['id']}/resolution", **given)

"""Documents that a bank asks for, inside the referral."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import DocumentRequest
from plut_api.kit import clock
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import moved, referred, taken_to
from tests.kit.files.built import pdf

Sessions = async_sessionmaker[AsyncSession]


async def uploaded(api: Api) -> str:
    answer = await api.request("POST", "/v1/files", files={"file": ("nota.pdf", pdf(), "application/pdf")})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


async def asked(api: Api, make: Make) -> tuple[Api, Api, Api, str, list[str]]:
    """A referral whose bank asked for two documents: owner, bank, an officer of another bank, path, the requests."""
    business, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "in_review")
    wanted = [{"kind": "sales_records"}, {"kind": "other", "words": "Denah tempat usaha."}]
    answer = await moved(bank, path, "info_requested", documents=wanted)
    assert answer.status_code == 200, answer.text
    owner, other = api.as_(business.owner), await make.bank()
    stranger = api.as_(await make.client(other, "financing:read", "financing:decide", "files:read"))
    requests = (await owner.get(f"{path}/document-requests")).json()["data"]
    return owner, bank, stranger, path, [r["id"] for r in requests]


async def supply(api: Api, path: str, file_id: str, **given: Any) -> httpx.Response:
    return await api.post(f"{path}/documents", file_id=file_id, **given)


async def content(api: Api, file_id: str) -> int:
    return (await api.request("GET", f"/v1/files/{file_id}", checked=False)).status_code


async def test_a_bank_asks_the_owner_supplies_and_the_bank_reads_and_goes_on_as_often_as_it_takes(
    api: Api, make: Make
) -> None:
    owner, bank, stranger, path, requests = await asked(api, make)
    file_id = await uploaded(owner)

    missing = await moved(owner, path, "info_provided")
    first = await supply(owner, path, file_id, request_id=requests[0])
    without_the_other = await moved(owner, path, "info_provided", note="Denah belum ada.")
    reading = [await content(caller, file_id) for caller in (bank, stranger)]
    seen = (await bank.get(f"{path}/documents")).json()["data"]
    round_two = [
        await moved(bank, path, "in_review"),
        await moved(bank, path, "info_requested", documents=[{"kind": "tax_id"}], reason_code="unclear_data"),
        await moved(bank, path, "in_review", note="NPWP sudah diperiksa."),
    ]

    assert (missing.status_code, missing.json()["missing"]) == (409, sorted(requests))
    assert (first.status_code, first.json()["kind"]) == (201, "sales_records")
    assert (without_the_other.status_code, reading) == (200, [200, 404])
    assert [(d["file_id"], d["request_id"]) for d in seen] == [(file_id, requests[0])]
    assert [a.json()["state"] for a in round_two] == ["in_review", "info_requested", "in_review"]


async def test_what_was_refused_is_not_read_any_longer(api: Api, make: Make) -> None:
    owner, bank, _, path, requests = await asked(api, make)
    file_id = await uploaded(owner)
    await supply(owner, path, file_id, request_id=requests[0])
    await moved(owner, path, "info_provided", note="Hanya ini.")
    await moved(bank, path, "in_review")
    before = await content(bank, file_id)

    await moved(bank, path, "rejected", reason_code="unproven_sales")

    assert [before, await content(bank, file_id), await content(owner, file_id)] == [200, 404, 200]
    assert (await bank.get(f"{path}/documents")).json()["data"] == []
    assert len((await owner.get(f"{path}/documents")).json()["data"]) == 1


async def test_documents_that_do_not_fit_are_refused(api: Api, make: Make) -> None:
    owner, bank, _, path, requests = await asked(api, make)
    file_id, foreign = await uploaded(owner), await make.paper(await make.staff())

    unfit = await supply(owner, path, str(foreign.id), request_id=file_id)
    of_another_kind = await supply(owner, path, file_id, request_id=requests[0], kind="tax_id")
    of_no_kind = await supply(owner, path, file_id)
    fit, again = [await supply(owner, path, file_id, request_id=requests[0]) for _ in range(2)]
    await moved(bank, path, "in_review")
    late = await supply(owner, path, file_id, kind="tax_id")

    faults = [[e["code"] for e in a.json()["errors"]] for a in (unfit, of_another_kind, of_no_kind)]
    assert faults == [["request_unknown", "file_unknown"], ["not_part_of_request"], ["missing"]]
    assert (fit.status_code, again.json()["code"]) == (201, "document_already_supplied")
    assert late.json()["code"] == "documents_not_taken"


async def test_a_request_names_what_it_wants_and_leaves_days_for_it(api: Api, make: Make, sessions: Sessions) -> None:
    _, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "in_review")
    today = clock.today()

    nothing = await moved(bank, path, "info_requested")
    vague = await moved(bank, path, "info_requested", documents=[{"kind": "other"}], due_on=today.isoformat())
    until = today + timedelta(days=5)
    done = await moved(bank, path, "info_requested", documents=[{"kind": "quotation"}], due_on=until.isoformat())

    assert [e["pointer"] for e in nothing.json()["errors"]] == ["#/documents"]
    assert {e["pointer"] for e in vague.json()["errors"]} == {"#/documents/0/words", "#/due_on"}
    assert done.json()["due_at"] == f"{until.isoformat()}T16:00:00.000000Z"
    async with sessions() as db:
        kept = await db.get_one(DocumentRequest, (await bank.get(f"{path}/document-requests")).json()["data"][0]["id"])
        assert (kept.kind, kept.due_on) == ("quotation", until)


@pytest.mark.parametrize("role", ["bank", "owner"])
async def test_only_the_bank_asks_and_only_the_applicant_supplies(api: Api, make: Make, role: str) -> None:
    owner, bank, _, path, requests = await asked(api, make)
    file_id = await uploaded(owner)

    if role == "bank":
        answer = await supply(bank, path, file_id, request_id=requests[0])
        assert answer.status_code == 403
    else:
        answer = await moved(owner, path, "in_review")
        assert answer.json()["allowed_moves"] == ["info_provided", "withdrawn"]

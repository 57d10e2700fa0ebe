"""The bank's day by a client that is generated from the contract: a process of its own, run again and again."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.relay import relay
from plut_api.organizations.models import Organization
from tests.conftest import Api
from tests.examples.test_bank_pull import address as address
from tests.examples.test_bank_pull import run
from tests.factories import CLIENT_SECRET, Make
from tests.financing.asking import moved, refer
from tests.financing.referrals.test_documents import supply, uploaded
from tests.financing.story import Business, confirmed_business
from tests.identity.signing_in import put_settings

pytestmark = pytest.mark.generated
Sessions = async_sessionmaker[AsyncSession]
SCOPES = ("financing:pull", "financing:read", "financing:decide", "financing:offer", "events:read", "events:write")
RECEIVER = "http://127.0.0.1:9/plut"  # Nobody listens there: it is registered, and stays unverified.


class Bank:
    """A bank that runs the script: what it says each time, and what it keeps."""

    def __init__(self, sessions: Sessions, environment: dict[str, str]) -> None:
        self._sessions = sessions
        self._environment = environment

    async def day(self) -> list[str]:
        """The lines of one run; before it, what happened got its place in the feed."""
        async with unit_of_work(self._sessions) as db:
            await relay(db)
        return (await run(self._environment, script="bank_side.py")).splitlines()

    def kept(self) -> dict[str, Any]:
        """What the script wrote down."""
        kept: dict[str, Any] = json.loads(Path(self._environment["PLUT_STATE"]).read_text())
        return kept

    def keep(self, **what: Any) -> None:
        """Change what it wrote down."""
        Path(self._environment["PLUT_STATE"]).write_text(json.dumps(self.kept() | what))


async def test_a_bank_publishes_pulls_reads_asks_decides_pays_out_and_reports_by_the_contract_alone(
    app: FastAPI,
    api: Api,
    make: Make,
    sessions: Sessions,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_settings(monkeypatch, app, outgoing_to_loopback=True)
    businesses = [await confirmed_business(api, make, number) for number in (1, 2, 3)]
    first, second = businesses[:2]
    organization = await make.bank()
    for business in (first, second):
        await make.consent(business.actor, organization)
    client = await make.client(organization, *SCOPES)
    officer = api.as_(await make.staff(Role.bank, organization))
    bank = Bank(
        sessions,
        {
            "PLUT_URL": address,
            "PLUT_CLIENT_ID": str(client.id),
            "PLUT_CLIENT_SECRET": CLIENT_SECRET,
            "PLUT_SCHEME": "kur_mikro",
            "PLUT_RECEIVER": RECEIVER,
            "PLUT_PAGE": "1",
            "PLUT_STATE": str(tmp_path / "bank-side.json"),
        },
    )

    said = await bank.day()
    kept = bank.kept()
    product = (await officer.get(f"/v1/financing/products/{kept['product']}")).json()
    [search] = (await officer.get("/v1/financing/saved-searches")).json()["data"]
    [endpoint] = (await officer.get("/v1/webhook-endpoints")).json()["data"]

    assert "product: Credit kur_mikro, up to Rp100,000,000, is published" in said
    assert (product["state"], product["scheme"], product["bank_id"]) == ("published", "kur_mikro", str(organization.id))
    assert "ready list: whole, 3 pages, 0 gone; 3 businesses, 2 with consent" in said
    assert {str(first.actor.id), str(second.actor.id)} < set(kept["rows"])
    assert search["filters"]["fits"] == [product["id"]]
    assert (endpoint["url"], endpoint["state"]) == (RECEIVER, "unverified")
    assert (tmp_path / "bank-side.json").stat().st_mode & 0o077 == 0
    assert not problems(said)

    approved, rejected = [await asked(api, business, organization, product["id"]) for business in (first, second)]
    said = await bank.day()

    for path in (approved, rejected):
        states = [(row["from_state"], row["to_state"]) for row in await listed(officer, f"{path}/transitions")]
        assert states[-3:] == [("submitted", "received"), ("received", "in_review"), ("in_review", "info_requested")]
        assert [row["kind"] for row in await listed(officer, f"{path}/document-requests")] == ["sales_records"]
        code = (await officer.get(f"{path}/dossier")).json()["code"]
        assert f"dossier {code}: genuine, 1 outcomes, with_bank" in said
        assert f"event referral.submitted: {path}" in said
    assert not problems(said)

    await provide(api, first, approved, with_document=True)
    await provide(api, second, rejected, with_document=False)
    said = await bank.day()
    paid, refused = [(await officer.get(path)).json() for path in (approved, rejected)]
    [report] = await listed(officer, f"{approved}/repayment-reports")

    assert "decisions: 2 done, 0 already, 0 refused" in said
    assert (paid["state"], paid["approved_amount_idr"], paid["approved_product_id"]) == (
        "repaying",
        50_000_000,
        product["id"],
    )
    assert (paid["disbursed_amount_idr"], paid["disbursed_on"]) == (50_000_000, clock.today().isoformat())
    assert (refused["state"], (await listed(officer, f"{rejected}/transitions"))[-1]["reason_code"]) == (
        "rejected",
        "incomplete_file",
    )
    assert "repayment: 1 done, 0 already, 0 refused" in said
    assert (report["as_of"], report["collectibility"], report["outstanding_idr"]) == (
        clock.today().isoformat(),
        1,
        50_000_000,
    )
    assert not problems(said)

    unanswered = {"referral_id": refused["id"], "to": "rejected", "reason_code": "incomplete_file"}
    bank.keep(decisions=[[str(new_id()), [unanswered]]])  # As if the run had broken off before the answer came.
    said = await bank.day()
    kept = bank.kept()

    assert "decisions: 0 done, 1 already, 0 refused" in said
    assert kept["decisions"] == []
    assert "repayment: 0 done, 1 already, 0 refused" in said
    assert not [line for line in said if line.startswith(("product", "saved", "webhook", "referral"))]
    assert set(kept["rows"]) & {str(business.actor.id) for business in businesses} == {str(first.actor.id)}
    assert {line for line in said if line.startswith("event")} >= {
        f"event referral.rejected: {rejected}",
        f"event referral.disbursed: {approved}",
        f"event referral.repaying: {approved}",
    }
    assert f"event referral.submitted: {approved}" not in said
    assert not problems(said)


async def test_every_problem_is_told_by_its_code_and_the_next_part_goes_on(
    make: Make, sessions: Sessions, address: str, tmp_path: Path
) -> None:
    client = await make.client(await make.bank(), "financing:pull", "financing:read")
    bank = Bank(
        sessions,
        {
            "PLUT_URL": address,
            "PLUT_CLIENT_ID": str(client.id),
            "PLUT_CLIENT_SECRET": CLIENT_SECRET,
            "PLUT_STATE": str(tmp_path / "bank-side.json"),
        },
    )

    product, pulled, events = await bank.day()

    assert product.startswith("problem forbidden: ")
    assert pulled == "ready list: whole, 1 pages, 0 gone; 0 businesses, 0 with consent"
    assert events.startswith("problem forbidden: ")


async def asked(api: Api, business: Business, bank: Organization, product_id: str) -> str:
    """An owner asks for the bank's product; the path of the referral."""
    answer = await refer(api.as_(business.owner), business, bank, product_id=product_id)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def provide(api: Api, business: Business, path: str, *, with_document: bool) -> None:
    """An owner answers what the bank asked for, with a document or with words alone."""
    owner = api.as_(business.owner)
    [wanted] = await listed(owner, f"{path}/document-requests")
    if with_document:
        answer = await supply(owner, path, await uploaded(owner), request_id=wanted["id"])
        assert answer.status_code == 201, answer.text
    answer = await moved(owner, path, "info_provided", note="Tidak ada yang lain.")
    assert answer.status_code == 200, answer.text


async def listed(api: Api, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await api.get(path)).json()["data"]
    return rows


def problems(said: list[str]) -> list[str]:
    """The lines that tell of a problem."""
    return [line for line in said if "problem " in line]

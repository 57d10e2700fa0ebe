"""Agreements with partners: drafted, signed, kept, ended or broken off."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.agreements.models import AgreementState
from plut_api.organizations.agreements.service import end_overdue
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import pdf
from tests.organizations.agreements import papers


async def test_the_dinas_drafts_signs_and_activates_an_agreement_and_every_move_is_kept(api: Api, make: Make) -> None:
    dinas, partner = api.as_(await make.staff()), await make.organization(OrganizationKind.university)
    drafted = await dinas.post("/v1/agreements", **papers.draft(partner))
    assert drafted.status_code == 201, drafted.text
    url = drafted.headers["Location"]
    assert (drafted.json()["state"], drafted.json()["organization_name"]) == ("draft", partner.name)

    early = await dinas.post(f"{url}/activate")
    assert {fault["pointer"] for fault in early.json()["errors"]} == {"#/signed_on", "#/paper_file_id"}

    paper = await dinas.request("POST", "/v1/files", files={"file": ("pks.pdf", pdf(), "application/pdf")})
    signed = {"signed_on": clock.today().isoformat(), "paper_file_id": paper.json()["id"]}
    changed = await dinas.patch(url, etag=drafted.headers["ETag"], **signed)
    assert changed.status_code == 200, changed.text
    activated = await dinas.post(f"{url}/activate", reason="Ditandatangani kedua pihak.")
    assert activated.json()["state"] == "active"
    broken = await dinas.post(f"{url}/terminate", reason="Mitra menutup cabang.")
    assert broken.json()["state"] == "terminated"

    moves = (await dinas.get(f"{url}/transitions")).json()["data"]
    assert [(move["from_state"], move["to_state"], move["reason"]) for move in moves] == [
        ("draft", "active", "Ditandatangani kedua pihak."),
        ("active", "terminated", "Mitra menutup cabang."),
    ]
    again = await dinas.post(f"{url}/end")
    assert (again.status_code, again.json()["code"], again.json()["allowed_moves"]) == (
        409,
        "agreement_move_not_allowed",
        [],
    )


async def test_an_agreement_binds_partners_only_and_its_number_stands_once(api: Api, make: Make) -> None:
    dinas, partner = api.as_(await make.staff()), await make.organization(OrganizationKind.private)
    body = papers.draft(partner)
    assert (await dinas.post("/v1/agreements", **body)).status_code == 201

    twice = await dinas.post("/v1/agreements", **body)
    ojk = await make.organization(OrganizationKind.ojk)
    wrong = await dinas.post("/v1/agreements", **papers.draft(ojk, ends_on=(clock.today() - timedelta(1)).isoformat()))

    assert (twice.status_code, twice.json()["code"]) == (409, "agreement_number_taken")
    assert {fault["code"] for fault in wrong.json()["errors"]} == {
        "organization_is_no_partner",
        "ends_before_it_starts",
    }


async def test_what_was_signed_stays_but_for_its_end_its_title_and_its_paper(api: Api, make: Make) -> None:
    dinas, signed = api.as_(await make.staff()), await papers.agreement(make)
    url = f"/v1/agreements/{signed.id}"

    refused = await dinas.patch(url, etag='"1"', number="PKS/LAIN")
    longer = (signed.ends_on + timedelta(days=30)).isoformat()
    refused_too = await dinas.patch(url, etag='"1"', ends_on=longer)  # It has no paper on file.
    without = await dinas.patch(url, etag=None, ends_on=longer)

    assert (refused.status_code, refused.json()["code"]) == (409, "agreement_not_changeable")
    assert refused.json()["changeable"] == ["ends_on", "paper_file_id", "title"]
    assert [fault["pointer"] for fault in refused_too.json()["errors"]] == ["#/paper_file_id"]
    assert without.status_code == 428


@pytest.mark.parametrize("kind", [OrganizationKind.private, OrganizationKind.bank, OrganizationKind.opd])
async def test_a_partners_staff_read_their_own_agreements_with_the_paper_and_no_draft_of_others(
    api: Api, make: Make, kind: OrganizationKind
) -> None:
    dinas, partner = await make.staff(), await make.organization(kind)
    paper = await api.as_(dinas).request("POST", "/v1/files", files={"file": ("pks.pdf", pdf(), "application/pdf")})
    own = await papers.agreement(make, partner, paper_file_id=paper.json()["id"])
    foreign = await papers.agreement(make, state=AgreementState.draft)
    roles = {OrganizationKind.private: Role.partner, OrganizationKind.bank: Role.bank, OrganizationKind.opd: Role.opd}
    staff = api.as_(await make.staff(roles[kind], partner))

    listed = await staff.get("/v1/agreements")
    read = await staff.get(f"/v1/files/{paper.json()['id']}")

    assert [row["id"] for row in listed.json()["data"]] == [str(own.id)]
    assert (await staff.get(f"/v1/agreements/{foreign.id}")).status_code == 404
    assert read.status_code == 200
    assert (await staff.post("/v1/agreements", **papers.draft(partner))).status_code == 403


async def test_an_opd_finds_active_agreements_of_others_whose_commitments_can_sponsor(api: Api, make: Make) -> None:
    active = await papers.agreement(make)
    await papers.commitment(make, active)
    opd = api.as_(await make.staff(Role.opd))

    listed = await opd.get("/v1/agreements", state="active")
    commitments = await opd.get(f"/v1/agreements/{active.id}/commitments")

    assert [row["id"] for row in listed.json()["data"]] == [str(active.id)]
    assert [row["seats"] for row in commitments.json()["data"]] == [40]


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"kind": "seats", "amount_idr": 5}, {("#/seats", "missing"), ("#/amount_idr", "not_of_this_kind")}),
        ({"kind": "offtake", "quantity": 5}, {("#/unit", "missing"), ("#/product", "missing")}),
        ({"kind": "rupiah", "amount_idr": 5, "due_on": "2020-01-01"}, {("#/due_on", "due_outside_period")}),
    ],
)
async def test_a_commitment_has_the_fields_of_its_kind_and_falls_due_within_the_agreement(
    api: Api, make: Make, given: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    dinas, drafted = api.as_(await make.staff()), await papers.agreement(make, state=AgreementState.draft)
    body = {"due_on": clock.today().isoformat()} | given

    answer = await dinas.post(f"/v1/agreements/{drafted.id}/commitments", **body)

    assert {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]} == faults


async def test_commitments_are_changed_in_a_draft_and_only_added_to_what_is_active(api: Api, make: Make) -> None:
    dinas, drafted = api.as_(await make.staff()), await papers.agreement(make, state=AgreementState.draft)
    due_on = clock.today().isoformat()
    added = await dinas.post(f"/v1/agreements/{drafted.id}/commitments", kind="seats", seats=20, due_on=due_on)
    assert added.status_code == 201, added.text
    url = added.headers["Location"]
    changed = await dinas.patch(url, etag=added.headers["ETag"], seats=25)
    assert changed.json()["seats"] == 25
    stranger = await dinas.patch(url, etag=changed.headers["ETag"], amount_idr=5)
    assert stranger.json()["errors"][0]["code"] == "not_of_this_kind"
    assert (await dinas.delete(url, etag=changed.headers["ETag"])).status_code == 204
    assert (await dinas.get(url)).json()["code"] == "commitment_not_found"

    active = await papers.agreement(make)
    promised = await papers.commitment(make, active)
    url = f"/v1/commitments/{promised.id}"
    refused = await dinas.patch(url, etag='"1"', seats=10)
    moved = await dinas.patch(url, etag='"1"', due_on=due_on)
    kept = await dinas.delete(url, etag='"2"')
    more = await dinas.post(f"/v1/agreements/{active.id}/commitments", kind="rupiah", amount_idr=10**7, due_on=due_on)

    assert refused.json()["code"] == kept.json()["code"] == "agreement_not_changeable"
    assert moved.json()["due_on"] == due_on
    assert more.status_code == 201


async def test_an_agreement_ends_by_itself_after_its_last_day(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    over, holds = await papers.agreement(make, ends_on=yesterday), await papers.agreement(make)

    async with unit_of_work(sessions) as db:
        ended = await end_overdue(db)

    dinas = api.as_(await make.staff())
    assert ended == 1
    assert (await dinas.get(f"/v1/agreements/{over.id}")).json()["state"] == "ended"
    assert (await dinas.get(f"/v1/agreements/{holds.id}")).json()["state"] == "active"
    moves = (await dinas.get(f"/v1/agreements/{over.id}/transitions")).json()["data"]
    assert [move["caller_id"] for move in moves] == [None]

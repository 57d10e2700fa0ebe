"""Commitments of partners sponsor programmes, never beyond what is left of them."""

from asyncio import gather
from collections import Counter
from typing import Any

import pytest

from plut_api.kit.caller import Role
from plut_api.organizations.agreements.models import AgreementState, CommitmentKind
from plut_api.organizations.models import OrganizationKind
from plut_api.programs.models import ProgramState
from tests.conftest import Api
from tests.factories import Make
from tests.organizations.agreements import papers


async def test_the_organizer_and_the_dinas_set_seats_and_rupiah_aside(api: Api, make: Make) -> None:
    opd, bank = await make.organization(), await make.bank()
    program, signed = await make.program(opd, seats=30), await papers.agreement(make, bank)
    seats = await papers.commitment(make, signed)
    money = await papers.commitment(make, signed, kind=CommitmentKind.rupiah, amount_idr=50_000_000)
    url, officer = f"/v1/programs/{program.id}/sponsors", api.as_(await make.staff(Role.opd, opd))

    by_opd = await officer.post(url, commitment_id=str(seats.id), seats=20)
    by_dinas = await api.as_(await make.staff()).post(url, commitment_id=str(money.id), amount_idr=30_000_000)
    listed = (await officer.get(url)).json()["data"]

    assert (by_opd.status_code, by_dinas.status_code) == (201, 201), by_opd.text + by_dinas.text
    assert [(row["organization_name"], row["seats"], row["amount_idr"]) for row in listed] == [
        (bank.name, 20, None),
        (bank.name, None, 30_000_000),
    ]
    of_bank = await api.as_(await make.staff(Role.bank, bank)).get(url)
    of_stranger = await api.as_(await make.staff(Role.bank)).get(url)
    assert (len(of_bank.json()["data"]), of_stranger.json()["data"]) == (2, [])

    removed = await officer.delete(f"{url}/{listed[0]['id']}")
    assert removed.status_code == 204
    assert (await officer.delete(f"{url}/{listed[0]['id']}")).json()["code"] == "sponsor_not_found"


async def test_programmes_that_ask_at_once_get_no_more_than_the_commitment_has(api: Api, make: Make) -> None:
    commitment = await papers.commitment(make, await papers.agreement(make), seats=40)
    houses = [await make.organization() for _ in range(6)]
    programs = [await make.program(house, seats=30) for house in houses]
    officers = [api.as_(await make.staff(Role.opd, house)) for house in houses]

    answers = await gather(
        *(
            officer.post(f"/v1/programs/{program.id}/sponsors", commitment_id=str(commitment.id), seats=15)
            for officer, program in zip(officers, programs, strict=True)
        )
    )

    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 4}
    assert {(problem["code"], problem["left"]) for problem in refused} == {("commitment_exceeded", 10)}


async def test_what_a_cancelled_programme_took_is_free_again(api: Api, make: Make) -> None:
    commitment = await papers.commitment(make, await papers.agreement(make), seats=20)
    dinas, first, second = api.as_(await make.staff()), await make.program(), await make.program()
    body: dict[str, Any] = {"commitment_id": str(commitment.id), "seats": 20}
    assert (await dinas.post(f"/v1/programs/{first.id}/sponsors", **body)).status_code == 201
    full = await dinas.post(f"/v1/programs/{second.id}/sponsors", **body)
    assert full.json()["left"] == 0

    assert (await dinas.post(f"/v1/programs/{first.id}/cancel", reason="Pelatih sakit.")).status_code == 200

    assert (await dinas.post(f"/v1/programs/{second.id}/sponsors", **body)).status_code == 201
    settled = await dinas.post(f"/v1/programs/{first.id}/sponsors", **body)
    assert settled.json()["code"] == "sponsors_settled"


async def test_sponsors_pay_for_no_more_seats_than_a_programme_has_and_each_commitment_once(
    api: Api, make: Make
) -> None:
    signed = await papers.agreement(make)
    one, other = await papers.commitment(make, signed), await papers.commitment(make, signed)
    dinas, program = api.as_(await make.staff()), await make.program(seats=30)
    url = f"/v1/programs/{program.id}/sponsors"
    assert (await dinas.post(url, commitment_id=str(one.id), seats=20)).status_code == 201

    too_many = await dinas.post(url, commitment_id=str(other.id), seats=11)
    twice = await dinas.post(url, commitment_id=str(one.id), seats=5)

    assert (too_many.json()["code"], too_many.json()["left"]) == ("sponsored_seats_exceeded", 10)
    assert twice.json()["code"] == "already_sponsored"


@pytest.mark.parametrize(
    ("kind", "given", "codes"),
    [
        ("seats", {"amount_idr": 5}, ["missing", "not_of_this_kind"]),
        ("offtake", {"seats": 5}, ["commitment_of_offtake", "not_of_this_kind"]),
        ("none", {"seats": 5}, ["commitment_unknown"]),
    ],
)
async def test_only_seats_and_rupiah_of_a_commitment_that_is_there_sponsor(
    api: Api, make: Make, kind: str, given: dict[str, Any], codes: list[str]
) -> None:
    signed, program = await papers.agreement(make), await make.program()
    made = {
        "seats": await papers.commitment(make, signed),
        "offtake": await papers.commitment(
            make, signed, kind=CommitmentKind.offtake, quantity=100, unit="kg", product="Kopi sangrai"
        ),
    }
    of = made[kind].id if kind in made else program.id

    answer = await api.as_(await make.staff()).post(
        f"/v1/programs/{program.id}/sponsors", commitment_id=str(of), **given
    )

    assert [fault["code"] for fault in answer.json()["errors"]] == codes


async def test_neither_drafts_sponsor_nor_do_strangers_to_a_programme(api: Api, make: Make) -> None:
    program = await make.program(state=ProgramState.published)
    drafted = await papers.commitment(make, await papers.agreement(make, state=AgreementState.draft))
    url = f"/v1/programs/{program.id}/sponsors"
    body: dict[str, Any] = {"commitment_id": str(drafted.id), "seats": 5}

    by_dinas = await api.as_(await make.staff()).post(url, **body)
    by_another_opd = await api.as_(await make.staff(Role.opd)).post(url, **body)
    partner = await make.staff(Role.partner, await make.organization(OrganizationKind.private))
    by_a_partner = await api.as_(partner).post(url, **body)

    assert by_dinas.json()["code"] == "agreement_not_active"
    assert by_another_opd.json()["code"] == "organizer_only"
    assert by_a_partner.status_code == 403

"""The progress of commitments follows from programmes; nobody types it in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Message
from plut_api.organizations.agreements.models import Commitment, CommitmentKind
from plut_api.organizations.models import OrganizationKind
from plut_api.programs.models import EnrolmentState, Program, ProgramState
from plut_api.programs.overlaps.moving import Moving, move_sponsors
from plut_api.programs.sponsors.jobs import remind
from plut_api.programs.sponsors.models import ProgramSponsor
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.organizations.agreements import papers

Sessions = async_sessionmaker[AsyncSession]


async def sponsored(make: Make, of: Commitment, program: Program, organization_id: Any, **share: int) -> ProgramSponsor:
    row = ProgramSponsor(
        id=new_id(),
        program_id=program.id,
        organization_id=organization_id,
        commitment_id=of.id,
        added_by=new_id(),
        **share,
    )
    await make.add(row)
    return row


async def seated(make: Make, program: Program, *states: EnrolmentState) -> None:
    for state in states:
        done = clock.now() if state is EnrolmentState.completed else None
        await make.enrolment(program, state=state, completed_at=done)


async def test_seats_are_who_sits_there_and_nobody_counts_for_two_sponsors(api: Api, make: Make) -> None:
    partner = await make.organization(OrganizationKind.private)
    signed = await papers.agreement(make, partner)
    first, second = await papers.commitment(make, signed, seats=4), await papers.commitment(make, signed, seats=8)
    program = await make.program(seats=20, state=ProgramState.running)
    await sponsored(make, first, program, partner.id, seats=2)
    await sponsored(make, second, program, partner.id, seats=5)
    e = EnrolmentState
    await seated(make, program, e.completed, e.completed, e.completed, e.enrolled, e.withdrawn)

    staff = api.as_(await make.staff(Role.partner, partner))
    rows = (await staff.get(f"/v1/agreements/{signed.id}/progress")).json()["data"]

    told = {row["id"]: row for row in rows}
    names = ("target", "planned", "promised", "achieved", "completed", "left", "achieved_percent")
    assert [told[str(first.id)][name] for name in names] == [4, 2, 2, 2, 2, 2, 50]
    assert [told[str(second.id)][name] for name in names] == [8, 5, 5, 2, 1, 3, 25]
    assert told[str(first.id)]["words"] == "2 dari 4 kursi terisi, 2 peserta selesai."


async def test_rupiah_are_promised_while_programmes_run_and_paid_out_once_they_are_completed(
    api: Api, make: Make
) -> None:
    bank = await make.bank()
    money = await papers.commitment(
        make, await papers.agreement(make, bank), kind=CommitmentKind.rupiah, amount_idr=10_000_000
    )
    states = {ProgramState.approved: 1, ProgramState.running: 2, ProgramState.completed: 3, ProgramState.cancelled: 4}
    for state, millions in states.items():
        await sponsored(make, money, await make.program(state=state), bank.id, amount_idr=millions * 1_000_000)

    staff = api.as_(await make.staff(Role.bank, bank))
    (row,) = (await staff.get("/v1/commitments", headers={"Accept-Language": "en"})).json()["data"]

    names = ("planned", "promised", "achieved", "completed", "left")
    assert [row[name] for name in names] == [6_000_000, 2_000_000, 3_000_000, None, 4_000_000]
    assert (
        row["words"]
        == "Rp3,000,000 of Rp10,000,000 went to completed programmes; Rp2,000,000 is for open and running ones."
    )


async def test_what_is_bought_is_not_known_before_deliveries_are_recorded(api: Api, make: Make) -> None:
    signed = await papers.agreement(make)
    offtake = {"quantity": 1200, "unit": "kg", "product": "Kopi sangrai", "due_on": clock.today()}
    await papers.commitment(make, signed, kind=CommitmentKind.offtake, **offtake)

    (row,) = (await api.as_(await make.staff()).get("/v1/commitments", kind="offtake")).json()["data"]

    unknown = ("planned", "promised", "achieved", "completed", "left", "achieved_percent", "is_behind")
    assert [row[name] for name in unknown] == [None] * 7
    assert row["words"] == "Belum dihitung: capaian 1.200 kg dihitung setelah pengiriman dicatat."


async def test_a_commitment_is_behind_when_time_passes_faster_than_it_is_kept(
    api: Api, make: Make, statements: list[str]
) -> None:
    partner = await make.organization(OrganizationKind.private)
    signed = await papers.agreement(make, partner)  # A hundred days of two hundred have passed: 50 %.
    behind, kept = await papers.commitment(make, signed, seats=10), await papers.commitment(make, signed, seats=10)
    program = await make.program(seats=20, state=ProgramState.running)
    await sponsored(make, behind, program, partner.id, seats=2)
    await sponsored(make, kept, program, partner.id, seats=3)
    await seated(make, program, *[EnrolmentState.enrolled] * 5)
    dinas = api.as_(await make.staff())

    fine = (await dinas.get("/v1/commitments", behind="false")).json()["data"]
    statements.clear()
    late = (await dinas.get("/v1/commitments", behind="true", organization=str(partner.id))).json()["data"]
    asked = len(statements)
    work = (await dinas.get("/v1/work-list", kind="commitment.behind")).json()["data"]

    assert [(row["id"], row["elapsed_percent"], row["achieved_percent"]) for row in late] == [(str(behind.id), 50, 20)]
    assert [row["id"] for row in fine] == [str(kept.id)]  # 30 % at half time is within the twenty that are allowed.
    assert [item["href"] for item in work] == [f"/v1/agreements/{signed.id}/progress"]
    assert work[0]["words"] == "Bicarakan dengan mitra: kursi pelatihan baru 20%, waktunya sudah 50%."
    assert asked == 2, statements  # The rule value and the list, however many rows.


@pytest.mark.parametrize("days", [13, 15])
async def test_partners_are_reminded_of_what_falls_due_once(
    api: Api, make: Make, sessions: Sessions, days: int
) -> None:
    partner = await make.organization(OrganizationKind.private)
    officer = await make.staff(Role.partner, partner)
    await make.staff(Role.partner, partner, is_active=False)
    due_on = clock.today() + timedelta(days=days)
    await papers.commitment(make, await papers.agreement(make, partner), due_on=due_on)

    async with unit_of_work(sessions) as db:
        first, again = await remind(db), await remind(db)
        told = (await db.scalars(select(Message.recipient_id))).all()

    assert (first, again, list(told)) == ((1, 0, [officer.id]) if days == 13 else (0, 0, []))


async def test_sponsors_follow_a_programme_that_is_merged_and_one_commitment_stays_one(
    make: Make, sessions: Sessions
) -> None:
    partner = await make.organization(OrganizationKind.private)
    signed = await papers.agreement(make, partner)
    both, alone = await papers.commitment(make, signed), await papers.commitment(make, signed)
    survivor, merged = await make.program(), await make.program()
    await sponsored(make, both, survivor, partner.id, seats=5)
    await sponsored(make, both, merged, partner.id, seats=7)
    await sponsored(make, alone, merged, partner.id, seats=3)

    async with unit_of_work(sessions) as db:
        await move_sponsors(Moving(db, caller_for(await make.staff()), survivor.id, merged.id))

    async with sessions() as db:
        rows = await db.execute(text("SELECT program_id, commitment_id, seats FROM program_sponsors ORDER BY seats"))
        assert [tuple(row) for row in rows] == [(survivor.id, alone.id, 3), (survivor.id, both.id, 12)]

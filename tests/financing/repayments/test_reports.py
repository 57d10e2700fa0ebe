"""Repayment reports: by the bank that lent, one a day, within what was paid out, and never lost."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import ReferralState
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make
from tests.financing.loans import Lent, lent, of_bank, report

YESTERDAY = timedelta(days=1)


async def state_of(api: Api, loan: Lent) -> str:
    found: str = (await of_bank(api, loan).get(loan.path)).json()["state"]
    return found


async def test_the_first_report_begins_repayment_and_the_applicants_side_reads_it(api: Api, make: Make) -> None:
    loan, today = await lent(make), clock.today()

    made = await of_bank(api, loan).post(loan.reports, **report(today - YESTERDAY))

    assert made.status_code == 201, made.text
    assert await state_of(api, loan) == "repaying"
    readers = [loan.owner, loan.consultant, await make.staff(Role.dinas), loan.machine]
    for reader in readers:
        rows = (await api.as_(reader).get(loan.reports)).json()["data"]
        assert [(row["id"], row["collectibility"]) for row in rows] == [(made.json()["id"], 1)]
    strangers = [await make.person(), await make.consultant_of(await make.person()), (await lent(make)).machine]
    assert [(await api.as_(who).get(loan.reports)).status_code for who in strangers] == [404] * 3


async def test_another_bank_cannot_report_nor_learn_that_there_is_a_loan(api: Api, make: Make) -> None:
    loan, other = await lent(make), await lent(make)

    answer = await of_bank(api, other).post(loan.reports, **report(clock.today()))

    assert (answer.status_code, answer.json()["code"]) == (404, "referral_not_found")
    assert (await api.as_(loan.consultant).post(loan.reports, **report(clock.today()))).status_code == 403


async def test_a_second_report_for_a_day_says_why_and_what_stood_stays(api: Api, make: Make) -> None:
    loan, day = await lent(make), clock.today()
    bank = of_bank(api, loan)
    first = (await bank.post(loan.reports, **report(day))).json()

    refused = await bank.post(loan.reports, **report(day, paid_idr=13_000_000))
    second = await bank.post(loan.reports, **report(day, paid_idr=13_000_000, correction_reason="Salah ketik."))

    assert (refused.status_code, refused.json()["code"]) == (409, "repayment_reported")
    assert second.json()["corrects_id"] == first["id"]
    old, new = (await bank.get(loan.reports)).json()["data"]
    assert (old["paid_idr"], old["superseded_at"] is not None) == (12_000_000, True)
    assert (new["paid_idr"], new["superseded_at"], new["correction_reason"]) == (13_000_000, None, "Salah ketik.")


async def test_everything_that_does_not_fit_the_loan_is_named_at_once(api: Api, make: Make) -> None:
    loan, today = await lent(make), clock.today()
    wrong: dict[str, Any] = {
        "collectibility": 2,
        "outstanding_idr": 40_000_001,
        "closes": True,
        "correction_reason": "Tidak ada yang dikoreksi.",
    }

    early = await of_bank(api, loan).post(loan.reports, **report(today - timedelta(days=366), **wrong))
    late = await of_bank(api, loan).post(loan.reports, **report(today + YESTERDAY))

    assert {(e["pointer"], e["code"]) for e in early.json()["errors"]} == {
        ("#/as_of", "day_out_of_range"),
        ("#/collectibility", "collectibility_differs"),
        ("#/outstanding_idr", "amount_out_of_range"),
        ("#/closes", "not_paid_back"),
        ("#/correction_reason", "nothing_to_correct"),
    }
    assert [e["pointer"] for e in late.json()["errors"]] == ["#/as_of"]
    assert await state_of(api, loan) == "disbursed"


@pytest.mark.parametrize("state", [ReferralState.approved, ReferralState.closed])
async def test_nothing_is_reported_before_it_is_paid_out_or_after_it_is_paid_back(
    api: Api, make: Make, state: ReferralState
) -> None:
    loan = await lent(make, state)

    answer = await of_bank(api, loan).post(loan.reports, **report(clock.today()))

    assert (answer.status_code, answer.json()["code"]) == (409, "loan_not_running")
    assert answer.json()["state"] == state.value


async def test_a_loan_that_is_paid_back_is_closed_with_the_report_that_says_so(api: Api, make: Make) -> None:
    loan = await lent(make, ReferralState.repaying)

    answer = await of_bank(api, loan).post(loan.reports, **report(clock.today(), outstanding_idr=0, closes=True))

    assert answer.status_code == 201, answer.text
    moves = (await api.as_(loan.owner).get(f"{loan.path}/transitions")).json()["data"]
    assert [(move["to_state"], move["reason_code"]) for move in moves] == [("closed", "paid_off")]


async def test_of_two_reports_for_a_day_at_once_one_stands(api: Api, make: Make) -> None:
    loan, day = await lent(make), clock.today()
    bank = of_bank(api, loan)

    answers = await gather(*(bank.post(loan.reports, **report(day, paid_idr=paid)) for paid in (1, 2)))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len((await bank.get(loan.reports)).json()["data"]) == 1


async def test_it_is_told_by_an_event_without_amounts(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    loan = await lent(make)

    made = await of_bank(api, loan).post(loan.reports, **report(clock.today()))

    async with sessions() as db:
        told = await db.scalar(select(Event).where(Event.name == "repayment.reported"))
    assert told is not None
    assert told.subject_id == loan.referral.id
    assert told.facts == {
        "actor_id": str(loan.actor.id),
        "organization_id": str(loan.bank.id),
        "report_id": made.json()["id"],
        "collectibility": 1,
    }


async def test_the_timeline_tells_of_reports_that_stand(api: Api, make: Make) -> None:
    loan, day = await lent(make), clock.today()
    await of_bank(api, loan).post(loan.reports, **report(day))
    worse = report(day, collectibility=2, days_past_due=12, correction_reason="Terlambat dibaca.")
    await of_bank(api, loan).post(loan.reports, **worse)

    told = (await api.as_(loan.owner).get(f"/v1/actors/{loan.actor.id}/timeline")).json()["data"]

    (entry,) = [each for each in told if each["kind"] == "repayment.reported"]
    assert "dalam perhatian khusus" in entry["words"]
    assert entry["href"] == loan.reports

"""Repayment reports in one call: many loans, many days, each kept whole or not at all."""

from datetime import date, timedelta
from typing import Any

import httpx

from plut_api.financing.models import ReferralState
from plut_api.kit import clock
from tests.conftest import Api
from tests.factories import Make
from tests.financing.loans import lent, machine_of, of_bank, referral_of, report

PATH = "/v1/financing/repayment-reports"


async def send(api: Api, *items: dict[str, Any]) -> httpx.Response:
    answer = await api.request("POST", PATH, json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer


def told(answer: httpx.Response) -> list[tuple[str, str | None]]:
    return [(row["outcome"], (row["problem"] or {}).get("code")) for row in answer.json()["results"]]


def about(loan: Any, as_of: date, **given: Any) -> dict[str, Any]:
    return {"referral_id": str(loan.referral.id)} | report(as_of, **given)


async def test_many_reports_are_kept_again_without_harm_and_a_foreign_one_never(api: Api, make: Make) -> None:
    loan, foreign = await lent(make), await lent(make)
    today, before = clock.today(), clock.today() - timedelta(days=31)
    items = [
        about(loan, today),
        about(loan, before),
        about(loan, before, paid_idr=1),
        about(foreign, today),
        about(loan, today + timedelta(days=1)),
    ]

    first = await send(of_bank(api, loan), *items)
    again = await send(of_bank(api, loan), *items[:2], about(loan, today, paid_idr=7))
    corrected = await send(of_bank(api, loan), about(loan, today, paid_idr=7, correction_reason="Salah ketik."))

    assert told(first) == [
        ("done", None),
        ("done", None),
        ("refused", "report_twice"),
        ("refused", "referral_not_found"),
        ("refused", "invalid"),
    ]
    assert told(again) == [("already", None), ("already", None), ("refused", "report_twice")]
    assert told(corrected) == [("done", None)]
    rows = (await of_bank(api, loan).get(loan.reports)).json()["data"]
    assert [(row["as_of"], row["superseded_at"] is None) for row in rows] == [
        (before.isoformat(), True),
        (today.isoformat(), False),
        (today.isoformat(), True),
    ]
    assert (await of_bank(api, loan).get(loan.path)).json()["state"] == "repaying"


async def test_a_file_of_months_proves_three_of_them_with_one_event(api: Api, make: Make) -> None:
    loan = await lent(make)
    first = (clock.today() - timedelta(days=200)).replace(day=1)
    days = [first, (first + timedelta(days=32)).replace(day=1), (first + timedelta(days=64)).replace(day=1)]
    header = "referral_id,as_of,collectibility,days_past_due,outstanding_idr,paid_idr\n"
    lines = [f"{loan.referral.id},{day},1,0,30000000,12000000\n" for day in reversed(days)]

    answer = await of_bank(api, loan).request(
        "POST", PATH, content=header + "".join(lines), headers={"Content-Type": "text/csv"}
    )

    assert told(answer) == [("done", None)] * 3


async def test_reports_that_only_add_cost_the_same_number_of_statements_however_many(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner, bank = await make.person(), await make.bank()
    actors = [await make.actor(owner) for _ in range(12)]
    referrals = [referral_of(actor, bank, ReferralState.repaying) for actor in actors]
    await make.add(*referrals)
    machine, counts = api.as_(await machine_of(make, bank)), []

    for some in (referrals[:1], referrals[1:4], referrals[4:12]):  # The first call wakes up caches.
        statements.clear()
        answer = await send(machine, *({"referral_id": str(one.id)} | report(clock.today()) for one in some))
        assert set(told(answer)) == {("done", None)}
        counts.append(len(statements))

    assert counts[1] == counts[2] < 20

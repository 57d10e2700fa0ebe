"""The rest of the life cycle: drafts, schemes, documents asked for, the end."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals.reasons import ReasonCode, reasons
from plut_api.financing.referrals.states import MOVES, Side
from plut_api.financing.rules.loading import newest_valid
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import REFERRALS, bank_of, moved, refer, referred, taken_to
from tests.financing.story import confirmed_business

Sessions = async_sessionmaker[AsyncSession]


async def test_a_draft_is_changed_and_sent_and_until_then_no_bank_sees_it(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business = await confirmed_business(api, make)
    bank, client = await bank_of(make, business)
    owner, machine = api.as_(business.owner), api.as_(client)
    made = await refer(owner, business, bank, submit=False)
    path = made.headers["location"]

    unseen = [(await machine.get(path)).status_code, (await machine.get(REFERRALS)).json()["data"]]
    changed = await owner.patch(path, etag=made.headers["etag"], amount_idr=30_000_000, scheme="kur_mikro")
    stale = await owner.patch(path, etag=made.headers["etag"], amount_idr=1)
    sent = await moved(api.as_(business.consultant), path, "submitted")
    too_late = await owner.patch(path, etag=sent.headers["etag"], amount_idr=1)

    assert (made.json()["state"], made.json()["submitted_at"], unseen) == ("draft", None, [404, []])
    assert (changed.json()["amount_idr"], changed.json()["scheme"], stale.status_code) == (30_000_000, "kur_mikro", 412)
    assert (too_late.status_code, too_late.json()["code"]) == (409, "referral_not_draft")
    seen = (await machine.get(path)).json()
    assert (seen["state"], seen["created_at"]) == ("submitted", seen["submitted_at"])
    told = (await machine.get(f"{path}/transitions")).json()["data"]
    assert [(t["from_state"], t["to_state"]) for t in told] == [(None, "submitted")]
    async with sessions() as db:
        names = await db.scalars(select(Event.name).where(Event.name.startswith("referral.")).order_by(Event.id))
        assert list(names) == ["referral.draft", "referral.submitted"]


async def test_what_a_scheme_or_the_order_forbids_is_named_at_once(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank, _ = await bank_of(make, business)
    owner = api.as_(business.owner)

    beyond = await refer(owner, business, bank, scheme="kur_mikro", amount_idr=100_000_001)
    unknown = await refer(owner, business, bank, scheme="agrinas_2026")
    neither = await refer(owner, business, bank, bank_id=None)
    twice = await refer(owner, business, bank, await make.organization(), bank)

    faults = [[(e["pointer"], e["code"]) for e in a.json()["errors"]] for a in (beyond, unknown, neither, twice)]
    assert faults == [
        [("#/amount_idr", "out_of_scheme")],
        [("#/scheme", "scheme_unknown")],
        [("#/bank_id", "missing")],
        [("#/bank_ids/1", "not_an_active_bank"), ("#/bank_ids/2", "bank_twice")],
    ]


async def test_two_consultants_submit_one_scheme_at_once_and_one_bank_is_asked(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    banks = [(await bank_of(make, business))[0] for _ in range(2)]
    drafts = [(await refer(api.as_(business.consultant), business, b, submit=False)).headers["location"] for b in banks]

    answers = await gather(
        moved(api.as_(business.consultant), drafts[0], "submitted"),
        moved(api.as_(business.owner), drafts[1], "submitted"),
    )

    assert sorted(a.status_code for a in answers) == [200, 409]
    assert [a.json()["code"] for a in answers if a.is_error] == ["referral_already_open"]


async def test_financing_under_a_scheme_stands_in_the_way_of_another_and_not_of_other_schemes(
    api: Api, make: Make
) -> None:
    business, _, machine, path = await referred(api, make, scheme="kur_mikro")
    await taken_to(machine, path, "approved")
    await moved(machine, path, "disbursed", disbursed_amount_idr=1, disbursed_on=clock.today().isoformat())
    bank, _ = await bank_of(make, business)
    owner = api.as_(business.owner)

    same = await refer(owner, business, bank, scheme="kur_mikro")
    other_kur = await refer(owner, business, bank, scheme="kur_super_mikro", amount_idr=5_000_000)
    free = await refer(owner, business, bank)
    beside = await refer(owner, business, bank)

    assert [a.json().get("code") for a in (same, other_kur)] == ["already_financed"] * 2
    assert (free.status_code, beside.json()["code"]) == (201, "referral_already_open")


async def test_of_two_disbursements_at_once_one_pays(api: Api, make: Make) -> None:
    _, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "approved")
    today = clock.today().isoformat()

    answers = await gather(
        *(moved(bank, path, "disbursed", disbursed_amount_idr=40_000_000, disbursed_on=today) for _ in range(2))
    )
    again = await moved(bank, path, "disbursed", disbursed_amount_idr=1, disbursed_on=today)

    assert sorted(a.status_code for a in answers) == [200, 409]
    assert (again.status_code, again.json()["allowed_moves"]) == (409, ["closed"])


async def test_a_bank_approves_while_the_owner_withdraws_and_the_record_tells_one_story(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "in_review")
    owner = api.as_(business.owner)

    approved, withdrawn = await gather(
        moved(bank, path, "approved", approved_amount_idr=1), moved(owner, path, "withdrawn")
    )

    assert withdrawn.status_code == 200, "an approval can be withdrawn too"
    told = [t["to_state"] for t in (await owner.get(f"{path}/transitions")).json()["data"]]
    assert told[3:] == (["approved", "withdrawn"] if approved.status_code == 200 else ["withdrawn"])
    assert (await owner.get(path)).json()["state"] == "withdrawn"


async def test_amounts_and_days_out_of_order_change_nothing(api: Api, make: Make, sessions: Sessions) -> None:
    _, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "approved")
    day = clock.today()
    async with unit_of_work(sessions) as db:
        await db.execute(Referral.__table__.update().values(decided_at=clock.now() - timedelta(days=3)))  # type: ignore[attr-defined]

    early, late, over = [
        await moved(bank, path, "disbursed", disbursed_amount_idr=amount, disbursed_on=on.isoformat())
        for amount, on in (
            (1, day - timedelta(days=4)),
            (1, day + timedelta(days=1)),
            (40_000_001, day - timedelta(days=3)),
        )
    ]

    assert [[e["code"] for e in a.json()["errors"]] for a in (early, late, over)] == [
        ["day_out_of_range"],
        ["day_out_of_range"],
        ["amount_out_of_range"],
    ]
    assert (await bank.get(path)).json()["state"] == "approved"


async def test_reasons_fit_their_move_and_unknown_ones_are_refused(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "in_review")

    unknown = await moved(bank, path, "rejected", reason_code="tidak_suka")
    of_another = await moved(bank, path, "rejected", reason_code="paid_off")
    of_the_system = await moved(api.as_(business.owner), path, "withdrawn", reason_code="consent_ended")

    assert [a.status_code for a in (unknown, of_another, of_the_system)] == [422] * 3
    assert [e["code"] for e in of_another.json()["errors"] + of_the_system.json()["errors"]] == [
        "reason_not_of_move"
    ] * 2
    assert (await bank.get(path)).json()["state"] == "in_review"


async def test_a_paid_loan_is_closed_with_a_reason_and_stays_in_the_banks_sight(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "approved")
    await moved(bank, path, "disbursed", disbursed_amount_idr=1, disbursed_on=clock.today().isoformat())

    bare = await moved(bank, path, "closed")
    closed = await moved(bank, path, "closed", reason_code="paid_off")
    new = await refer(api.as_(business.owner), business, (await bank_of(make, business))[0])

    assert ([e["pointer"] for e in bare.json()["errors"]], closed.json()["state"]) == (["#/reason_code"], "closed")
    assert (await bank.get(path)).json()["disbursed_amount_idr"] == 1
    assert new.status_code == 201, "what is paid back stands in nobody's way"


async def test_a_bank_acknowledges_that_the_data_are_gone_and_its_clock_stops(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    today = clock.today()
    early = await bank.post(f"{path}/acknowledge-end", data_removed_on=today.isoformat())
    await moved(api.as_(business.owner), path, "withdrawn", reason_code="terms_not_suitable")
    ticking = (await bank.get(path)).json()["due_at"]

    wrong = await bank.post(f"{path}/acknowledge-end", data_removed_on=(today + timedelta(days=1)).isoformat())
    done = await bank.post(f"{path}/acknowledge-end", data_removed_on=today.isoformat())
    again = await bank.post(f"{path}/acknowledge-end", data_removed_on=today.isoformat())

    assert (early.json()["code"], again.json()["code"]) == ("nothing_to_acknowledge", "nothing_to_acknowledge")
    assert (wrong.json()["errors"][0]["code"], ticking is not None) == ("day_out_of_range", True)
    assert (done.json()["data_removed_on"], done.json()["due_at"]) == (today.isoformat(), None)


async def test_what_another_request_with_the_bank_needs_is_not_ended_with_the_first(api: Api, make: Make) -> None:
    business, bank, _, first = await referred(api, make, scheme="kur_mikro")
    owner = api.as_(business.owner)
    second = (await refer(owner, business, bank)).headers["location"]
    consents = f"/v1/actors/{business.actor.id}/consents"

    await moved(owner, first, "withdrawn")
    between = (await owner.get(consents)).json()["data"]
    await moved(owner, second, "withdrawn")
    after = (await owner.get(consents)).json()["data"]

    assert [c["withdrawn_at"] is None for c in between + after] == [True, False]


async def test_the_life_cycle_is_told_whole_and_every_reason_has_its_place(api: Api) -> None:
    told = (await api.get("/v1/financing/referral-moves", headers={"Accept-Language": "en"})).json()["data"]

    assert len(told) == len(MOVES)
    rejecting = next(m for m in told if m["to_state"] == "rejected")
    assert (rejecting["side"], rejecting["needs"]) == ("bank", ["reason_code"])
    assert rejecting["reasons"][0] == {"code": "incomplete_file", "words": "The file is incomplete"}
    led_to = {(move.side, move.after) for move in MOVES if "reason_code" in move.needs | move.may}
    for reason in reasons().values():
        sides = set(Side) - {Side.system} if reason.by == "any" else {Side(reason.by)}
        assert any((side, state) in led_to for side in sides for state in reason.moves), reason.code
    assert {r["code"] for m in told for r in m["reasons"]} == {code.value for code in ReasonCode}


async def test_next_steps_of_reasons_are_rules_in_force() -> None:
    rules = {rule.code for rule in newest_valid("business").rules}

    assert {code for reason in reasons().values() for code in reason.next_steps} <= rules


async def test_listing_takes_as_many_statements_for_many_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    bank = await make.bank()
    officer = api.as_(await make.staff(Role.bank, bank))
    asked: dict[str, Any] = {"bank_id": bank.id, "state": ReferralState.submitted, "made_by": bank.id}
    asked |= {"amount_idr": 1, "tenor_months": 1, "purpose": "Modal"}
    await officer.get(REFERRALS)
    counts = []
    for _ in range(2):
        await make.add(*[Referral(actor_id=(await make.actor()).id, **asked) for _ in range(3)])
        statements.clear()
        assert (await officer.get(REFERRALS, late="false", scheme="commercial")).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("to", ["withdrawn", "rejected"])
async def test_consent_ends_once_and_its_echo_changes_nothing(
    api: Api, make: Make, sessions: Sessions, to: str
) -> None:
    business, _, bank, path = await referred(api, make)
    await taken_to(bank, path, "in_review")
    who, given = (bank, {"reason_code": "other"}) if to == "rejected" else (api.as_(business.owner), {})

    await moved(who, path, to, **given)

    async with sessions() as db:
        ended = select(func.count()).where(Event.name.in_(["consent.withdrawn", f"referral.{to}"]))
        assert await db.scalar(ended) == 2

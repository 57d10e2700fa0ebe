"""Decisions of a bank in one call: item by item, whole or not at all, again without harm, and never a foreign one."""

import json
from asyncio import gather
from typing import Any

import httpx
import pytest

from plut_api.actors.models import Actor
from plut_api.financing.models import Referral, ReferralState
from plut_api.identity.models import Client
from plut_api.kit import clock
from tests.conftest import Api
from tests.factories import Make
from tests.financing.loans import Lent, lent, machine_of, of_bank, referral_of

S = ReferralState
PATH = "/v1/financing/decisions"
APPROVAL: dict[str, Any] = {"to": "approved", "approved_amount_idr": 30_000_000}


async def decide(api: Api, *items: dict[str, Any], **headers: str) -> httpx.Response:
    return await api.request("POST", PATH, json={"items": list(items)}, headers=headers)


def about(referral: Referral, **given: Any) -> dict[str, Any]:
    return {"referral_id": str(referral.id)} | given


def told(answer: httpx.Response) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(row["outcome"], (row["problem"] or {}).get("code")) for row in answer.json()["results"]]


async def state_of(api: Api, loan: Lent) -> tuple[str, str]:
    answer = await of_bank(api, loan).get(loan.path)
    return answer.json()["state"], answer.headers["etag"]


async def desk(make: Make, *states: ReferralState) -> tuple[Client, list[Referral]]:
    """A bank's machine, and requests of as many businesses that lie with the bank."""
    owner, bank = await make.person(), await make.bank()
    actors: list[Actor] = [await make.actor(owner) for _ in states]
    pairs = zip(actors, states, strict=True)
    referrals = [referral_of(actor, bank, state, clock.today()) for actor, state in pairs]
    await make.add(*referrals)
    return await machine_of(make, bank), referrals


async def test_each_item_is_moved_and_told_in_the_order_sent(api: Api, make: Make) -> None:
    machine, (new, read, approved) = await desk(make, S.submitted, S.in_review, S.approved)
    day = clock.today().isoformat()
    paid = {"to": "disbursed", "disbursed_amount_idr": 40_000_000, "disbursed_on": day}

    answer = await decide(
        api.as_(machine), about(approved, **paid), about(new, to="received"), about(read, **APPROVAL, version=1)
    )

    assert told(answer) == [("done", None)] * 3
    body = answer.json()
    assert (body["done"], body["already"], body["refused"]) == (3, 0, 0)
    assert [(row["index"], row["referral_id"], row["state"], row["version"]) for row in body["results"]] == [
        (0, str(approved.id), "disbursed", 2),
        (1, str(new.id), "received", 2),
        (2, str(read.id), "approved", 2),
    ]


async def test_what_is_wrong_with_one_item_is_its_own_and_changes_nothing(api: Api, make: Make) -> None:
    machine, (new, read, stale, twice) = await desk(make, S.submitted, S.in_review, S.in_review, S.submitted)
    foreign = await lent(make, S.in_review)
    bank = api.as_(machine)

    answer = await decide(
        bank,
        about(new, to="disbursed"),
        about(read, to="approved", approved_amount_idr=50_000_001, reason_code="other"),
        about(foreign.referral, **APPROVAL),
        about(stale, **APPROVAL, version=7),
        about(twice, to="received"),
        about(twice, to="received"),
        {"referral_id": "bukan-id", "to": "approved", "approved_amount_idr": "banyak", "kolom": 1},
    )

    assert told(answer) == [
        ("refused", "referral_move_not_allowed"),
        ("refused", "invalid"),
        ("refused", "referral_not_found"),
        ("refused", "precondition_failed"),
        ("done", None),
        ("refused", "referral_twice"),
        ("refused", "invalid"),
    ]
    assert str(foreign.referral.id) not in answer.text
    problems = [row["problem"] for row in answer.json()["results"]]
    assert problems[0]["allowed_moves"] == ["received"]
    assert {e["pointer"] for e in problems[1]["errors"]} == {"#/approved_amount_idr", "#/reason_code"}
    assert {e["pointer"] for e in problems[6]["errors"]} == {"#/referral_id", "#/approved_amount_idr", "#/kolom"}
    assert (await state_of(api, foreign))[0] == "in_review"
    for untouched, state in ((new, "submitted"), (read, "in_review"), (stale, "in_review")):
        found = await bank.get(f"/v1/financing/referrals/{untouched.id}")
        assert (found.json()["state"], found.headers["etag"]) == (state, '"1"')


async def test_the_same_decision_again_is_already_so_also_behind_it(api: Api, make: Make) -> None:
    machine, (one, other) = await desk(make, S.in_review, S.in_review)
    bank, day = api.as_(machine), clock.today().isoformat()
    refusal = {"to": "rejected", "reason_code": "incomplete_file"}
    items = [about(one, **APPROVAL, version=1), about(other, **refusal)]
    await decide(bank, *items)

    again = await decide(bank, *items)
    otherwise = await decide(
        bank, about(one, to="approved", approved_amount_idr=1), about(other, to="rejected", reason_code="other")
    )
    await decide(bank, about(one, to="disbursed", disbursed_amount_idr=30_000_000, disbursed_on=day))
    behind = await decide(bank, items[0])

    assert told(again) == [("already", None)] * 2
    assert [row["version"] for row in again.json()["results"]] == [2, 2]
    assert told(otherwise) == [("refused", "referral_move_not_allowed")] * 2
    assert told(behind) == [("already", None)]


async def test_a_refusal_in_a_batch_ends_the_consent_like_any_other(api: Api, make: Make) -> None:
    loan = await lent(make, S.in_review)
    await make.consent(loan.actor, loan.bank)

    await decide(of_bank(api, loan), about(loan.referral, to="rejected", reason_code="existing_arrears"))

    (consent,) = (await api.as_(loan.owner).get(f"/v1/actors/{loan.actor.id}/consents")).json()["data"]
    assert consent["withdrawn_at"] is not None


async def test_a_key_makes_the_whole_call_repeatable(api: Api, make: Make) -> None:
    machine, (one,) = await desk(make, S.submitted)
    bank, key = api.as_(machine), {"Idempotency-Key": "keputusan-2026-11-24"}

    first = await decide(bank, about(one, to="received"), **key)
    again = await decide(bank, about(one, to="received"), **key)
    without = await bank.request("POST", PATH, json={"items": []}, headers={"Idempotency-Key": ""})

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert without.status_code == 422


async def test_of_two_identical_calls_at_once_each_decision_is_made_once(api: Api, make: Make) -> None:
    machine, referrals = await desk(make, *[S.in_review] * 4)
    items = [about(referral, **APPROVAL) for referral in referrals]

    one, other = await gather(decide(api.as_(machine), *items), decide(api.as_(machine), *reversed(items)))

    outcomes = sorted(zip(told(one), reversed(told(other)), strict=True))
    assert all(sorted(pair) == [("already", None), ("done", None)] for pair in outcomes)
    assert {row["version"] for answer in (one, other) for row in answer.json()["results"]} == {2}


async def test_a_decision_and_a_withdrawal_at_once_leave_one_of_both(api: Api, make: Make) -> None:
    loan = await lent(make, S.in_review)
    withdrawal = api.as_(loan.owner).post(f"{loan.path}/transitions", to="withdrawn")

    decided, withdrawn = await gather(
        decide(of_bank(api, loan), about(loan.referral, to="rejected", reason_code="other")), withdrawal
    )

    state, etag = await state_of(api, loan)
    if withdrawn.status_code == 200:
        assert (told(decided), state) == ([("refused", "referral_move_not_allowed")], "withdrawn")
    else:
        assert (told(decided), withdrawn.status_code, state) == ([("done", None)], 409, "rejected")
    assert etag == '"2"'


@pytest.mark.parametrize("kind", ["text/csv", "application/x-ndjson"])
async def test_a_file_is_as_good_as_a_json_body_and_its_lines_are_named(api: Api, make: Make, kind: str) -> None:
    machine, (one, other) = await desk(make, S.in_review, S.submitted)
    if kind == "text/csv":
        content = (
            "referral_id;to;approved_amount_idr;note\r\n"
            f'{one.id};approved;30000000;"Disetujui; cair pekan depan"\r\n\r\n'
            f"{other.id};received;;\r\n{other.id};approved;tiga puluh juta;\r\n"
        )
    else:
        items = [about(one, **APPROVAL, note="Disetujui; cair pekan depan"), about(other, to="received")]
        content = "\n\n".join([*map(json.dumps, items), "{rusak"])

    answer = await api.as_(machine).request("POST", PATH, content=content, headers={"Content-Type": kind})

    broken = "invalid" if kind == "text/csv" else "malformed_json"
    assert told(answer) == [("done", None), ("done", None), ("refused", broken)]
    assert [row["line"] for row in answer.json()["results"]] == ([2, 4, 5] if kind == "text/csv" else [1, 3, 5])
    moves = (await api.as_(machine).get(f"/v1/financing/referrals/{one.id}/transitions")).json()["data"]
    assert [move["note"] for move in moves] == ["Disetujui; cair pekan depan"]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"items": [', "application/json", 400, "malformed_json"),
        (b'{"items": []}', "application/json", 422, "invalid"),
        (b"[]", "application/json", 422, "invalid"),
        (json.dumps({"items": [{}] * 1001}).encode(), "application/json", 422, "invalid"),
        (b"{}\n" * 1001, "application/x-ndjson", 422, "invalid"),
        (b"", "text/csv", 422, "invalid"),
        (b"referral_id,to,nama\n1,2,3\n", "text/csv", 422, "invalid"),
        (b"referral_id,to\n1,2,3\n", "text/csv", 422, "invalid"),
        (b'referral_id,to\n"1,2\n', "text/csv", 422, "invalid"),
        (b"referral_id,to\n\xff,2\n", "text/csv", 422, "invalid"),
        (b"<xml/>", "application/xml", 415, "unsupported_media_type"),
        (b" " * 1_100_000, "application/json", 413, "payload_too_large"),
    ],
)
async def test_what_cannot_be_read_is_refused_as_a_whole(
    api: Api, make: Make, content: bytes, kind: str, status: int, code: str
) -> None:
    machine, _ = await desk(make)

    answer = await api.as_(machine).request("POST", PATH, content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_decisions_cost_a_fixed_number_of_statements_each(api: Api, make: Make, statements: list[str]) -> None:
    machine, referrals = await desk(make, *[S.in_review] * 12)
    await decide(api.as_(machine), about(referrals[0], **APPROVAL))
    counts = []

    for some in (referrals[1:3], referrals[3:9]):
        statements.clear()
        await decide(api.as_(machine), *(about(referral, **APPROVAL) for referral in some))
        counts.append(len(statements))
    statements.clear()
    again = await decide(api.as_(machine), *(about(referral, **APPROVAL) for referral in referrals[1:9]))
    repeated = len(statements)

    assert (counts[1] - counts[0]) / 4 == PER_DECISION
    assert told(again) == [("already", None)] * 8
    assert repeated <= counts[0] - 2 * PER_DECISION  # What was decided before costs nothing more.


PER_DECISION = 7
"""Savepoint, the row, its move, its event, what else is looked up, the row again, and the end of the savepoint."""

"""Referrals: from a consented, confirmed business to disbursement, by the moves that are legal and no others."""

from asyncio import gather

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import moved, refer, referred
from tests.financing.story import any_id, business_whose_rules_are_met, confirmed_business


async def test_a_bank_takes_a_referral_to_disbursement_and_every_step_is_told(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    today = clock.today().isoformat()

    steps = [
        await moved(bank, path, "received"),
        await moved(bank, path, "in_review", note="Diperiksa."),
        await moved(bank, path, "approved", approved_amount_idr=40_000_000),
        await moved(bank, path, "disbursed", disbursed_amount_idr=40_000_000, disbursed_on=today),
    ]

    assert [s.json()["state"] for s in steps] == ["received", "in_review", "approved", "disbursed"]
    told = (await api.as_(business.owner).get(f"{path}/transitions")).json()["data"]
    assert [(t["from_state"], t["to_state"], t["caller_role"]) for t in told] == [
        (None, "submitted", "person"),
        ("submitted", "received", "bank"),
        ("received", "in_review", "bank"),
        ("in_review", "approved", "bank"),
        ("approved", "disbursed", "bank"),
    ]
    assert told[2]["note"] == "Diperiksa."


@pytest.mark.parametrize("to", ["approved", "disbursed", "submitted", "withdrawn", "draft"])
async def test_an_illegal_move_names_the_legal_ones(api: Api, make: Make, to: str) -> None:
    _, _, bank, path = await referred(api, make)

    answer = await moved(bank, path, to)

    assert (answer.status_code, answer.json()["code"]) == (409, "referral_move_not_allowed")
    assert answer.json()["allowed_moves"] == ["received"]


async def test_another_bank_is_told_nothing(api: Api, make: Make) -> None:
    _, _, _, path = await referred(api, make)
    other = api.as_(await make.client(await make.bank(), "financing:read", "financing:decide"))

    answers = [await other.get(path), await moved(other, path, "received"), await other.get(f"{path}/transitions")]

    assert [a.status_code for a in answers] == [404] * 3
    assert (await other.get("/v1/financing/referrals")).json()["data"] == []


async def test_reading_is_not_deciding(api: Api, make: Make) -> None:
    _, bank_organization, _, path = await referred(api, make)
    onlooker = api.as_(await make.client(bank_organization, "financing:read", "financing:pull"))

    answers = [
        await moved(onlooker, path, "received"),
        await moved(api.as_(await make.staff(Role.dinas)), path, "withdrawn"),
    ]

    assert [a.status_code for a in answers] == [403, 403]
    assert (await onlooker.get(path)).json()["state"] == "submitted"


@pytest.mark.parametrize("who", ["owner", "consultant"])
async def test_the_applicants_side_withdraws_and_the_consent_ends_with_it(api: Api, make: Make, who: str) -> None:
    business, _, bank, path = await referred(api, make)

    answer = await moved(api.as_(getattr(business, who)), path, "withdrawn", note="Belum jadi.")

    assert answer.json()["state"] == "withdrawn"
    (consent,) = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/consents")).json()["data"]
    assert consent["withdrawn_at"] is not None
    assert (await moved(bank, path, "received")).json()["allowed_moves"] == []


async def test_owner_consultant_dinas_and_the_bank_see_it_in_their_lists(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    callers = [api.as_(business.owner), api.as_(business.consultant), api.as_(await make.staff(Role.dinas)), bank]

    for caller in callers:
        listed = (await caller.get("/v1/financing/referrals", state="submitted")).json()["data"]
        assert [r["id"] for r in listed] == [path.rpartition("/")[2]]
    assert (await api.as_(await make.person()).get(path)).status_code == 404


async def test_without_confirmation_or_consent_there_is_no_referral(api: Api, make: Make) -> None:
    bank = await make.bank()
    unconfirmed = await business_whose_rules_are_met(make, 1)
    await make.consent(unconfirmed.actor, bank)
    without_consent = await confirmed_business(api, make, 2)

    first = await refer(api.as_(unconfirmed.owner), unconfirmed, bank)
    second = await refer(api.as_(without_consent.owner), without_consent, bank)

    assert (first.status_code, first.json()["code"]) == (409, "not_ready_for_referral")
    assert (second.status_code, second.json()["code"]) == (409, "consent_missing")


async def test_bad_values_are_named_all_at_once(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)

    wrong = await refer(api.as_(business.owner), business, await make.bank(), amount_idr=0, tenor_months=True, extra=1)
    no_bank = await refer(api.as_(business.owner), business, await make.organization())
    foreign = await refer(api.as_(await make.person()), business, await make.bank())
    unknown = await refer(api.as_(business.owner), business, await make.bank(), actor_id=any_id())

    assert {e["pointer"] for e in wrong.json()["errors"]} == {"#/amount_idr", "#/tenor_months", "#/extra"}
    assert no_bank.json()["errors"][0]["code"] == "not_an_active_bank"
    assert (foreign.status_code, unknown.status_code) == (404, 404)


async def test_a_move_brings_what_it_needs_and_nothing_else(api: Api, make: Make) -> None:
    _, _, bank, path = await referred(api, make)
    await moved(bank, path, "received")
    await moved(bank, path, "in_review")

    bare = await moved(bank, path, "approved")
    too_much = await moved(bank, path, "approved", approved_amount_idr=50_000_001)
    misplaced = await moved(bank, path, "approved", approved_amount_idr=1, reason_code="other")
    no_reason = await moved(bank, path, "rejected")

    assert [e["code"] for e in bare.json()["errors"]] == ["missing"]
    assert [e["code"] for e in too_much.json()["errors"]] == ["amount_out_of_range"]
    assert [e["code"] for e in misplaced.json()["errors"]] == ["not_part_of_move"]
    assert [e["pointer"] for e in no_reason.json()["errors"]] == ["#/reason_code"]


async def test_a_refusal_ends_the_consent_and_frees_the_way_for_another(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    await moved(bank, path, "received")
    await moved(bank, path, "in_review")

    refused = await moved(bank, path, "rejected", reason_code="incomplete_file")

    assert refused.json()["state"] == "rejected"
    (consent,) = (await api.as_(business.owner).get(f"/v1/actors/{business.actor.id}/consents")).json()["data"]
    assert consent["withdrawn_at"] is not None


async def test_one_open_referral_per_business_and_scheme_also_at_once(api: Api, make: Make) -> None:
    business, bank = await confirmed_business(api, make), await make.bank()
    await make.consent(business.actor, bank)

    answers = await gather(*(refer(api.as_(business.owner), business, bank) for _ in range(4)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.is_error} == {"referral_already_open"}


async def test_of_two_different_moves_at_once_one_wins(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)

    answers = await gather(
        *(moved(bank, path, "received") for _ in range(3)), moved(api.as_(business.owner), path, "withdrawn")
    )

    assert sum(a.status_code == 200 for a in answers[:3]) <= 1
    told = (await api.as_(business.owner).get(f"{path}/transitions")).json()["data"]
    assert len(told) == 1 + sum(a.status_code == 200 for a in answers)


async def test_a_stale_version_is_refused_if_it_is_sent(api: Api, make: Make) -> None:
    _, _, bank, path = await referred(api, make)
    headers = {"If-Match": (await bank.get(path)).headers["etag"]}
    await moved(bank, path, "received")

    answer = await bank.post(f"{path}/transitions", headers=headers, to="in_review")

    assert answer.status_code == 412


async def test_a_machine_that_repeats_a_move_with_its_key_moves_once(api: Api, make: Make) -> None:
    business, _, bank, path = await referred(api, make)
    headers = {"Idempotency-Key": "move-0001"}

    answers = [await bank.post(f"{path}/transitions", headers=headers, to="received") for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len((await api.as_(business.owner).get(f"{path}/transitions")).json()["data"]) == 2

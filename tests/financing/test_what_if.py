"""Readiness answers why: parts, proof, objections, next steps by gain; and what would be, without storing anything."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Certification
from plut_api.financing.models import Readiness
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Dimension, EvidenceState
from tests.conftest import Api
from tests.factories import Make
from tests.financing.papers import book_month, declaration, plan
from tests.financing.products.offering import product_row
from tests.financing.story import business_whose_rules_are_met


def by_code(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["code"]: rule for rule in body["gates"] + body["signals"]}


async def test_half_the_months_count_half_and_what_is_missing_is_the_gain(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    await make.add(*(book_month(actor, number, proof=None) for number in range(4)))

    body = (await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json()

    books = by_code(body)["U-S01"]
    assert (books["result"], books["points"], books["weight"], books["value"]) == ("partial", 7, 15, "4")
    gains = [(step["kind"], step["gain"]) for step in body["next_steps"] if step["kind"] == "signal"]
    assert next(step for step in body["next_steps"] if step["code"] == "U-S01")["gain"] == 8
    assert gains == sorted(gains, key=lambda gain: -gain[1])
    assert body["score"] == sum(rule["points"] for rule in body["signals"])


async def test_half_covered_months_count_half_and_old_ones_not_at_all(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    await make.add(*(book_month(actor, number, coverage="half") for number in (0, 1)), book_month(actor, 13))

    found = by_code((await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json())

    assert (found["U-S01"]["value"], found["U-S02"]["value"]) == ("1", "2")


async def test_reasons_link_to_what_proves_them_and_the_links_lead_there(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)
    actor, me = business.actor, api.as_(business.owner)
    enrolment = await make.enrolment(person=business.owner, actor=actor)
    outcome = await make.outcome(enrolment, Dimension.product, reached_level=2, reached_at=clock.now())
    verified = {"state": EvidenceState.verified, "verified_level": 2, "decided_at": clock.now(), "decided_by": new_id()}
    evidence = await make.evidence(outcome, **verified)

    found = by_code((await me.get(f"/v1/actors/{actor.id}/readiness")).json())

    assert len(found["U-S02"]["evidence"]) == 6
    assert found["U-S06"]["evidence"] == [f"/v1/evidence/{evidence.id}"]
    assert found["U-S04"]["evidence"] == [f"/v1/actors/{actor.id}/financing-plan"]
    kinds = {path.split("/")[4] for code in found for path in found[code]["evidence"] if "/actors/" in path}
    assert kinds == {
        *("annual-figures", "credit-declarations", "financing-plan", "book-months", "bank-accounts", "sales-channels"),
    }
    links = {path for rule in found.values() for path in rule["evidence"]}
    assert {(await me.get(path)).status_code for path in links} == {200}


async def test_a_certificate_counts_once_staff_compared_it_and_while_it_is_valid(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    values = {"actor_id": actor.id, "issued_on": clock.today(), "recorded_by": new_id()}
    compared = {"verified_at": clock.now(), "verified_by": new_id()}
    await make.add(
        Certification(kind="pirt", number="206527101000130", **values),
        Certification(kind="halal", number="ID52110000123450124", **values | compared),
        Certification(kind="sku", number="474/12/DS/2026", **values | compared),
        Certification(
            kind="bpom_md",
            number="MD224528001234",
            issued_on=date(2020, 1, 1),
            actor_id=actor.id,
            recorded_by=new_id(),
            expires_on=clock.today() - timedelta(days=1),
            **compared,
        ),
    )

    found = by_code((await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json())

    assert (found["U-S05"]["value"], found["U-S05"]["result"]) == ("1", "fail")
    assert (found["U-G03"]["value"], found["U-G03"]["result"]) == ("false", "pass")


async def test_arrears_an_old_declaration_and_a_banks_no_each_close_the_gate(api: Api, make: Make) -> None:
    owner, bank = await make.person(), await make.bank()
    no = {"bank_id": bank.id, "bank_answered_on": clock.today(), "bank_found_clear": False}
    old = {"declared_on": clock.today() - timedelta(days=91)}
    found = []
    for given in ({"has_arrears": True}, {"has_barred_credit": True}, old, no, {}):
        actor = await make.actor(owner)
        await make.add(declaration(actor, **given))
        body = (await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json()
        found.append(by_code(body)["U-G06"]["result"])

    assert found == ["fail", "fail", "fail", "fail", "pass"]


async def test_a_large_plan_needs_an_npwp_and_an_instalment_that_can_be_borne(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    await make.add(plan(actor, amount_idr=60_000_000, items=[], tenor_months=12), book_month(actor))

    found = by_code((await api.as_(owner).get(f"/v1/actors/{actor.id}/readiness")).json())

    assert found["U-G07"]["result"] == "fail"
    # 5 million a month and 6 % a year of 60 million over twelve: 5.3 of 4 million that are left.
    assert (found["U-S03"]["value"], found["U-S03"]["result"]) == ("133", "fail")
    assert found["U-S04"]["result"] == "fail"


async def test_what_if_answers_both_results_and_stores_nothing(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business = await business_whose_rules_are_met(make)
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}/readiness"
    supposed = [
        {"name": "has_nib", "value": False},
        {"name": "certificates_missing", "value": 0},
        {"name": "book_months_covered", "value": 3},
    ]

    answer = (await me.post(f"{path}/what-if", facts=supposed)).json()

    assert (answer["now"]["status"], answer["then"]["status"]) == ("ready", "almost")
    changed = {change["code"]: (change["before"], change["after"], change["gain"]) for change in answer["changed"]}
    assert changed == {
        "U-G03": ("pass", "fail", 0),
        "U-S01": ("pass", "partial", -8),
        "U-S05": ("fail", "pass", 10),
    }
    assert answer["score_change"] == answer["then"]["score"] - answer["now"]["score"] == 2
    assert by_code(answer["then"])["U-S05"]["evidence"] == []
    assert (await me.get(path)).json()["score"] == answer["now"]["score"]
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Readiness)) == 0


async def test_what_if_names_every_fact_that_cannot_be_supposed(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)
    path = f"/v1/actors/{business.actor.id}/readiness/what-if"
    supposed = [
        {"name": "height", "value": 3},
        {"name": "has_nib", "value": 1},
        {"name": "sales_idr", "value": True},
        {"name": "kbli_code", "value": 10794},
        {"name": "workers", "value": 1},
        {"name": "workers", "value": 2},
    ]

    answer = await api.as_(business.owner).post(path, facts=supposed)
    product = await api.as_(business.owner).post(path, product_id=str(new_id()))

    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("#/facts/0/name", "fact_unknown"),
        ("#/facts/1/value", "fact_of_other_kind"),
        ("#/facts/2/value", "fact_of_other_kind"),
        ("#/facts/3/value", "fact_of_other_kind"),
        ("#/facts/5/name", "fact_twice"),
    ]
    assert (product.status_code, product.json()["code"]) == (404, "financing_product_not_found")


async def test_everybody_sees_every_rule_its_law_and_its_bounds(api: Api) -> None:
    listed = (await api.get("/v1/financing/rule-sets")).json()["data"]
    rules = (await api.get("/v1/financing/rule-sets/umkm-v1")).json()
    unknown = await api.get("/v1/financing/rule-sets/umkm-v99")

    serving = {one["version"] for one in listed if one["is_serving"] and one["subject"] == "business"}
    assert serving == {"umkm-v1"}
    assert {"umkm-v0", "umkm-v1"} <= {one["version"] for one in listed}
    by_rule = {rule["code"]: rule for rule in rules["rules"]}
    assert len(by_rule) == 17
    assert by_rule["U-G02"]["bounds"][0] == {"rule_value": "kur.min_business_months", "value": 6}
    assert "P.min_business_months (kur.min_business_months)" in by_rule["U-G02"]["passes"]
    assert by_rule["U-S01"]["grades"][0]["points"] == 7
    assert by_rule["U-G06"]["laws"][0]["certainty"] == "confirmed"
    read = {name for rule in rules["rules"] for name in rule["facts"]}
    assert read == {fact["name"] for fact in rules["facts"]}
    assert {term["name"] for term in rules["terms"]} >= {"accepts_sku", "npwp_from_idr", "max_sales_idr"}
    assert (unknown.status_code, unknown.json()["code"]) == (404, "rule_set_not_found")


async def test_a_chosen_product_brings_its_own_terms(api: Api, make: Make) -> None:
    business = await business_whose_rules_are_met(make)
    await make.figure(business.actor, sales_idr=6_000_000_000)
    own, kur = [await product_row(make, await make.bank(), scheme=scheme) for scheme in ("commercial", "kur_mikro")]
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}/readiness"

    plain = (await me.get(path)).json()
    by_product = [(await me.get(path, product_id=str(product.id))).json() for product in (own, kur)]
    supposed = (await me.post(f"{path}/what-if", product_id=str(own.id))).json()

    assert by_code(plain)["U-G04"]["result"] == "fail"
    assert [by_code(body)["U-G04"]["result"] for body in by_product] == ["pass", "fail"]
    assert (supposed["now"]["status"], supposed["changed"]) == ("ready", [])

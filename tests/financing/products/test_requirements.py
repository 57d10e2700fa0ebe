"""What a product may ask: conditions of the closed grammar over known facts, never less than its scheme."""

from typing import Any

import pytest

from tests.conftest import Api
from tests.factories import Make
from tests.financing.products.offering import PATH, a_bank, asks, drafted, faults, terms

NIB = {"fact": "has_nib", "is": True}


def said(value: Any) -> Any:
    """The same without what is null."""
    if isinstance(value, dict):
        return {name: said(one) for name, one in value.items() if one is not None}
    return [said(one) for one in value] if isinstance(value, list) else value


async def test_a_condition_is_kept_and_shown_as_it_was_sent(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    condition = {
        "all": [
            {"fact": "business_months", "at_least": 12},
            {"any": [{"fact": "kbli_code", "begins_with": ["10", "11"]}, {"not": NIB}]},
            {"fact": "workers", "is": "present"},
            {"fact": "status", "in": ["active"]},
        ]
    }
    step = {"id": "Lanjutkan usaha", "en": "Keep trading"}
    asked = asks("trading_a_year", condition, next_step=step, above_amount_idr=50_000_000, fixable=False)

    draft = await drafted(api, bank, terms(requirements=[asked]))
    path, officer = f"{PATH}/{draft.json()['id']}", api.as_(bank.officer)
    read = await officer.get(path)
    again = await officer.patch(path, etag=read.headers["ETag"], requirements=read.json()["requirements"])

    assert said(read.json()["requirements"]) == [asked]
    assert again.json()["requirements"] == read.json()["requirements"]


@pytest.mark.parametrize(
    ("condition", "pointer", "code"),
    [
        ({"fact": "shoe_size", "at_least": 1}, "/fact", "fact_unknown"),
        ({"all": [NIB, {"not": {"fact": "shoe_size", "is": True}}]}, "/all/1/not/fact", "fact_unknown"),
        ({"fact": "has_nib", "at_least": 1}, "/at_least", "fact_of_other_kind"),
        ({"any": [{"fact": "kbli_code", "is": True}]}, "/any/0/is", "fact_of_other_kind"),
        ({"fact": "sales_idr", "in": ["1"]}, "/in", "fact_of_other_kind"),
        ({"fact": "has_nib"}, "", "condition_comparison"),
        ({"fact": "business_months", "at_least": 1, "at_most": 2}, "", "condition_comparison"),
        ({"all": [{}]}, "/all/0", "condition_form"),
        ({"all": [NIB], "any": [NIB]}, "", "condition_form"),
        ({"all": []}, "/all", "too_short"),
        ({"fact": "business_months", "at_least": -1}, "/at_least", "greater_than_equal"),
        ({"fact": "business_months", "at_least": {"rule_value": "kur.min_age_years"}}, "/at_least", "int_type"),
        ({"sql": "true"}, "/sql", "extra_forbidden"),
        ({"all": [{"all": [NIB] * 20}] * 3}, "", "condition_too_large"),
    ],
)
async def test_what_cannot_be_asked_is_named_by_its_place(
    api: Api, make: Make, condition: dict[str, Any], pointer: str, code: str
) -> None:
    bank = await a_bank(make)

    answer = await api.as_(bank.officer).post(PATH, **terms(requirements=[asks("one", NIB), asks("two", condition)]))

    assert answer.status_code == 422
    assert faults(answer)[f"#/requirements/1/condition{pointer}"] == code


async def test_a_product_cannot_replace_what_its_scheme_asks_nor_ask_twice_by_one_code(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    loose = asks("business_age", {"fact": "business_months", "at_least": 1})

    answer = await api.as_(bank.officer).post(PATH, **terms(requirements=[loose, asks("mine", NIB), asks("mine", NIB)]))

    assert faults(answer) == {
        "#/requirements/0/code": "requirement_code_taken",
        "#/requirements/2/code": "requirement_code_taken",
    }


async def test_of_a_borrower_of_whom_nothing_is_held_nothing_can_be_asked(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    body = terms(scheme="agrinas_2026", borrower_kind="state_company", requirements=[asks("one", NIB)])

    answer = await api.as_(bank.officer).post(PATH, **body)

    assert faults(answer) == {"#/requirements/0": "nothing_to_ask"}


async def test_the_catalogue_of_facts_is_public_and_what_it_names_can_be_asked(api: Api, make: Make) -> None:
    bank = await a_bank(make)

    catalogue = await api.get("/v1/financing/facts", subject="business")
    asked = [
        asks(f"knows_{n}", {"fact": one["name"], "is": "present"}) for n, one in enumerate(catalogue.json()["data"])
    ]
    draft = await drafted(api, bank, terms(requirements=asked[:30]))

    assert len(draft.json()["requirements"]) == min(30, len(asked))
    assert "business_months" in {one["name"] for one in catalogue.json()["data"]}

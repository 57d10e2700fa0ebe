"""What a programme holds: topics, targets, funds, tests; and by which of it the catalogue finds it."""

from typing import Any

import pytest

from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.programs.models import FundSource, ProgramLevel, ProgramState
from tests.conftest import Api
from tests.factories import Make
from tests.programs.test_proposals import PROPOSAL

WHOLE: dict[str, Any] = PROPOSAL | {
    "topics": ["product.packaging.labelling", "market.digital_literacy"],
    "level": "basic",
    "kbli_codes": ["10", "10794"],
    "kbli_version": "2025",
    "segments": ["mothers"],
    "regency_codes": ["52.02"],
    "district_codes": ["52.02.01"],
    "reserved_seats": [{"segment": "mothers", "seats": 10}, {"segment": "youth", "seats": 5}],
    "budget_idr": 50_000_000,
    "fund_source": "dak_nonfisik",
    "required_documents": ["nib"],
    "has_pre_test": True,
    "has_post_test": True,
}


async def test_a_proposal_keeps_all_that_was_said_and_settles_the_rest_by_rule(api: Api, make: Make) -> None:
    me = api.as_(await make.staff(Role.opd))

    made = await me.post("/v1/programs", **WHOLE)
    read = (await me.get(made.headers["location"])).json()

    assert made.status_code == 201, made.text
    assert read == made.json()
    given = {name: value for name, value in WHOLE.items() if name != "reserved_seats"}
    assert {name: read[name] for name in given} == given
    assert read["reserved_seats"] == [
        {"segment": "mothers", "seats": 10, "seats_taken": 0},
        {"segment": "youth", "seats": 5, "seats_taken": 0},
    ]
    assert (read["pass_mark"], read["attendance_percent"]) == (60, 80)
    assert (read["seats_left"], read["host_organization_ids"], read["merged_into"], read["spent_idr"]) == (
        30,
        [],
        None,
        None,
    )


async def test_a_proposal_asks_for_nothing_unless_told_to(api: Api, make: Make) -> None:
    made = (await api.as_(await make.staff(Role.opd)).post("/v1/programs", **PROPOSAL)).json()

    assert (made["required_documents"], made["reserved_seats"], made["kbli_version"]) == ([], [], None)
    assert (made["has_pre_test"], made["has_post_test"], made["pass_mark"]) == (False, False, None)
    assert made["fund_source"] == "apbd"


async def test_all_that_cannot_be_is_told_at_once(api: Api, make: Make) -> None:
    wrong = WHOLE | {
        "topics": ["product", "product.nonsense"],
        "kbli_codes": ["10", "99999"],
        "regency_codes": ["52.02"],
        "district_codes": ["52.01.01", "52.99.99"],
        "fund_source": "apbd",
        "has_post_test": False,
        "pass_mark": 70,
        "prerequisite_id": str(new_id()),
        "seats": 14,
        "reserved_seats": [*WHOLE["reserved_seats"], {"segment": "youth", "seats": 1}],
    }

    answer = await api.as_(await make.staff(Role.opd)).post("/v1/programs", **wrong)

    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("#/topics/0", "topic_unknown"),
        ("#/topics/1", "topic_unknown"),
        ("#/kbli_codes/1", "kbli_unknown"),
        ("#/district_codes/0", "district_outside_regencies"),
        ("#/district_codes/1", "district_unknown"),
        ("#/required_documents/0", "document_not_asked_for"),
        ("#/pass_mark", "pass_mark_without_test"),
        ("#/prerequisite_id", "prerequisite_unknown"),
        ("#/reserved_seats", "reserved_over_quota"),
        ("#/reserved_seats/2/segment", "segment_named_twice"),
    }


async def test_codes_of_one_version_of_the_classification_are_none_of_the_other(api: Api, make: Make) -> None:
    me = api.as_(await make.staff(Role.opd))
    only_2020 = await _code_of_2020_alone(api)

    new = await me.post("/v1/programs", **PROPOSAL | {"kbli_codes": [only_2020]})
    old = await me.post("/v1/programs", **PROPOSAL | {"kbli_codes": [only_2020], "kbli_version": "2020"})

    assert [e["code"] for e in new.json()["errors"]] == ["kbli_unknown"]
    assert (old.status_code, old.json()["kbli_version"]) == (201, "2020")


async def _code_of_2020_alone(api: Api) -> str:
    for letter in "CGIRS":
        found = (await api.get("/v1/kbli", version="2020", level="subclass", q="industri", limit=200)).json()["data"]
        for row in found:
            if (await api.get(f"/v1/kbli/2025/{row['code']}")).status_code == 404:
                return str(row["code"])
        assert letter
    raise AssertionError("every code of 2020 is one of 2025")


@pytest.mark.parametrize(
    ("below", "level", "code"),
    [
        (ProgramLevel.basic, "intermediate", None),
        (ProgramLevel.intermediate, "advanced", None),
        (ProgramLevel.basic, "advanced", "prerequisite_not_one_below"),  # two below
        (ProgramLevel.intermediate, "intermediate", "prerequisite_not_one_below"),
        (ProgramLevel.basic, "basic", "prerequisite_not_one_below"),  # nothing is below basic
    ],
)
async def test_a_programme_builds_upon_one_that_is_one_level_below(
    api: Api, make: Make, below: ProgramLevel, level: str, code: str | None
) -> None:
    before = await make.program(level=below)

    answer = await api.as_(await make.staff(Role.opd)).post(
        "/v1/programs", **PROPOSAL | {"level": level, "prerequisite_id": str(before.id)}
    )

    assert [e["code"] for e in answer.json().get("errors", [])] == ([code] if code else [])


async def test_prerequisites_never_lead_in_a_circle(api: Api, make: Make) -> None:
    first = await make.program(state=ProgramState.draft)
    second = await make.program(state=ProgramState.draft, level=ProgramLevel.intermediate, prerequisite_id=first.id)
    me = api.as_(await make.staff(Role.dinas))

    circle = await me.patch(f"/v1/programs/{first.id}", etag='"1"', level="advanced", prerequisite_id=str(second.id))
    itself = await me.patch(f"/v1/programs/{first.id}", etag='"1"', prerequisite_id=str(first.id))
    freed = await me.patch(f"/v1/programs/{second.id}", etag='"1"', prerequisite_id=None)
    now = await me.patch(f"/v1/programs/{first.id}", etag='"1"', level="advanced", prerequisite_id=str(second.id))

    assert [e["code"] for e in circle.json()["errors"]] == ["level_needed_by_others"]
    assert [e["code"] for e in itself.json()["errors"]] == ["prerequisite_unknown"]
    assert (freed.status_code, now.status_code) == (200, 200)


async def test_a_draft_of_others_is_nothing_to_build_upon(api: Api, make: Make) -> None:
    hidden = await make.program(state=ProgramState.draft)

    answer = await api.as_(await make.staff(Role.opd)).post(
        "/v1/programs", **PROPOSAL | {"level": "intermediate", "prerequisite_id": str(hidden.id)}
    )

    assert [e["code"] for e in answer.json()["errors"]] == ["prerequisite_unknown"]


async def test_a_change_is_checked_together_with_what_stays(api: Api, make: Make) -> None:
    program = await make.program(
        state=ProgramState.draft,
        fund_source=FundSource.dak_nonfisik,
        required_documents=["nib"],
        regency_codes=["52.02"],
        has_post_test=True,
        pass_mark=55,
    )
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}"

    wrong = await me.patch(path, etag='"1"', fund_source="apbd", district_codes=["52.01.01"], spent_idr=5)
    right = await me.patch(path, etag='"1"', fund_source="apbd", required_documents=[], has_post_test=False)

    assert {(e["pointer"], e["code"]) for e in wrong.json()["errors"]} == {
        ("#/required_documents/0", "document_not_asked_for"),
        ("#/district_codes/0", "district_outside_regencies"),
        ("#/spent_idr", "not_spent_yet"),
    }
    assert (right.status_code, right.json()["pass_mark"]) == (200, None)


async def test_what_it_cost_is_told_when_it_ends_or_later(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await make.program(opd, state=ProgramState.running)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/programs/{program.id}"

    ended = await me.post(f"{path}/complete", spent_idr=40_000_000)
    later = await me.patch(path, etag=ended.headers["etag"], spent_idr=41_000_000)
    more = await me.patch(path, etag=later.headers["etag"], spent_idr=1, title="Judul lain")

    assert (ended.status_code, ended.json()["spent_idr"]) == (200, 40_000_000)
    assert (later.status_code, later.json()["spent_idr"]) == (200, 41_000_000)
    assert (more.status_code, more.json()["code"]) == (409, "program_not_changeable")


async def test_the_list_of_topics_is_a_tree_in_both_languages(api: Api) -> None:
    rows = (await api.get("/v1/topics", headers={"Accept-Language": "en"})).json()["data"]

    by_code = {row["code"]: row for row in rows}
    assert by_code["product.packaging"] == {
        "code": "product.packaging",
        "parent_code": "product",
        "name": "Packaging",
        "names": {"id": "Kemasan", "en": "Packaging"},
        "first_class": False,
        "can_be_taught": True,
    }
    assert all(row["parent_code"] is None or row["parent_code"] in by_code for row in rows)
    assert not by_code["product"]["can_be_taught"]
    assert {row["code"] for row in rows if row["first_class"]} >= {"market.digital_literacy", "finance.literacy"}


async def test_only_what_a_source_of_money_asks_for_is_asked_and_the_rule_is_named(api: Api) -> None:
    rows = {row["code"]: row for row in (await api.get("/v1/fund-sources")).json()["data"]}

    assert set(rows) == {fund.value for fund in FundSource}
    assert [code for code, row in rows.items() if row["documents"]] == ["dak_nonfisik"]
    demand = rows["dak_nonfisik"]["documents"][0]
    assert (demand["code"], demand["status"]) == ("nib", "C")
    assert [exempt["code"] for exempt in demand["exempt"]] == ["aspiring_entrepreneur", "cooperative_people"]
    assert "2022" in demand["source"]


async def test_the_catalogue_is_narrowed_by_what_a_programme_holds(api: Api, make: Make) -> None:
    label = await make.program(
        topics=["product.packaging.labelling"],
        level=ProgramLevel.advanced,
        fund_source=FundSource.csr,
        regency_codes=["52.02"],
        district_codes=["52.02.01"],
        kbli_version="2025",
        kbli_codes=["107"],
    )
    money = await make.program(
        topics=["finance.literacy"], regency_codes=["52.02"], seats=1, seats_taken=1, kbli_version="2020",
        kbli_codes=["10794"], general_taken=1,
    )  # fmt: skip
    anywhere = await make.program(topics=["market.export"], state=ProgramState.running, district_codes=["52.01.01"])

    async def found(**query: Any) -> set[str]:
        rows = (await api.get("/v1/programs", **query)).json()["data"]
        return {name for name, one in named.items() if str(one.id) in {row["id"] for row in rows}}

    named = {"label": label, "money": money, "anywhere": anywhere}
    assert await found(topic="product.packaging") == {"label"}
    assert await found(topic="product") == {"label"}
    assert await found(topic=["product.packaging.labelling", "finance"]) == {"label", "money"}
    assert await found(topic="product.packaging.design") == set()
    assert await found(level="advanced") == {"label"}
    assert await found(fund_source="csr") == {"label"}
    assert await found(district="52.02.01") == {"label", "money"}  # the whole regency is meant
    assert await found(district="52.02.02") == {"money"}
    assert await found(regency="52.01") == {"anywhere"}  # one of its districts
    assert await found(kbli="10794") == {"label", "anywhere"}  # a code above it, or none at all
    assert await found(kbli="10") == {"label", "anywhere"}
    assert await found(kbli="10794", kbli_version="2020") == {"money", "anywhere"}
    assert await found(kbli="47") == {"anywhere"}
    assert await found(open=True) == {"label"}
    assert await found(open=False) == {"money", "anywhere"}

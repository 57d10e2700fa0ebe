"""The rubric: complete in both languages, versions side by side, each outcome judged by the one that it names."""

from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from plut_api.kit import clock
from plut_api.outcomes import rubric as rubric_module
from plut_api.outcomes.models import Dimension
from plut_api.outcomes.rubric import Rubric, counts, read_rubric, rubric_in_force, rubric_of, rubrics
from plut_api.outcomes.system_facts import KIND, fact_kinds
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.steps import proof

VERSIONS = [pytest.param(known, id=known.version) for known in rubrics()]


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Rubric:
    """A second version, in force since yesterday: it counts from level 3 and takes no photo of labels."""
    content = yaml.safe_load((rubric_module._FOLDER / "rubric_v1.yaml").read_text(encoding="utf-8"))
    content |= {"version": "2", "counts_from_level": 3}
    for dimension in content["dimensions"]:
        dimension["evidence"] = [kind for kind in dimension["evidence"] if kind["kind"] != "label"]
    known = read_rubric("2", clock.today() - timedelta(days=1), content)
    monkeypatch.setattr(rubric_module, "rubrics", lambda versions=(*rubrics(), known): versions)
    return known


@pytest.mark.parametrize("known", VERSIONS)
def test_every_version_says_in_both_languages_what_each_level_of_each_outcome_asks_for(known: Rubric) -> None:
    dimensions = known.content["dimensions"]

    assert [d["dimension"] for d in dimensions] == [d.value for d in Dimension]
    for dimension in dimensions:
        assert [level["level"] for level in dimension["levels"]] == [0, 1, 2, 3, 4], dimension["dimension"]
        spoken = [dimension["name"], *(c for level in dimension["levels"] for c in level["criteria"])]
        spoken += dimension["evidence"]
        assert all(len(words["id"]) > 3 and len(words["en"]) > 3 for words in spoken)
        assert all(words["id"] != words["en"] for words in spoken)
        assert all(level["criteria"] for level in dimension["levels"])
    assert 1 <= known.counts_from_level <= 4


@pytest.mark.parametrize("known", VERSIONS)
def test_every_level_above_0_can_be_proven_by_something_that_is_handed_in(known: Rubric) -> None:
    for dimension, kinds in known.kinds.items():
        for level in (1, 2, 3, 4):
            fitting = [kind for kind in kinds.values() if level in kind.levels and not kind.is_system]
            assert fitting, f"nothing proves level {level} of {dimension}"
        for kind in kinds.values():
            assert set(kind.levels) <= {1, 2, 3, 4}
            assert kind.levels
            assert kind.is_system != (kind.takes_files or kind.takes_link), f"{dimension} {kind.kind}"


def test_rows_of_this_system_speak_only_for_levels_at_which_the_rubric_takes_them() -> None:
    for fact in fact_kinds().values():
        assert fact.about.id != fact.about.en
        for (version, dimension), level in fact.levels.items():
            known = rubric_of(version)
            assert known is not None, fact.code
            assert level in known.kinds[dimension][KIND].levels, f"{fact.code}: {dimension} {level}"


def test_the_version_in_force_is_the_latest_that_is_valid(second: Rubric) -> None:
    assert rubric_in_force() is second
    assert rubric_in_force(second.valid_from - timedelta(days=1)).version == "1"
    with pytest.raises(LookupError):
        rubric_in_force(date(2000, 1, 1))


async def test_versions_are_listed_and_read_one_by_one(api: Api) -> None:
    listed = (await api.get("/v1/outcome-rubrics")).json()["data"]
    named = await api.get("/v1/outcome-rubric", version=listed[-1]["version"])
    unknown = await api.get("/v1/outcome-rubric", version="99")

    assert [row["version"] for row in listed if row["in_force"]] == [
        (await api.get("/v1/outcome-rubric")).json()["version"]
    ]
    assert (named.status_code, named.json()["version"]) == (200, "1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "rubric_not_found")


async def test_an_outcome_is_judged_by_the_version_that_it_names(api: Api, make: Make, second: Rubric) -> None:
    values: dict[str, Any] = {"baseline_level": 1, "target_level": 2}
    enrolment = await make.enrolment(person=await make.person())
    await make.outcome(enrolment, Dimension.packaging, rubric_version="1", **values)
    me = api.as_(await make.consultant_of())
    path = f"/v1/enrolments/{enrolment.id}/outcomes"
    await me.put(f"{path}/branding/baseline", etag='"0"', level=1)

    older = await me.post(f"{path}/packaging/evidence", **await proof(me, claimed_level=2))
    newer = await me.post(f"{path}/branding/evidence", **await proof(me, claimed_level=2))

    assert older.status_code == 201
    assert (await me.get(f"{path}/branding")).json()["rubric_version"] == "2"
    assert {error["code"] for error in newer.json()["errors"]} == {"evidence_kind"}
    assert (counts(1, 2, 2, "1"), counts(1, 2, 2, "2"), counts(1, 2, 2)) == (True, False, False)

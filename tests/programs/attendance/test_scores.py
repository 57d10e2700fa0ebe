"""Scores of tests: only of tests that the programme has, by its organizer, each change on the version that was read."""

from typing import Any

from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make
from tests.programs.attendance.door import came, training
from tests.programs.attendance.test_uploads import results


async def noted(who: Api, enrolment: Any, points: int, test: str = "post", etag: str | None = None) -> Any:
    """A score that was read first, and then noted."""
    path = f"/v1/enrolments/{enrolment.id}/tests/{test}"
    version = etag or (await who.get(path)).headers["etag"]
    return await who.put(path, etag=version, score=points)


async def test_a_score_is_noted_and_changed_on_the_version_that_was_read(api: Api, make: Make) -> None:
    school = await training(make, has_pre_test=True)
    organizer, (enrolment,) = api.as_(school.organizer), school.enrolments
    path = f"/v1/enrolments/{enrolment.id}/tests/pre"

    blank = await organizer.get(path)
    first = await noted(organizer, enrolment, 40, "pre")
    stale = await noted(organizer, enrolment, 50, "pre", etag='"0"')
    without = await organizer.put(path, etag=None, score=50)
    second = await noted(organizer, enrolment, 55, "pre")
    mine = await api.as_(school.people[0]).get(path)

    assert (blank.json()["score"], blank.headers["etag"]) == (None, '"0"')
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert (stale.status_code, without.status_code) == (412, 428)
    assert (second.json()["score"], mine.json()) == (55, second.json())


async def test_a_programme_without_that_test_has_no_score_of_it(api: Api, make: Make) -> None:
    school = await training(make, has_pre_test=True)

    answer = await noted(api.as_(school.organizer), school.enrolments[0], 80, "post", '"0"')

    assert (answer.status_code, answer.json()["code"]) == (409, "test_not_planned")


async def test_scores_are_noted_by_the_organizer_and_plut(api: Api, make: Make) -> None:
    school = await training(make, has_post_test=True)
    (enrolment,) = school.enrolments

    by = {
        "consultant": await noted(api.as_(await make.consultant_of(*school.people)), enrolment, 70),
        "dinas": await noted(api.as_(await make.staff(Role.dinas)), enrolment, 71),
        "participant": await noted(api.as_(school.people[0]), enrolment, 100),
        "another": await noted(api.as_(await make.staff(Role.opd)), enrolment, 0, etag='"2"'),
    }

    assert {who: answer.status_code for who, answer in by.items()} == {
        "consultant": 200,
        "dinas": 200,
        "participant": 403,
        "another": 404,
    }


async def test_scores_of_many_have_a_verdict_each(api: Api, make: Make) -> None:
    school = await training(make, people=2, has_post_test=True)
    one, other = school.enrolments
    organizer, path = api.as_(school.organizer), f"/v1/programs/{school.program.id}/test-scores"

    def of(enrolment: Any, points: int, test: str = "post") -> dict[str, Any]:
        return {"enrolment_id": str(enrolment.id), "test": test, "score": points}

    stranger = await make.enrolment()
    first = await organizer.post(path, rows=[of(one, 70), of(other, 60, "pre"), of(stranger, 5), of(one, 75)])
    again = await organizer.post(path, rows=[of(one, 75), of(other, 90)])
    better = await organizer.post(path, rows=[of(one, 80)])
    outside = await api.as_(await make.staff(Role.opd)).post(path, rows=[of(one, 1)])
    read = await organizer.get(f"/v1/enrolments/{one.id}/tests/post")

    assert results(first) == ["outdated", "test_not_planned", "not_enrolled", "recorded"]
    assert results(again) == ["unchanged", "recorded"]
    assert results(better) == ["corrected"]
    assert outside.status_code == 403
    assert (read.json()["score"], read.headers["etag"]) == (80, '"2"')


async def test_a_score_that_a_certificate_tells_stays(api: Api, make: Make) -> None:
    school = await training(make, has_post_test=True, pass_mark=70)
    organizer, (enrolment,) = api.as_(school.organizer), school.enrolments
    await came(make, school.session, enrolment)
    await noted(organizer, enrolment, 75)
    await organizer.post(f"/v1/enrolments/{enrolment.id}/complete")

    answer = await noted(organizer, enrolment, 20)

    assert (answer.status_code, answer.json()["code"]) == (409, "certificate_issued")

"""Proposals: made and changed by their organizer and the Dinas, until they are approved."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.programs.models import ProgramState
from tests.conftest import Api
from tests.factories import Make

DAY = clock.today() + timedelta(days=30)
PROPOSAL: dict[str, Any] = {
    "title": "Kemasan pangan layak jual",
    "aim": "Peserta mampu membuat label yang lengkap.",
    "topics": ["product.packaging"],
    "segments": ["mothers", "mothers"],
    "regency_codes": ["52.02"],
    "starts_on": DAY.isoformat(),
    "ends_on": (DAY + timedelta(days=4)).isoformat(),
    "seats": 30,
}


async def test_an_opd_proposes_a_programme_of_its_own_and_reads_the_draft_back(api: Api, make: Make) -> None:
    officer = await make.staff(Role.opd)
    me = api.as_(officer)

    answer = await me.post("/v1/programs", **PROPOSAL)
    read = await me.get(answer.headers["location"])

    assert answer.status_code == 201
    assert read.json() == answer.json()
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'
    assert answer.json()["organization_id"] == str(officer.organization_id)
    assert (answer.json()["state"], answer.json()["seats_taken"], answer.json()["segments"]) == (
        "draft",
        0,
        ["mothers"],
    )


async def test_the_dinas_proposes_for_itself_or_for_any_organization(api: Api, make: Make) -> None:
    officer, opd = await make.staff(Role.dinas), await make.organization()
    me = api.as_(officer)

    own = await me.post("/v1/programs", **PROPOSAL)
    theirs = await me.post("/v1/programs", **PROPOSAL, organization_id=str(opd.id))

    assert own.json()["organization_id"] == str(officer.organization_id)
    assert theirs.json()["organization_id"] == str(opd.id)


@pytest.mark.parametrize("role", [Role.consultant, Role.person])
async def test_who_runs_no_programmes_proposes_none(api: Api, make: Make, role: Role) -> None:
    who = await make.person() if role is Role.person else await make.staff(role)

    answer = await api.as_(who).post("/v1/programs", **PROPOSAL)

    assert (answer.status_code, answer.json()["code"]) == (403, "organizer_only")


@pytest.mark.parametrize("role", [Role.bank, Role.ojk, Role.partner])
async def test_a_role_without_the_scope_proposes_none(api: Api, make: Make, role: Role) -> None:
    answer = await api.as_(await make.staff(role)).post("/v1/programs", **PROPOSAL)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_everything_wrong_with_a_proposal_is_told_at_once(api: Api, make: Make) -> None:
    wrong = PROPOSAL | {
        "ends_on": (DAY - timedelta(days=1)).isoformat(),
        "regency_codes": ["52.02", "99.99"],
        "organization_id": str(new_id()),
    }

    of_opd = await api.as_(await make.staff(Role.opd)).post("/v1/programs", **wrong)
    of_dinas = await api.as_(await make.staff(Role.dinas)).post("/v1/programs", **wrong)

    common = [("#/ends_on", "ends_before_it_starts"), ("#/regency_codes/1", "regency_unknown")]
    assert [(e["pointer"], e["code"]) for e in of_opd.json()["errors"]] == [
        ("#/organization_id", "not_your_organization"),
        *common,
    ]
    assert [(e["pointer"], e["code"]) for e in of_dinas.json()["errors"]] == [
        ("#/organization_id", "organization_unknown"),
        *common,
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("seats", 0), ("seats", 10_001), ("seats", "30"), ("title", "a"), ("topics", []), ("budget_idr", -1)],
)
async def test_values_have_their_form(api: Api, make: Make, field: str, value: Any) -> None:
    answer = await api.as_(await make.staff(Role.opd)).post("/v1/programs", **PROPOSAL | {field: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"#/{field}"


async def test_an_organizer_changes_a_draft_and_a_stale_change_fails(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await make.program(opd, state=ProgramState.draft, budget_idr=1)
    me, path = api.as_(await make.staff(Role.opd, opd)), f"/v1/programs/{program.id}"

    changed = await me.patch(path, etag='"1"', title="Judul baru", seats=12, budget_idr=None)
    stale = await me.patch(path, etag='"1"', title="Judul lama")
    blind = await me.patch(path, etag=None, title="Judul lama")

    assert changed.status_code == 200, changed.text
    assert (changed.json()["title"], changed.json()["seats"], changed.json()["budget_idr"]) == ("Judul baru", 12, None)
    assert changed.headers["etag"] == '"2"'
    assert (stale.status_code, blind.status_code) == (412, 428)


async def test_of_many_changes_of_one_version_at_once_one_is_made(api: Api, make: Make) -> None:
    program = await make.program(state=ProgramState.draft)
    officers = [api.as_(await make.staff(Role.dinas)) for _ in range(5)]
    path = f"/v1/programs/{program.id}"

    answers = await gather(*(o.patch(path, etag='"1"', seats=40 + number) for number, o in enumerate(officers)))
    kept = await officers[0].get(path)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 4}
    assert [answer.json()["seats"] for answer in answers if answer.is_success] == [kept.json()["seats"]]


async def test_a_changed_period_is_checked_as_a_whole_and_keeps_its_sessions(api: Api, make: Make) -> None:
    program = await make.program(state=ProgramState.draft)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}"
    workday = await _workday(api, program.starts_on.isoformat(), program.ends_on.isoformat())
    await me.post(f"{path}/sessions", held_on=workday, shift="morning", title="Pembukaan")

    reversed_ = await me.patch(path, etag='"1"', ends_on=(program.starts_on - timedelta(days=1)).isoformat())
    moved = await me.patch(
        path,
        etag='"1"',
        starts_on=(program.starts_on + timedelta(days=90)).isoformat(),
        ends_on=(program.starts_on + timedelta(days=91)).isoformat(),
        regency_codes=["00.00"],
    )

    assert "ends_before_it_starts" in [e["code"] for e in reversed_.json()["errors"]]
    assert [e["code"] for e in moved.json()["errors"]] == ["regency_unknown", "sessions_outside_period"]


@pytest.mark.parametrize("state", list(ProgramState))
async def test_what_is_under_review_changes_by_the_dinas_alone_and_what_was_approved_not_at_all(
    api: Api, make: Make, state: ProgramState
) -> None:
    opd = await make.organization()
    program = await make.program(opd, state=state)
    path = f"/v1/programs/{program.id}"

    by_organizer = await api.as_(await make.staff(Role.opd, opd)).patch(path, etag='"1"', seats=7)
    current = by_organizer.headers.get("etag", '"1"')
    by_dinas = await api.as_(await make.staff(Role.dinas)).patch(path, etag=current, seats=8)

    own = state in ("draft", "rejected")
    assert by_organizer.status_code == (200 if own else 409)
    assert by_dinas.status_code == (200 if own or state == "submitted" else 409)
    assert by_dinas.is_success or by_dinas.json()["code"] == "program_not_changeable"


async def test_others_change_nothing(api: Api, make: Make) -> None:
    hidden, open_one = await make.program(state=ProgramState.draft), await make.program()
    stranger = api.as_(await make.staff(Role.opd))

    unseen = await stranger.patch(f"/v1/programs/{hidden.id}", etag='"1"', seats=7)
    seen = await stranger.patch(f"/v1/programs/{open_one.id}", etag='"1"', seats=7)

    assert (unseen.status_code, unseen.json()["code"]) == (404, "program_not_found")
    assert (seen.status_code, seen.json()["code"]) == (403, "organizer_only")


async def _workday(api: Api, first: str, last: str) -> str:
    """A day of the period on which nothing is celebrated."""
    period: dict[str, Any] = {"from": first, "to": last}
    holidays = (await api.get("/v1/holidays", **period)).json()["data"]
    days = {(DAY.fromisoformat(first) + timedelta(days=n)).isoformat() for n in range(3)}
    return min(days - {row["day"] for row in holidays})

"""Findings: noted when a programme is handed in, kept in step, in the way of approval until the Dinas decides."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.organizations.models import OrganizationKind
from plut_api.programs.models import ProgramState
from tests.conftest import Api
from tests.factories import Make
from tests.programs.overlaps.proposing import course, decided, findings, handed_in, moved, proposed


async def test_the_second_of_two_proposals_waits_for_a_decision_and_the_first_does_not(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    first, second = await handed_in(api, make), await handed_in(api, make, title="Kemasan pangan layak jual II")

    held_up = await moved(api, dinas, second, "approve")
    free = await moved(api, dinas, first, "approve")

    (found,) = await findings(api, dinas, second)
    assert (held_up.status_code, held_up.json()["code"]) == (409, "overlap_unresolved")
    assert held_up.json()["open_overlaps"] == [found["id"]]
    assert free.status_code == 200
    assert (found["program_id"], found["other"]["id"], found["verdict"]) == (second, first, "block")
    assert [one["id"] for one in await findings(api, dinas, first)] == [found["id"]]


async def test_each_kind_of_decision_clears_the_way_or_sends_the_proposal_back(api: Api, make: Make) -> None:
    dinas, opd = await make.staff(Role.dinas), await make.staff(Role.opd)
    await handed_in(api, make)

    second = await handed_in(api, make, opd)
    sent_back = await decided(api, dinas, second, "reject")
    assert (sent_back.status_code, sent_back.json()["resolution"]["kind"]) == (200, "reject")
    assert (await api.as_(opd).get(f"/v1/programs/{second}")).json()["state"] == "rejected"

    again = await moved(api, opd, second, "submit")
    (reopened,) = await findings(api, opd, second)
    assert (again.status_code, reopened["state"], reopened["resolution"]) == (200, "open", None)

    kept = await decided(api, dinas, second, "differentiate")
    approved = await moved(api, dinas, second, "approve")
    assert (kept.json()["state"], approved.status_code) == ("resolved", 200)


async def test_a_co_host_is_the_other_organization_of_the_programme_that_waits(api: Api, make: Make) -> None:
    dinas, opd = await make.staff(Role.dinas), await make.staff(Role.opd)
    first, second = await handed_in(api, make, opd), await handed_in(api, make)

    answer = await decided(api, dinas, second, "co_host")
    approved = await moved(api, dinas, second, "approve")

    assert (answer.status_code, approved.status_code) == (200, 200)
    assert approved.json()["host_organization_ids"] == [str(opd.organization_id)]
    assert (await api.as_(dinas).get(f"/v1/programs/{first}")).json()["host_organization_ids"] == []
    assert (await api.as_(opd).get(f"/v1/programs/{second}")).status_code == 200


async def test_two_programmes_of_one_organization_cannot_co_host_each_other(api: Api, make: Make) -> None:
    dinas, opd = await make.staff(Role.dinas), await make.staff(Role.opd)
    await handed_in(api, make, opd)
    second = await handed_in(api, make, opd)

    answer = await decided(api, dinas, second, "co_host")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "same_organization")
    assert (await findings(api, dinas, second))[0]["state"] == "open"


async def test_what_was_decided_is_not_decided_twice_and_a_foreign_finding_is_not_found(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    await handed_in(api, make)
    second = await handed_in(api, make)
    elsewhere = await handed_in(api, make, topics=["finance.sharia"], title="Bank syariah", aim="Mengenal akad.")
    (row,) = await findings(api, dinas, second)

    foreign = await api.as_(dinas).post(
        f"/v1/programs/{elsewhere}/overlaps/{row['id']}/resolution", kind="reject", reason="Sama."
    )
    await decided(api, dinas, second, "differentiate")
    twice = await decided(api, dinas, second, "reject")

    assert (foreign.status_code, foreign.json()["code"]) == (404, "overlap_not_found")
    assert (twice.status_code, twice.json()["code"]) == (409, "overlap_not_open")


async def test_a_decision_falls_when_the_likeness_rises_and_stays_when_it_does_not(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    await handed_in(api, make)
    second = await handed_in(api, make, regency_codes=["52.02", "52.06"], title="Kemasan kopi", segments=["women"])
    await decided(api, dinas, second, "differentiate")

    await changed(api, dinas, second, regency_codes=["52.06"])
    lower = (await findings(api, dinas, second))[0]
    await changed(api, dinas, second, regency_codes=["52.02"], segments=[], title="Kemasan pangan layak jual")
    higher = (await findings(api, dinas, second))[0]

    assert (lower["state"], higher["state"]) == ("resolved", "open")
    assert lower["score"] < higher["score"]


async def test_a_change_of_a_proposal_ends_what_no_longer_holds(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    await handed_in(api, make)
    second = await handed_in(api, make)

    await changed(api, dinas, second, title="Ekspor kopi", aim="Mengurus dokumen.", topics=["market.export"])

    assert [one["state"] for one in await findings(api, dinas, second)] == ["past"]
    assert (await moved(api, dinas, second, "approve")).status_code == 200


async def test_a_programme_that_was_sent_back_holds_nobody_up(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    first, second = await handed_in(api, make), await handed_in(api, make)

    await moved(api, dinas, first, "reject", reason="Anggaran belum ada.")

    assert (await moved(api, dinas, second, "approve")).status_code == 200


async def test_a_warning_is_kept_but_holds_nobody_up(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    await handed_in(api, make, regency_codes=["52.06"])
    second = await handed_in(api, make)

    assert [one["verdict"] for one in await findings(api, dinas, second)] == ["warn"]
    assert (await moved(api, dinas, second, "approve")).status_code == 200


async def test_another_opd_sees_what_is_needed_to_talk_and_no_more(api: Api, make: Make) -> None:
    opd = await make.staff(Role.opd)
    first, second = await handed_in(api, make, budget_idr=123_456_789), await handed_in(api, make, opd)

    listed = await findings(api, opd, second)
    checked = await api.as_(opd).post("/v1/programs/overlap-check", program_id=second)
    unseen = await api.as_(opd).get(f"/v1/programs/{first}")

    assert unseen.status_code == 404
    shown = {"id", "organization_id", "organization_name", "title", "state", "topics", "level", "segments"}
    shown |= {"regency_codes", "starts_on", "ends_on"}
    assert set(listed[0]["other"]) == set(checked.json()["data"][0]["program"]) == shown
    assert "123456789" not in checked.text


async def test_only_organizers_and_the_dinas_check_and_read(api: Api, make: Make) -> None:
    opd, person = await make.staff(Role.opd), await make.person()
    program = await make.program()
    draft = {name: value for name, value in course().items() if name not in ("seats", "budget_idr")}

    as_person = await api.as_(person).post("/v1/programs/overlap-check", draft=draft)
    foreign = await api.as_(opd).post("/v1/programs/overlap-check", program_id=str(program.id))
    read = await api.as_(opd).get(f"/v1/programs/{program.id}/overlaps")

    assert [answer.status_code for answer in (as_person, foreign, read)] == [403, 403, 403]


async def test_a_draft_with_faults_gets_all_of_them_with_their_places(api: Api, make: Make) -> None:
    opd = await make.staff(Role.opd)
    draft = {name: value for name, value in course().items() if name not in ("seats", "budget_idr")}
    wrong = draft | {"topics": ["product"], "ends_on": "2020-01-01", "regency_codes": ["11.01"]}

    answer = await api.as_(opd).post("/v1/programs/overlap-check", draft=draft | wrong | {"topics": ["market.none"]})
    neither = await api.as_(opd).post("/v1/programs/overlap-check")

    assert answer.status_code == neither.status_code == 422
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        *("#/draft/topics/0", "#/draft/ends_on", "#/draft/regency_codes/0"),
    }


async def test_the_dinas_finds_open_findings_in_its_work_list(api: Api, make: Make) -> None:
    dinas = await make.staff(Role.dinas)
    await handed_in(api, make)
    second = await handed_in(api, make)

    before = (await api.as_(dinas).get("/v1/work-list", kind="overlap.open")).json()["data"]
    await decided(api, dinas, second, "differentiate")
    after = (await api.as_(dinas).get("/v1/work-list", kind="overlap.open")).json()["data"]

    assert [task["href"] for task in before] == [f"/v1/programs/{second}/overlaps"]
    assert after == []


@pytest.mark.parametrize("time", [1, 2, 3, *(pytest.param(time, marks=pytest.mark.soak) for time in range(4, 101))])
async def test_of_the_same_programme_handed_in_at_once_exactly_one_gets_through(
    api: Api, make: Make, time: int
) -> None:
    assert await through_at_once(api, make) == {200: 1, 409: 4}


async def through_at_once(api: Api, make: Make) -> Counter[int]:
    """Five OPDs hand the same programme in at once, and each is approved at once, as far as it can be."""
    dinas = await make.staff(Role.dinas)
    opds = [await make.staff(Role.opd) for _ in range(5)]
    drafts = [await proposed(api, opd) for opd in opds]

    async def through(index: int) -> int:
        handed = await moved(api, opds[index], drafts[index], "submit")
        assert handed.status_code == 200, handed.text
        return (await moved(api, dinas, drafts[index], "approve")).status_code

    return Counter(await asyncio.gather(*(through(index) for index in range(5))))


async def test_as_many_findings_cost_no_more_statements(api: Api, make: Make, statements: list[str]) -> None:
    organization = await make.organization(OrganizationKind.opd)
    opd = await make.staff(Role.opd, organization)
    first = clock.today() + timedelta(days=30)
    content = course() | {"starts_on": first, "ends_on": first + timedelta(days=4), "kbli_version": "2025"}
    counts = []
    for number in (2, 4):
        for _ in range(number):
            await make.program(**content | {"state": ProgramState.submitted})
        program_id = await handed_in(api, make, opd)
        await findings(api, opd, program_id)
        statements.clear()
        assert len(await findings(api, opd, program_id)) >= number
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def changed(api: Api, dinas: object, program_id: str, **changes: object) -> None:
    """A change by the Dinas while it reviews."""
    etag = (await api.as_(dinas).get(f"/v1/programs/{program_id}")).headers["ETag"]
    answer = await api.as_(dinas).patch(f"/v1/programs/{program_id}", etag=etag, **changes)
    assert answer.status_code == 200, answer.text

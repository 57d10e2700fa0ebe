"""Readiness of cooperatives: explained by what is on file and verified; what would change it; confirmed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Consent, ConsentPurpose
from plut_api.actors.privacy.models import SubjectKind
from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.records.models import CooperativeMeeting, MeetingDecision, MeetingKind
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.kit.outbox import Event
from tests.conftest import Api
from tests.cooperatives.records.keeping import complete_file, path_of, trained
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
GATES = [f"C-G{number:02d}" for number in range(1, 9)]


async def ready_cooperative(make: Make, **given: Any) -> tuple[Cooperative, Any, dict[str, Any]]:
    """A cooperative whose file is complete, the consultant who verified it, and a row of each kind."""
    cooperative = await make.cooperative(nik_koperasi="5271010079145")
    consultant = await make.staff(Role.consultant)
    rows = await complete_file(make, cooperative, consultant, **given)
    await trained(make, cooperative)
    return cooperative, consultant, rows


async def readiness_of(api: Api, make: Make, cooperative: Cooperative, **asked: Any) -> dict[str, Any]:
    answer = await api.as_(await make.staff(Role.consultant)).get(f"{path_of(cooperative)}/readiness", **asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def found(answer: dict[str, Any]) -> dict[str, str]:
    """What each rule found, by its code."""
    return {rule["code"]: rule["result"] for rule in [*answer["gates"], *answer["signals"]]}


async def test_of_a_cooperative_without_records_everything_is_unknown_or_open(api: Api, make: Make) -> None:
    answer = await readiness_of(api, make, await make.cooperative())

    results = found(answer)
    assert (answer["rule_set"], answer["status"]) == ("koperasi-v1", "building")
    assert list(results)[:8] == GATES
    assert {code: results[code] for code in GATES} == dict.fromkeys(GATES, "unknown") | {
        "C-G04": "fail",
        "C-G05": "not_applicable",
        "C-G08": "not_applicable",
    }
    assert [step["code"] for step in answer["next_steps"]][:2] == ["C-G01", "C-G02"]
    assert answer["score"] == 10  # It was registered today, so what is known of it is fresh.


async def test_a_complete_file_is_ready_and_every_result_links_to_what_proves_it(api: Api, make: Make) -> None:
    cooperative, _, rows = await ready_cooperative(make)

    answer = await readiness_of(api, make, cooperative)

    not_asked = {"C-G05", "C-G08"}
    assert {code: result for code, result in found(answer).items() if result != "pass"} == dict.fromkeys(
        not_asked, "not_applicable"
    )
    assert (answer["status"], answer["score"], answer["next_steps"]) == ("ready", 100, [])
    evidence = {rule["code"]: rule["evidence"] for rule in [*answer["gates"], *answer["signals"]]}
    assert f"{path_of(cooperative)}/meetings/{rows['meetings'].id}" in evidence["C-G04"]
    assert f"{path_of(cooperative)}/credit-declarations/{rows['declarations'].id}" in evidence["C-G07"]
    assert len(evidence["C-S04"]) == 6


@pytest.mark.parametrize(
    ("given", "code", "result"),
    [
        ({"papers": {"verified_at": None, "verified_by": None}}, "C-G01", "fail"),
        ({"papers": {"in_own_name": False}}, "C-G02", "fail"),
        ({"officers": {"verified_at": None, "verified_by": None}}, "C-G03", "fail"),
        ({"meetings": {"verified_at": None, "verified_by": None}}, "C-G04", "fail"),
        ({"meetings": {"decision": MeetingDecision.refused}}, "C-G04", "fail"),
        ({"proposals": {"scheme": "pmk_49_2025"}}, "C-G05", "unknown"),
        ({"proposals": {"capex_idr": 3_000_000_001, "opex_idr": 0}}, "C-G06", "fail"),
        ({"proposals": {"opex_idr": 500_000_001}}, "C-G06", "fail"),
        ({"proposals": {"repayment_sources": []}}, "C-G06", "fail"),
        ({"outlets": {"closed_on": date(2026, 9, 1)}}, "C-S01", "unknown"),
        ({"figures": {"sales_idr": 0}}, "C-S02", "fail"),
        ({"figures": {"members": 80, "members_paid": 39}}, "C-S03", "fail"),
        ({"figures": {"members": 19, "members_paid": 19}}, "C-S03", "fail"),
        ({"figures": {"file_id": None}}, "C-S04", "fail"),
        ({"outlets": {"premises": None, "file_id": None}}, "C-S06", "fail"),
        ({"proposals": {"yearly_income_idr": 86_399_999}}, "C-S09", "fail"),
    ],
)
async def test_each_rule_reads_what_it_says(
    api: Api, make: Make, given: dict[str, Any], code: str, result: str
) -> None:
    cooperative, _, _ = await ready_cooperative(make, **given)

    assert found(await readiness_of(api, make, cooperative))[code] == result


async def test_a_paper_proves_the_number_that_the_register_has_now(api: Api, make: Make, sessions: Sessions) -> None:
    cooperative, _, _ = await ready_cooperative(make)

    async with sessions() as db, db.begin():
        await db.execute(update(Cooperative).values(nik_koperasi="5271010079146"))

    assert found(await readiness_of(api, make, cooperative))["C-G01"] == "fail"


@pytest.mark.parametrize(
    ("established_on", "book_years", "result"),
    [
        (date(2026, 5, 1), [], "pass"),  # New this year: its founding is enough.
        (date(2025, 6, 2), [], "fail"),  # Its first year was to be accounted for by June 2026.
        (date(2025, 6, 2), [2025], "pass"),
        (date(2023, 6, 2), [2024], "fail"),
        (date(2023, 6, 2), [2025], "pass"),
    ],
)
async def test_a_closed_year_has_to_be_accounted_for_within_six_months(
    api: Api, make: Make, monkeypatch: pytest.MonkeyPatch, established_on: date, book_years: list[int], result: str
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 7, 1))
    cooperative = await make.cooperative(established_on=established_on)
    await held(make, cooperative, MeetingKind.founding, held_on=established_on)
    for year in book_years:
        await held(make, cooperative, MeetingKind.annual, book_year=year, held_on=date(year + 1, 3, 1))

    on_the_day = found(await readiness_of(api, make, cooperative))["C-G04"]
    monkeypatch.setattr(clock, "today", lambda: date(2026, 6, 30))
    a_day_earlier = found(await readiness_of(api, make, cooperative))["C-G04"]

    assert on_the_day == result
    assert a_day_earlier == "pass"


async def test_what_if_tells_what_a_fact_would_change_and_stores_nothing(api: Api, make: Make) -> None:
    cooperative, consultant, _ = await ready_cooperative(make, outlets={"closed_on": date(2026, 9, 1)})
    caller, path = api.as_(consultant), f"{path_of(cooperative)}/readiness/what-if"

    answer = await caller.post(path, facts=[{"name": "outlet_months", "value": 3}])
    unknown = await caller.post(path, facts=[{"name": "business_months", "value": 3}])

    assert answer.status_code == 200, answer.text
    assert answer.json()["changed"] == [{"code": "C-S01", "before": "unknown", "after": "pass", "gain": 15}]
    assert (answer.json()["score_change"], answer.json()["now"]["score"]) == (15, 75)
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "fact_unknown")
    assert found(await readiness_of(api, make, cooperative))["C-S01"] == "unknown"


async def test_the_mandate_counts_for_the_bank_that_is_named(api: Api, make: Make) -> None:
    cooperative, _, _ = await ready_cooperative(make)
    bank, other = await make.bank(), await make.bank()
    await held(make, cooperative, MeetingKind.board, bank_id=bank.id, held_on=clock.today())
    await consented(make, cooperative, bank.id)

    without = found(await readiness_of(api, make, cooperative))["C-G08"]
    named = found(await readiness_of(api, make, cooperative, bank_id=str(bank.id)))["C-G08"]
    elsewhere = found(await readiness_of(api, make, cooperative, bank_id=str(other.id)))["C-G08"]

    assert (without, named, elsewhere) == ("not_applicable", "pass", "fail")


async def test_a_consultant_confirms_a_complete_file_and_ends_it_with_a_reason(
    api: Api, make: Make, sessions: Sessions
) -> None:
    cooperative, consultant, _ = await ready_cooperative(make)
    caller, path = api.as_(consultant), f"{path_of(cooperative)}/readiness"

    early = await caller.post(f"{path}/withdraw-confirmation", reason="Belum.")
    confirmed = await caller.post(f"{path}/confirm", note="Berkas lengkap.")
    ended = await caller.post(f"{path}/withdraw-confirmation", reason="Pengurus berganti.")
    async with sessions() as db:
        names = (await db.scalars(select(Event.name).where(Event.subject_id == cooperative.id))).all()

    assert (early.status_code, early.json()["code"]) == (409, "not_confirmed")
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["confirmed_at"] < confirmed.json()["expires_at"]
    assert (ended.json()["confirmed_at"], ended.json()["expires_at"]) == (None, None)
    assert names == ["cooperative.readiness_confirmed", "cooperative.readiness_confirmation_withdrawn"]


async def test_what_is_not_complete_is_not_confirmed_and_only_consultants_confirm(api: Api, make: Make) -> None:
    cooperative, keeper = await make.cooperative(), await make.person()
    await make.manager(cooperative, keeper)
    path = f"{path_of(cooperative)}/readiness"

    refused = await api.as_(await make.staff(Role.consultant)).post(f"{path}/confirm", note="Berkas lengkap.")
    manager = await api.as_(keeper).post(f"{path}/confirm", note="Berkas lengkap.")

    assert (refused.status_code, refused.json()["code"]) == (409, "not_ready")
    assert refused.json()["reasons"][0]["code"] == "C-G01"
    assert (manager.status_code, manager.json()["code"]) == (403, "consultant_only")


async def test_its_managers_and_plut_see_it_nobody_else_does(api: Api, make: Make) -> None:
    cooperative, keeper = await make.cooperative(), await make.person()
    await make.manager(cooperative, keeper)
    path = f"{path_of(cooperative)}/readiness"

    seen = [api.as_(who) for who in (keeper, await make.staff(), await make.staff(Role.consultant))]
    unseen = [api.as_(who) for who in (await make.person(), await make.staff(Role.bank))]

    assert [(await caller.get(path)).status_code for caller in seen] == [200, 200, 200]
    assert [(await caller.get(path)).status_code for caller in unseen] == [404, 404]


async def test_a_correction_of_a_verified_officer_ends_a_confirmation_once_it_is_judged_again(
    api: Api, make: Make, sessions: Sessions
) -> None:
    cooperative, consultant, rows = await ready_cooperative(make)
    caller = api.as_(consultant)
    await caller.post(f"{path_of(cooperative)}/readiness/confirm", note="Berkas lengkap.")

    place = f"{path_of(cooperative)}/officers/{rows['officers'].id}"
    await caller.patch(place, etag='"1"', has_kin=True)
    answer = await caller.post(f"{path_of(cooperative)}/readiness/withdraw-confirmation", reason="Kerabat.")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_confirmed")


async def held(make: Make, cooperative: Cooperative, kind: MeetingKind, **given: Any) -> None:
    """A verified meeting that approved."""
    row = CooperativeMeeting(
        cooperative_id=cooperative.id,
        kind=kind,
        decision=MeetingDecision.approved,
        recorded_by=new_id(),
        verified_at=clock.now(),
        verified_by=new_id(),
        **given,
    )
    await make.add(row)


async def consented(make: Make, cooperative: Cooperative, bank_id: Any) -> None:
    """A consent of the cooperative to a bank, in force."""
    await make.add(
        Consent(
            subject_kind=SubjectKind.cooperative,
            cooperative_id=cooperative.id,
            organization_id=bank_id,
            purpose=ConsentPurpose.cooperative_financing,
            data_categories=["business_name"],
            text_version="1",
            language="id",
            channel="app",
            given_by=new_id(),
            confirmed_at=clock.now(),
            confirmed_by=new_id(),
            expires_at=clock.now().replace(year=clock.now().year + 1),
        )
    )

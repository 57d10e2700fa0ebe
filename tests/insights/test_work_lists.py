"""Work lists: what waits, for whom, in which order, and where its row is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.duplicates.models import DuplicatePair, FoundBy, Kind
from plut_api.actors.models import Actor, ActorStatus, Person
from plut_api.actors.models.certifications import Certification
from plut_api.actors.privacy.models import DataRequest, RequestKind, RequestState
from plut_api.financing.models import Readiness, ReadinessStatus, Referral, ReferralState
from plut_api.financing.rules.loading import rules_in_force
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role
from plut_api.kit.caller import Kind as CallerKind
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.work_lists import KINDS, Asked, counted, kinds_for, waiting
from plut_api.outcomes.models import EvidenceState
from plut_api.programs.models import EnrolmentState
from plut_api.reference.rules import rule_values
from tests.conftest import Api
from tests.explaining import Explain
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
LAST_YEAR = clock.today().year - 1
NIK = "5271015705900003"


async def _listed(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/v1/work-list", **query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def _kinds(api: Api, **query: Any) -> list[str]:
    return [row["kind"] for row in await _listed(api, **query)]


async def _accompanied(make: Make, **given: Any) -> tuple[Person, Actor, Account]:
    """Somebody with a business and its figures, and their consultant, for whom so far nothing waits."""
    person = await make.person(**given)
    actor = await make.actor(person)
    await make.figure(actor)
    return person, actor, await make.consultant_of(person)


async def _judged(make: Make, actor: Actor, status: ReadinessStatus, **given: Any) -> None:
    results = [{"code": rule.code, "result": "fail"} for rule in rules_in_force().rules]
    values = {"computed_at": clock.now(), "score": 10, "results": results} | given
    await make.add(Readiness(actor_id=actor.id, rule_set=rules_in_force().version, status=status, **values))


async def test_who_has_nothing_to_do_is_told_so(api: Api, make: Make) -> None:
    _, _, consultant = await _accompanied(make)

    assert await _listed(api.as_(consultant)) == []
    summary = (await api.as_(consultant).get("/v1/work-list/summary")).json()["data"]
    assert {(row["tasks"], row["overdue"]) for row in summary} == {(0, 0)}
    assert [row["kind"] for row in summary] == sorted(row["kind"] for row in summary)


async def test_a_consultant_sees_missing_figures_of_trading_businesses(api: Api, make: Make) -> None:
    person = await make.person()
    silent, told = await make.actor(person), await make.actor(person)
    await make.figure(told)
    await make.figure(silent, year=LAST_YEAR - 1)
    await make.actor(person, status=ActorStatus.closed)
    consultant = await make.consultant_of(person)

    (row,) = await _listed(api.as_(consultant))

    assert (row["kind"], row["actor"]["id"], row["person"]["id"]) == ("figures.missing", str(silent.id), str(person.id))
    assert row["href"] == f"/v1/actors/{silent.id}/annual-figures"
    assert str(LAST_YEAR) in row["words"]
    assert (await api.as_(consultant).get(row["href"])).status_code == 200


async def test_a_consultant_sees_evidence_of_others_and_results_without_any(api: Api, make: Make) -> None:
    person, actor, consultant = await _accompanied(make)
    done: dict[str, Any] = {"state": EnrolmentState.completed, "completed_at": clock.now() - timedelta(days=40)}
    proven = await make.enrolment(person=person, actor=actor, **done)
    bare = await make.enrolment(person=person, actor=actor, **done)
    outcome = await make.outcome(proven, baseline_level=0, target_level=2)
    await make.outcome(bare, baseline_level=0, target_level=2)
    evidence = await make.evidence(outcome)
    await make.evidence(outcome, submitted_by=consultant.id)
    rejected = {"state": EvidenceState.rejected, "decided_at": clock.now(), "decided_by": new_id(), "reason": "kabur"}
    await make.evidence(outcome, **rejected)

    rows = {row["kind"]: row for row in await _listed(api.as_(consultant))}

    assert sorted(rows) == ["evidence.to_verify", "outcome.without_evidence"]
    assert rows["evidence.to_verify"]["href"] == f"/v1/evidence/{evidence.id}"
    assert rows["evidence.to_verify"]["overdue"] is False
    assert rows["outcome.without_evidence"]["overdue"] is True
    assert rows["outcome.without_evidence"]["href"] == f"/v1/enrolments/{bare.id}/outcomes/packaging"
    assert "kemasan" in rows["evidence.to_verify"]["words"]
    for row in rows.values():
        assert (await api.as_(consultant).get(row["href"])).status_code == 200


async def test_a_consultant_sees_certificates_that_end_within_the_term_of_reminders(api: Api, make: Make) -> None:
    _, actor, consultant = await _accompanied(make)
    today = clock.today()
    for days in (-10, 59, 61):
        ends = today + timedelta(days=days)
        await make.add(
            Certification(
                actor_id=actor.id,
                kind="halal",
                number=f"ID5211{days + 100:010d}",
                issued_on=today - timedelta(days=400),
                expires_on=ends,
                recorded_by=new_id(),
            )
        )

    rows = await _listed(api.as_(consultant))

    assert [(row["kind"], row["overdue"]) for row in rows] == [("certificate.ends", True), ("certificate.ends", False)]
    assert datetime.fromisoformat(rows[1]["due_at"]).astimezone(clock.WITA).date() == today + timedelta(days=59)
    assert "{" not in rows[0]["words"]


async def test_a_consultant_sees_the_most_helpful_step_and_files_to_confirm(api: Api, make: Make) -> None:
    building_owner, building, consultant = await _accompanied(make)
    ready_owner, ready, other = await _accompanied(make)
    await make.assignment(consultant, ready_owner)
    await _judged(make, building, ReadinessStatus.building)
    await _judged(make, ready, ReadinessStatus.ready, results=[])
    gates = [rule for rule in rules_in_force().rules if rule.kind == "gate"]
    first = min(gates, key=lambda rule: (-rule.weight, rule.code))

    rows = {row["kind"]: row for row in await _listed(api.as_(consultant))}

    assert sorted(rows) == ["readiness.next_step", "readiness.to_confirm"]
    assert rows["readiness.next_step"]["words"] == first.next_step.id
    assert rows["readiness.to_confirm"]["actor"]["id"] == str(ready.id)
    owners = {kind: row["person"]["id"] for kind, row in rows.items()}
    assert owners == {"readiness.next_step": str(building_owner.id), "readiness.to_confirm": str(ready_owner.id)}
    assert await _kinds(api.as_(other)) == ["readiness.to_confirm"]
    english = await api.as_(consultant).get(
        "/v1/work-list", kind="readiness.next_step", headers={"Accept-Language": "en"}
    )
    assert english.json()["data"][0]["words"] == first.next_step.en


async def test_a_consultant_sees_requests_for_financing_under_way(api: Api, make: Make) -> None:
    person, actor, consultant = await _accompanied(make)
    for state in (ReferralState.submitted, ReferralState.withdrawn):
        bank = await make.bank()
        await make.add(
            Referral(
                actor_id=actor.id,
                bank_id=bank.id,
                amount_idr=1_000_000,
                tenor_months=12,
                purpose="Oven",
                state=state,
                made_by=person.account_id,
            )
        )

    (row,) = await _listed(api.as_(consultant))

    assert row["kind"] == "referral.open"
    assert (await api.as_(consultant).get(row["href"])).status_code == 200


async def test_the_dinas_sees_people_without_a_consultant_duplicates_and_requests(api: Api, make: Make) -> None:
    alone, accompanied = await make.person(full_name="Inaq Sendiri"), await make.person(nik=NIK)
    await make.consultant_of(accompanied)
    a, b = sorted([new_id(), new_id()])
    pair = DuplicatePair(kind=Kind.actor, a_id=a, b_id=b, reasons=["name"], sureness=0.8, found_by=FoundBy.sweep)
    request = DataRequest(
        account_id=alone.account_id,
        person_id=alone.id,
        kind=RequestKind.rectification,
        state=RequestState.open,
        due_at=clock.now() - timedelta(hours=1),
    )
    await make.add(pair, request)
    dinas = api.as_(await make.staff())

    rows = {row["kind"]: row for row in await _listed(dinas)}

    assert sorted(rows) == ["data_request.open", "duplicate.open", "identity.unverified", "person.unassigned"]
    assert rows["person.unassigned"]["person"] == {"id": str(alone.id), "name": "Inaq Sendiri"}
    assert rows["identity.unverified"]["person"]["id"] == str(accompanied.id)
    assert (rows["data_request.open"]["overdue"], rows["duplicate.open"]["overdue"]) == (True, False)
    assert "usaha" in rows["duplicate.open"]["words"]
    assert await _kinds(dinas, overdue=True) == ["data_request.open"]
    assert (await dinas.get(rows["data_request.open"]["href"])).status_code == 200
    assert (await dinas.get(rows["person.unassigned"]["href"])).status_code == 200
    summary = {row["kind"]: row for row in (await dinas.get("/v1/work-list/summary")).json()["data"]}
    assert (summary["data_request.open"]["tasks"], summary["data_request.open"]["overdue"]) == (1, 1)
    assert summary["person.unassigned"] == {
        "kind": "person.unassigned",
        "title": "Belum didampingi",
        "tasks": 1,
        "overdue": 0,
        "is_more": False,
    }


async def test_a_consultant_sees_nothing_of_others_and_nobody_else_sees_a_list(api: Api, make: Make) -> None:
    person = await make.person(nik=NIK)
    await make.actor(person)
    mine, other = await make.consultant_of(person), await make.consultant_of(await make.person())

    assert await _kinds(api.as_(mine)) == ["identity.unverified", "figures.missing"]
    assert await _kinds(api.as_(other)) == []
    for who in (person, await make.staff(Role.opd), await make.staff(Role.bank)):
        assert (await api.as_(who).get("/v1/work-list")).status_code == 403
        assert (await api.as_(who).get("/v1/work-list/summary")).status_code == 403


async def test_a_kind_that_is_not_at_this_desk_is_refused_with_those_that_are(api: Api, make: Make) -> None:
    answer = await api.as_(await make.staff()).get("/v1/work-list", kind="evidence.to_verify")

    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/query/kind", "work_kind_unknown")
    assert "person.unassigned" in fault["message"]


async def test_pages_hold_everything_once_the_longest_due_first_across_kinds(
    api: Api, make: Make, sessions: Sessions
) -> None:
    same = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    for number in range(6):
        person = await make.person(nik=f"52710157059000{number + 10}")
        async with unit_of_work(sessions) as db:
            # Terms of both kinds fall on the same instants.
            days = timedelta(days=23 * (number % 2))
            await db.execute(update(Person).where(Person.id == person.id).values(created_at=same + days))
    dinas = api.as_(await make.staff())
    whole = await _listed(dinas)

    seen: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await dinas.get("/v1/work-list", limit=1, **cursor)).json()
        seen += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert len(whole) == 12
    assert seen == whole
    order = [(row["due_at"], row["kind"], row["row_id"]) for row in whole]
    assert order == sorted(order)
    assert len({row["due_at"] for row in whole}) == 3


@pytest.mark.parametrize("path", ["/v1/work-list", "/v1/work-list/summary"])
async def test_a_list_is_one_query_however_much_waits(api: Api, make: Make, statements: list[str], path: str) -> None:
    person, _, consultant = await _accompanied(make)
    await api.as_(consultant).get(path)
    counts = []
    for number in range(2):
        for _ in range(3):
            await make.actor(person)
        statements.clear()
        answer = await api.as_(consultant).get(path)
        counts.append(len(statements))
        assert answer.status_code == 200, number

    assert counts[0] == counts[1] <= 6
    assert sum("UNION ALL" in statement for statement in statements) == 1


async def test_every_kind_has_a_term_words_in_both_languages_and_an_address(sessions: Sessions) -> None:
    async with sessions() as db:
        values = await rule_values(db, "")

    assert {kind.within for kind in KINDS.values() if kind.within} <= values.keys()
    assert all(kind.title.id != kind.title.en for kind in KINDS.values())
    assert all(kind.href.startswith("/v1/") for kind in KINDS.values())
    assert all(kind.desks <= {Role.dinas, Role.consultant} for kind in KINDS.values())


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("role", [Role.dinas, Role.consultant])
async def test_the_oldest_people_are_read_by_an_index(sessions: Sessions, role: Role) -> None:
    caller = Caller(new_id(), CallerKind.staff, role, frozenset())
    async with sessions() as db:
        asked = Asked(caller, clock.now(), clock.today(), await rule_values(db, ""))
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        for query in (
            waiting(asked, kinds_for(role), after=None, overdue=True, limit=51),
            counted(asked, kinds_for(role)),
        ):
            plan = "\n".join(await db.scalars(Explain(query)))
            wanted = ("ix_people_registered",) if role is Role.dinas else ("uq_assignments_one_active",)
            assert [name for name in wanted if name not in plan] == [], plan
            assert "Seq Scan on people" not in plan

"""The invented sample: loaded once, it gives every report and list of training and financing something to show."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.consulting.models import ConsultationState
from plut_api.facilities.models import Facility
from plut_api.identity.models import Account
from plut_api.insights.reports.asked import Figure, Grouping
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.organizations.agreements.models import AgreementState
from plut_api.outcomes.follow_ups.models import FollowUpState
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, FundSource, Program, ProgramState, ReservedSeats
from plut_api.programs.overlaps.models import Overlap, OverlapState, ResolutionKind, Verdict
from plut_api.programs.topics import topics
from plut_api.programs.waiting.models import WaitingEntry, WaitingState
from plut_api.sample.seed import seed_sample
from plut_api.settings import Settings
from tests.conftest import Api
from tests.sample.asking_banks import financing_is_told

Sessions = async_sessionmaker[AsyncSession]


@pytest.mark.anyio
async def test_the_sample_gives_every_report_and_list_of_training_and_financing_content(
    api: Api, sessions: Sessions, settings: Settings
) -> None:
    told: list[str] = []
    await seed_sample(settings, told.append)
    async with sessions() as db:
        dinas = api.as_((await db.scalars(select(Account).where(Account.role == Role.dinas))).one())
        organizer = (await db.scalars(select(Account).where(Account.role == Role.opd).limit(1))).one()

        assert len(told) > 15
        await _programs_in_every_state(db, dinas)
        await _likenesses_decided_in_every_way(db, dinas)
        await _seats_are_counted_and_waited_for(db, dinas)
        await _reports_by_each_grouping(dinas)
        await _figures_open(dinas)
        await _attendance_and_certificates(db, api, dinas)
        await _evidence_and_follow_ups(db, dinas)
        await _partners_keep_their_word(dinas)
        await _consulting(dinas)
        await _calendar_and_building(db, api, dinas)
        await financing_is_told(db, api, dinas)
        assert await _rows(api.as_(organizer), "/v1/reports/outcomes", by="program")


async def _rows(api: Api, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get(path, **query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def _programs_in_every_state(db: AsyncSession, dinas: Api) -> None:
    for state in ProgramState:
        assert await _rows(dinas, "/v1/programs", state=state.value, limit=1), state
    programs = (await db.scalars(select(Program))).all()
    assert {program.fund_source for program in programs} == set(FundSource)
    assert all("contoh" in program.title for program in programs)
    taught = {topic for program in programs for topic in program.topics}
    assert any(topics()[topic].first_class and topic.startswith("market") for topic in taught)
    assert any(topics()[topic].first_class and topic.startswith("finance") for topic in taught)
    assert any(program.prerequisite_id for program in programs)
    assert any(program.required_documents for program in programs)
    assert any(program.host_organization_ids for program in programs)
    held = [program for program in programs if program.state is ProgramState.completed]
    assert (max(held, key=_begins).starts_on - min(held, key=_begins).starts_on).days > 600
    assert all(program.spent_idr for program in held)


def _begins(program: Program) -> Any:
    return program.starts_on


async def _likenesses_decided_in_every_way(db: AsyncSession, dinas: Api) -> None:
    assert set(await db.scalars(select(Overlap.resolution).where(Overlap.resolution.is_not(None)))) == set(
        ResolutionKind
    )
    waits = select(Overlap).where(Overlap.state == OverlapState.open, Overlap.verdict == Verdict.block)
    undecided = (await db.scalars(waits)).first()
    assert undecided is not None
    shown = await _rows(dinas, f"/v1/programs/{undecided.program_id}/overlaps")
    assert str(undecided.id) in {row["id"] for row in shown}


async def _seats_are_counted_and_waited_for(db: AsyncSession, dinas: Api) -> None:
    seated = select(func.count()).where(Enrolment.program_id == Program.id, Enrolment.state != EnrolmentState.withdrawn)
    offered = select(func.count()).where(
        WaitingEntry.program_id == Program.id, WaitingEntry.state == WaitingState.offered
    )
    taken = seated.scalar_subquery() + offered.scalar_subquery()
    assert (await db.execute(select(Program.id).where(Program.seats_taken != taken))).all() == []
    assert await db.scalar(select(func.sum(ReservedSeats.seats_taken)))
    waited = (await db.execute(select(WaitingEntry.program_id, WaitingEntry.state))).all()
    assert {WaitingState.waiting, WaitingState.offered, WaitingState.accepted} <= {row.state for row in waited}
    assert await _rows(dinas, f"/v1/programs/{waited[0].program_id}/waiting-list")
    assert await db.scalar(select(func.count()).where(Enrolment.state == EnrolmentState.withdrawn))


async def _reports_by_each_grouping(dinas: Api) -> None:
    for grouping in Grouping:
        rows = await _rows(dinas, "/v1/reports/outcomes", by=grouping.value)
        assert sum(row["proven"] for row in rows) > 0, grouping
        assert sum(row["all_five"] for row in rows) > 0, grouping
        assert all(row["cost_per_proven_idr"] for row in rows if row["proven"]), grouping
    whole = (await _rows(dinas, "/v1/reports/outcomes"))[0]
    assert 0.1 < whole["share_all_five"] < 0.6
    assert len(await _rows(dinas, "/v1/reports/outcomes", by="organization")) == 7


async def _figures_open(dinas: Api) -> None:
    for figure in Figure:
        assert await _rows(dinas, "/v1/reports/outcomes/participants", figure=figure.value, limit=1), figure
    for dimension in Dimension:
        found = await _rows(
            dinas, "/v1/reports/outcomes/participants", figure="proven", dimension=dimension.value, limit=1
        )
        assert found, dimension
    card = await dinas.get(f"/v1/enrolments/{found[0]['id']}/card")
    assert card.status_code == 200


async def _attendance_and_certificates(db: AsyncSession, api: Api, dinas: Api) -> None:
    for state in ("counts", "appealed", "excused"):
        assert await _rows(dinas, "/v1/no-shows", state=state, limit=1), state
    for held in (Certificate.revoked_at.is_(None), Certificate.revoked_at.is_not(None)):
        one = (await db.scalars(select(Certificate).where(held).limit(1))).one()
        answer = await api.get(f"/v1/certificates/{one.code}")
        assert answer.status_code == 200
        assert answer.json()["state"] == ("valid" if one.revoked_at is None else "revoked")


async def _evidence_and_follow_ups(db: AsyncSession, dinas: Api) -> None:
    for state in (EvidenceState.submitted, EvidenceState.verified, EvidenceState.rejected):
        found = await _rows(dinas, "/v1/evidence", state=state.value, limit=50)
        assert found, state
        assert all(row["next_step"] for row in found if state is EvidenceState.rejected)
        assert not any(row["also_used"] for row in found)
    by_fact = select(func.count()).where(Evidence.fact_id.is_not(None), Evidence.state == EvidenceState.verified)
    assert await db.scalar(by_fact)
    for follow_up in FollowUpState:
        assert await _rows(dinas, "/v1/follow-ups", state=follow_up.value, limit=1), follow_up
    answered = await _rows(dinas, "/v1/follow-ups", state="answered", limit=200)
    uses = [use for row in answered for use in row["answers"]["still_in_use"]]
    assert any(use["level_after"] < use["level_before"] for use in uses)
    for months in (3, 6, 12):
        assert await _rows(dinas, "/v1/follow-ups", state="answered", months=months, limit=1), months


async def _partners_keep_their_word(dinas: Api) -> None:
    assert {row["state"] for row in await _rows(dinas, "/v1/agreements")} == set(AgreementState)
    commitments = await _rows(dinas, "/v1/commitments")
    assert {row["kind"] for row in commitments} == {"seats", "rupiah", "offtake"}
    assert any(row["achieved"] for row in commitments if row["kind"] == "seats")
    assert any(row["achieved"] for row in commitments if row["kind"] == "rupiah")


async def _consulting(dinas: Api) -> None:
    for state in ConsultationState:
        assert await _rows(dinas, "/v1/consultations", state=state.value, limit=1), state
    month = f"{clock.today() - timedelta(days=20):%Y-%m}"
    loads = await _rows(dinas, "/v1/case-loads", month=month)
    assert len([load for load in loads if load["open_clients"]]) == 3
    assert any(load["consultations"] for load in loads)
    report = await dinas.get("/v1/consulting/report", month=month)
    assert report.status_code == 200
    assert report.json()["consultations"], report.text
    kept = await _rows(dinas, "/v1/consultations", state="held", limit=200)
    assert any(action["is_overdue"] for row in kept for action in row["actions"])


async def _calendar_and_building(db: AsyncSession, api: Api, dinas: Api) -> None:
    assert await _rows(api, "/v1/programs/calendar")
    assert "BEGIN:VEVENT" in (await api.get("/v1/programs/calendar.ics")).text
    assert len(await _rows(dinas, "/v1/trainers")) == 14
    facility = (await db.scalars(select(Facility))).one()
    days: dict[str, Any] = {"first_on": str(clock.today() - timedelta(days=360)), "last_on": str(clock.today())}
    used = await dinas.get(f"/v1/facilities/{facility.id}/utilisation", **days)
    assert used.status_code == 200, used.text
    assert {row["shift"] for row in used.json()["data"] if row["organization_id"]} == {"morning", "afternoon"}
    assert used.json()["empty_hours"]
    assert (await dinas.get("/v1/work-list/summary")).status_code == 200

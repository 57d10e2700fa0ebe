"""How long data is kept: rules that name tables there are, counted before they act, applied where this role may."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Consent
from plut_api.actors.privacy.models import DataRequest, Disclosure, RequestKind, RequestState
from plut_api.cli import privacy
from plut_api.financing.models import Referral, ReferralState
from plut_api.integration import retention
from plut_api.integration.jobs import keep_no_longer
from plut_api.integration.retention import apply_retention, due
from plut_api.kit import clock
from plut_api.kit.database import Model, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.outcomes.models import Evidence
from plut_api.reference.retention import retention_rules
from plut_api.tables import METADATA
from tests.cli.commands import Plut
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]


async def of_rule(sessions: Sessions, code: str) -> int:
    async with sessions() as db:
        return next(each.rows for each in await due(db) if each.rule.code == code)


async def backdate(sessions: Sessions, table: type[Model], column: str, days: int) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(update(table).values({column: clock.now() - timedelta(days=days)}))


async def count(sessions: Sessions, table: type[Model]) -> int:
    async with sessions() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


def test_every_rule_names_a_table_and_columns_that_there_are() -> None:
    for rule in retention_rules():
        assert rule.values.keys() <= set(METADATA.tables[rule.table].columns.keys())
    assert len({rule.code for rule in retention_rules()}) == len(retention_rules())


async def test_every_condition_is_sound_sql(sessions: Sessions) -> None:
    async with sessions() as db:
        counted = await due(db)

    assert [each.rule for each in counted] == list(retention_rules())
    assert {each.rule.code for each in counted if not each.allowed} == {"disclosures"}


async def test_a_rule_acts_on_its_day_and_not_before(make: Make, sessions: Sessions) -> None:
    await make.evidence(await make.outcome(await make.enrolment()))
    await backdate(sessions, Evidence, "updated_at", 1825)
    early = await of_rule(sessions, "evidence")
    await apply_retention(sessions)
    still_there = await count(sessions, Evidence)
    await backdate(sessions, Evidence, "updated_at", 1827)

    due_now = await of_rule(sessions, "evidence")
    done = await apply_retention(sessions)

    assert (early, still_there, due_now) == (0, 1, 1)
    assert next(each.rows for each in done if each.rule.code == "evidence") == 1
    assert await count(sessions, Evidence) == 0


async def test_what_a_bank_refused_loses_its_words_and_keeps_its_numbers(make: Make, sessions: Sessions) -> None:
    referral = Referral(
        actor_id=(await make.actor()).id,
        bank_id=(await make.bank()).id,
        amount_idr=5_000_000,
        tenor_months=12,
        purpose="Oven milik Ibu Contoh.",
        state=ReferralState.rejected,
        made_by=new_id(),
    )
    await make.add(referral)
    await backdate(sessions, Referral, "updated_at", 91)

    first, second = await apply_retention(sessions), await apply_retention(sessions)

    async with sessions() as db:
        kept = await db.get_one(Referral, referral.id)
    assert (kept.purpose, kept.amount_idr) == ("(dihapus)", 5_000_000)
    assert [next(e.rows for e in done if e.rule.code == "refused_referrals") for done in (first, second)] == [1, 0]


async def test_ended_consents_and_requests_go_after_their_time_and_live_ones_stay(
    make: Make, sessions: Sessions
) -> None:
    actor, bank = await make.actor(), await make.bank()
    long_ago = clock.now() - timedelta(days=2000)
    await make.consent(actor, bank, given_at=long_ago - timedelta(days=9), expires_at=long_ago, withdrawn_at=long_ago)
    await make.consent(actor, bank)
    await make.add(
        DataRequest(
            account_id=new_id(),
            kind=RequestKind.objection,
            state=RequestState.open,
            due_at=long_ago,
            created_at=long_ago,
        ),
        DataRequest(
            account_id=new_id(),
            kind=RequestKind.erasure,
            state=RequestState.awaiting_code,
            due_at=long_ago,
            created_at=long_ago,
        ),
    )

    await apply_retention(sessions)

    async with sessions() as db:
        assert list(await db.scalars(select(Consent.withdrawn_at))) == [None]
        assert list(await db.scalars(select(DataRequest.kind))) == [RequestKind.objection]


async def test_the_disclosure_log_is_cut_by_the_owner_alone(make: Make, sessions: Sessions, owning: Sessions) -> None:
    old, young = (
        Disclosure(
            disclosed_at=clock.now() - timedelta(days=days),
            caller_id=new_id(),
            operation="listReadyBusinesses",
            purpose="financing",
            fields=["business_name"],
            actor_ids=[new_id()],
        )
        for days in (1900, 1000)
    )
    await make.add(old, young)

    by_application = await apply_retention(sessions)
    kept = await count(sessions, Disclosure)
    by_owner = await apply_retention(owning)

    assert [(e.rows, e.allowed) for e in by_application if e.rule.code == "disclosures"] == [(0, False)]
    assert kept == 2
    assert [(e.rows, e.allowed) for e in by_owner if e.rule.code == "disclosures"] == [(1, True)]
    assert await count(sessions, Disclosure) == 1


async def test_many_rows_go_in_blocks(make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BLOCK", 2)
    outcome = await make.outcome(await make.enrolment())
    for _ in range(5):
        await make.evidence(outcome)
    await backdate(sessions, Evidence, "updated_at", 2000)

    done = await apply_retention(sessions)

    assert next(each.rows for each in done if each.rule.code == "evidence") == 5
    assert await count(sessions, Evidence) == 0


async def test_the_worker_applies_them(app: FastAPI, make: Make, sessions: Sessions) -> None:
    await make.evidence(await make.outcome(await make.enrolment()))
    await backdate(sessions, Evidence, "updated_at", 2000)
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    await keep_no_longer(0)

    assert await count(sessions, Evidence) == 0


async def test_the_operator_counts_first_and_then_runs(make: Make, sessions: Sessions) -> None:
    await make.evidence(await make.outcome(await make.enrolment()))
    await backdate(sessions, Evidence, "updated_at", 2000)
    plut = Plut(privacy.register)

    counted = {row["rule"]: row["rows"] for row in await plut.made("privacy", "retention", "--dry-run")}
    after_counting = await count(sessions, Evidence)
    both = await plut("privacy", "retention", "--dry-run", "--run")
    shown = await plut("privacy", "retention")
    done = {row["rule"]: row["rows"] for row in await plut.made("privacy", "retention", "--run")}

    assert (counted["evidence"], after_counting, done["evidence"]) == (1, 1, 1)
    assert both.exit_code == 2
    assert "evidence" in shown.stdout
    async with sessions() as db:
        assert await db.scalar(text("SELECT count(*) FROM evidence")) == 0

"""What the sample holds of financing: every state of a request, and an answer on every page that tells of them."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import (
    CooperativeReadiness,
    Readiness,
    ReadinessStatus,
    Referral,
    ReferralState,
    ReferralTransition,
)
from plut_api.financing.objections.models import Objection
from plut_api.financing.products.models import FinancingProduct, ProductState
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.identity.models import Account, Client
from plut_api.insights.financing.asked import Grouping
from plut_api.kit.caller import Role
from tests.conftest import Api

S = ReferralState


async def financing_is_told(db: AsyncSession, api: Api, dinas: Api) -> None:
    """Every state is there, and whoever may asks for it is answered."""
    officer = (await db.scalars(select(Account).where(Account.role == Role.bank).order_by(Account.id).limit(1))).one()
    consultants = [api.as_(one) for one in await db.scalars(select(Account).where(Account.role == Role.consultant))]
    await _requests_in_every_state(db, dinas)
    await _reports(db, dinas)
    await _a_bank_at_work(db, api, officer)
    await _readiness(db, dinas)
    await _refusals(consultants)
    await _cooperatives(db, consultants[0])


async def _rows(api: Api, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get(path, **query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def _requests_in_every_state(db: AsyncSession, dinas: Api) -> None:
    for state in ReferralState:
        assert await _rows(dinas, "/v1/financing/referrals", state=state.value, limit=1), state
    late = await _rows(dinas, "/v1/financing/referrals", late="true")
    assert {"submitted", "in_review"} <= {row["state"] for row in late}
    queues = select(Referral.queue_id).where(Referral.queue_id.is_not(None)).distinct()
    orders = [
        set(await db.scalars(select(Referral.state).where(Referral.queue_id == one)))
        for one in await db.scalars(queues)
    ]
    assert {S.rejected, S.submitted} in orders
    assert {S.received, S.draft} in orders
    backwards = (
        select(Referral.id)
        .join(ReferralTransition, ReferralTransition.referral_id == Referral.id)
        .where(ReferralTransition.created_at < Referral.created_at)
    )
    assert (await db.execute(backwards)).all() == []
    one = (await db.scalars(select(Referral).where(Referral.state == S.closed).limit(1))).one()
    moves = await _rows(dinas, f"/v1/financing/referrals/{one.id}/transitions")
    assert [move["to_state"] for move in moves][-3:] == ["disbursed", "repaying", "closed"]
    assert [move["created_at"] for move in moves] == sorted(move["created_at"] for move in moves)


async def _reports(db: AsyncSession, dinas: Api) -> None:
    for grouping in Grouping:
        assert await _rows(dinas, "/v1/reports/financing", by=grouping.value), grouping
    (whole,) = await _rows(dinas, "/v1/reports/financing")
    assert whole["approved"] > whole["rejected"] > 0
    assert whole["disbursed"] > 0
    assert set(await db.scalars(select(RepaymentReport.collectibility).distinct())) == {1, 2, 3, 4, 5}
    clocks = await _rows(dinas, "/v1/financing/referral-clocks")
    assert any(row["late_count"] for row in clocks)
    assert any(row["median_working_days"] for row in clocks)


async def _a_bank_at_work(db: AsyncSession, api: Api, officer: Account) -> None:
    assert {row.state for row in await db.scalars(select(FinancingProduct))} >= {
        ProductState.published,
        ProductState.draft,
        ProductState.paused,
    }
    bank = api.as_(officer)
    assert await _rows(bank, "/v1/financing/products", state="draft")
    sent = await _rows(bank, "/v1/financing/referrals", state="in_review")
    dossier = await bank.get(f"/v1/financing/referrals/{sent[0]['id']}/dossier")
    assert dossier.status_code == 200, dossier.text
    assert dossier.json()["content"]["readiness"]["confirmed_at"] < dossier.json()["frozen_at"]
    assert (await api.get(f"/v1/dossiers/{dossier.json()['code']}")).json()["state"] == "with_bank"
    assert len(await _rows(bank, "/v1/financing/saved-searches")) == 1
    machine = (await db.scalars(select(Client).where(Client.organization_id == officer.organization_id))).one()
    listed = await _rows(api.as_(machine), "/v1/financing/ready-list", limit=200)
    assert {row["masked"] for row in listed} == {True, False}
    assert any(row["score"] for row in listed if not row["masked"])


async def _readiness(db: AsyncSession, dinas: Api) -> None:
    for status in ReadinessStatus:
        assert await db.scalar(select(func.count()).where(Readiness.status == status)), status
    objection = (await db.scalars(select(Objection))).one()
    (shown,) = await _rows(dinas, "/v1/readiness-objections", state="open")
    assert shown["id"] == str(objection.id)


async def _refusals(consultants: list[Api]) -> None:
    """A refusal is a task of the consultant who accompanies the owner."""
    waiting = 0
    for consultant in consultants:
        for task in await _rows(consultant, "/v1/work-list", kind="referral.refused"):
            told = await consultant.get(task["href"])
            assert told.status_code == 200, told.text
            waiting += 1
    assert waiting


async def _cooperatives(db: AsyncSession, consultant: Api) -> None:
    judged = {row.status: row for row in await db.scalars(select(CooperativeReadiness))}
    assert set(judged) >= {ReadinessStatus.ready, ReadinessStatus.building}
    for status, row in judged.items():
        answer = await consultant.get(f"/v1/cooperatives/{row.cooperative_id}/readiness")
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == status.value
        history = await _rows(consultant, f"/v1/cooperatives/{row.cooperative_id}/readiness/history")
        assert history

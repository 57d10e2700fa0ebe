"""Records of some village cooperatives of the sample: who leads them, meetings, outlets, figures and papers.

Written by the table, as a consultant would have left them. Everything is invented.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.identifiers import blind, seal
from plut_api.actors.models import Person
from plut_api.cooperatives.models import BoardRole, Cooperative, CooperativeManager
from plut_api.cooperatives.records.models import (
    CooperativeCreditDeclaration,
    CooperativeFigure,
    CooperativeMeeting,
    CooperativeOfficer,
    CooperativeOutlet,
    CooperativePaper,
    CooperativeProposal,
    MeetingDecision,
    MeetingKind,
    Organ,
    OutletKind,
    PaperKind,
    Post,
    Premises,
    VillageOffice,
)
from plut_api.cooperatives.records.numbers import NUMBER
from plut_api.financing.cooperatives.service import confirm
from plut_api.financing.judging import recompute_cooperatives
from plut_api.financing.models import CooperativeReadiness, ReadinessStatus
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.files import require_file
from plut_api.sample.accounts import owner_with_account
from plut_api.sample.pictures import keep_picture

RECORDED = 12
"""Cooperatives with records; of every three one is complete, one lacks papers, one has only begun."""
BOARD = (Post.chair, Post.deputy_business, Post.deputy_members, Post.secretary, Post.treasurer)
NAMES = ("Lalu Contoh", "Baiq Contoh", "Siti Contoh", "Ahmad Contoh", "Nurul Contoh")


async def keep_records(db: AsyncSession, dinas: Caller, consultant: Caller) -> str:
    """Records of cooperatives, the judgement on all of these, and one that is confirmed; in words."""
    chosen = select(Cooperative).where(Cooperative.nik_koperasi.is_not(None)).order_by(Cooperative.village_code)
    rows = list(await db.scalars(chosen.limit(RECORDED)))
    for number, cooperative in enumerate(rows):
        file_id = await keep_picture(db, consultant, "berkas-koperasi-contoh.png", 300_000 + number)
        await require_file(db, consultant, file_id)
        by: dict[str, Any] = {"cooperative_id": cooperative.id, "recorded_by": consultant.id}
        seen = by | {"file_id": file_id, "verified_at": clock.now(), "verified_by": consultant.id}
        db.add_all([*_people(seen), *_meetings(cooperative, seen)])
        if number % 3 < 2:
            db.add_all([*_trade(seen, 6 if number % 3 == 0 else 4), _proposal(seen), _declaration(by)])
        if number % 3 == 0:
            db.add_all(_papers(cooperative, seen, number))
    await db.flush()
    await _manage(db, dinas, rows)
    ids = [cooperative.id for cooperative in rows]
    await recompute_cooperatives(db, Cooperative.id.in_(ids))
    ready = select(CooperativeReadiness.cooperative_id).where(CooperativeReadiness.status == ReadinessStatus.ready)
    found = list(await db.scalars(ready.order_by(CooperativeReadiness.cooperative_id)))
    for cooperative_id in found[:2]:
        await confirm(db, consultant, cooperative_id, "Berkas koperasi lengkap (contoh).", "id")
    return f"{len(rows)} cooperatives with records, {len(found)} ready, {len(found[:2])} confirmed"


async def _manage(db: AsyncSession, dinas: Caller, rows: list[Cooperative]) -> None:
    """Two people without a business keep the affairs of the first two cooperatives, a chair each."""
    people = await db.scalars(select(Person.id).where(Person.account_id.is_(None)).order_by(Person.id).limit(2))
    for cooperative, person_id in zip(rows, people.all(), strict=False):
        await owner_with_account(db, person_id=person_id)
        given = {"role_in_board": BoardRole.chair, "since": clock.now(), "invited_by": dinas.id}
        db.add(CooperativeManager(cooperative_id=cooperative.id, person_id=person_id, **given))
    await db.flush()


def _people(seen: dict[str, Any]) -> list[CooperativeOfficer]:
    since = clock.today() - timedelta(days=400)
    common = {"since": since, "has_kin": False, "village_office": VillageOffice.none} | seen
    board = [
        CooperativeOfficer(organ=Organ.board, post=post, full_name=name, **common)
        for post, name in zip(BOARD, NAMES, strict=True)
    ]
    head = common | {"village_office": VillageOffice.head}
    supervisors = CooperativeOfficer(organ=Organ.supervisors, post=Post.chair, full_name="Kepala Desa Contoh", **head)
    return [*board, supervisors]


def _meetings(cooperative: Cooperative, seen: dict[str, Any]) -> list[CooperativeMeeting]:
    held = {"decision": MeetingDecision.approved, "summary": "Berita acara contoh."} | seen
    year = clock.today().year
    annual_on = min(date(year, 3, 14), clock.today())
    return [
        CooperativeMeeting(kind=MeetingKind.founding, held_on=cooperative.established_on, **held),
        CooperativeMeeting(kind=MeetingKind.annual, held_on=annual_on, book_year=year - 1, **held),
        CooperativeMeeting(
            kind=MeetingKind.approval, held_on=clock.today() - timedelta(days=30), village_head_agrees=True, **held
        ),
    ]


def _trade(seen: dict[str, Any], months: int) -> list[Any]:
    opened = clock.today() - timedelta(days=200)
    places = {"opened_on": opened, "premises": Premises.borrowed}
    outlet = CooperativeOutlet(kind=OutletKind.sembako, name="Gerai sembako (contoh)", **places, **seen)
    running = clock.today().year * 12 + clock.today().month - 1
    return [outlet] + [
        CooperativeFigure(
            month=date(month // 12, month % 12 + 1, 1),
            sales_idr=9_000_000 + 500_000 * (month % 4),
            expenses_idr=7_000_000,
            members=45,
            members_paid=38,
            **seen,
        )
        for month in range(running - months, running)
    ]


def _proposal(seen: dict[str, Any]) -> CooperativeProposal:
    return CooperativeProposal(
        capex_idr=200_000_000,
        opex_idr=50_000_000,
        tenor_months=60,
        stage_names=["Gudang (contoh)", "Stok (contoh)"],
        stage_amounts_idr=[200_000_000, 50_000_000],
        repayment_sources=["outlet_margin"],
        yearly_income_idr=96_000_000,
        yearly_instalments_idr=72_000_000,
        **seen,
    )


def _declaration(by: dict[str, Any]) -> CooperativeCreditDeclaration:
    return CooperativeCreditDeclaration(declared_on=clock.today(), has_arrears=False, chair_has_arrears=False, **by)


def _papers(cooperative: Cooperative, seen: dict[str, Any], number: int) -> list[CooperativePaper]:
    common = {"in_own_name": True} | seen
    made = [
        CooperativePaper(kind=PaperKind.legal_decision, number_seen=cooperative.legal_number, **common),
        CooperativePaper(kind=PaperKind.nik_koperasi, number_seen=cooperative.nik_koperasi, **common),
        CooperativePaper(kind=PaperKind.supply_agreement, partner="KUB Contoh", **common),
    ]
    numbers = {
        PaperKind.nib: f"0220{number:09}",
        PaperKind.npwp: f"0012345{number:09}",
        PaperKind.account: f"00{number:08}",
    }
    for kind, digits in numbers.items():
        sealed = {"number_sealed": seal(NUMBER, digits), "number_index": blind(NUMBER, digits)}
        bank = {"bank_name": "Bank Contoh"} if kind is PaperKind.account else {}
        made.append(CooperativePaper(kind=kind, **sealed, **bank, **common))
    return made

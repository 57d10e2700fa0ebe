"""Cooperatives with records, for tests: bodies for each kind, and a file that is complete."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from plut_api.actors.identifiers import blind, seal
from plut_api.actors.models import Person
from plut_api.cooperatives.models import Cooperative
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
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.programs.models import EnrolmentState
from tests.conftest import Api
from tests.factories import Make

BOARD = (Post.chair, Post.deputy_business, Post.deputy_members, Post.secretary, Post.treasurer)
NIB, NPWP, ACCOUNT = "0220103123456", "0012345678901000", "1234567890"


def bodies() -> dict[str, dict[str, Any]]:
    """A body for a new record of each kind."""
    return {
        "officers": {"organ": "board", "post": "chair", "full_name": "Lalu Contoh", "since": "2025-06-02"},
        "meetings": {"kind": "annual", "held_on": "2026-03-14", "book_year": 2025, "decision": "approved"},
        "outlets": {"kind": "sembako", "name": "Gerai Sembako", "opened_on": "2026-02-02", "premises": "borrowed"},
        "figures": {
            "month": f"{month_before(1):%Y-%m}",
            "sales_idr": 18_500_000,
            "expenses_idr": 15_200_000,
            "members": 40,
            "members_paid": 30,
        },
        "papers": {"kind": "nib", "number": NIB, "in_own_name": True},
        "proposals": {
            "capex_idr": 200_000_000,
            "opex_idr": 50_000_000,
            "tenor_months": 72,
            "stages": [{"name": "Gudang", "amount_idr": 200_000_000}, {"name": "Stok", "amount_idr": 50_000_000}],
            "repayment_sources": ["outlet_margin"],
            "yearly_income_idr": 96_000_000,
            "yearly_instalments_idr": 72_000_000,
        },
    }


CORRECTIONS: dict[str, dict[str, Any]] = {
    "officers": {"until": "2026-05-01"},
    "meetings": {"summary": "Laporan diterima."},
    "outlets": {"closed_on": "2026-06-30"},
    "figures": {"sales_idr": 19_000_000},
    "papers": {"dated_on": "2025-07-01"},
    "proposals": {"tenor_months": 60},
}
"""What may change of each kind."""


def month_before(count: int) -> date:
    """The first day of a month before this one."""
    first = clock.today().replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def path_of(cooperative: Cooperative, kind: str = "") -> str:
    """The address of a cooperative, or of its records of a kind."""
    return f"/v1/cooperatives/{cooperative.id}" + (f"/{kind}" if kind else "")


async def managed(api: Api, make: Make) -> tuple[Cooperative, Person, Api]:
    """A cooperative, a manager of it, and their calls."""
    cooperative, keeper = await make.cooperative(), await make.person()
    await make.manager(cooperative, keeper)
    return cooperative, keeper, api.as_(keeper)


async def paper_of(make: Make, who: Person | Account) -> str:
    """The id of a file that somebody handed in."""
    account_id = who.account_id if isinstance(who, Person) else who.id
    return str((await make.paper(SimpleNamespace(id=account_id))).id)  # type: ignore[arg-type]


async def complete_file(make: Make, cooperative: Cooperative, consultant: Account, **given: Any) -> dict[str, Any]:
    """Every record that readiness asks for, verified, straight into the tables; a row of each kind by its name.

    `given` are other values of rows, by kind: `officers={"has_kin": True}` for each officer.
    """
    file_id = (await make.paper(consultant)).id
    seen = {"verified_at": clock.now(), "verified_by": consultant.id}
    common = {"cooperative_id": cooperative.id, "recorded_by": consultant.id, "file_id": file_id} | seen
    rows = {
        "officers": _officers(common | given.get("officers", {})),
        "meetings": _meetings(cooperative, common | given.get("meetings", {})),
        "outlets": [_outlet(common | given.get("outlets", {}))],
        "figures": [_figure(count, common | given.get("figures", {})) for count in range(1, 7)],
        "papers": _papers(cooperative, common | given.get("papers", {})),
        "proposals": [_proposal(common | given.get("proposals", {}))],
        "declarations": [_declaration(cooperative.id, consultant.id)],
    }
    await make.add(*(row for made in rows.values() for row in made))
    return {kind: made[0] for kind, made in rows.items()}


async def trained(make: Make, cooperative: Cooperative, count: int = 2) -> Person:
    """A supervisor who completed programmes."""
    person = await make.person()
    officer = {"organ": Organ.supervisors, "post": Post.member, "since": cooperative.established_on, "has_kin": False}
    await make.add(
        CooperativeOfficer(
            cooperative_id=cooperative.id,
            person_id=person.id,
            recorded_by=new_id(),
            village_office=VillageOffice.none,
            verified_at=clock.now(),
            verified_by=new_id(),
            **officer,
        )
    )
    for _ in range(count):
        program = await make.program(await make.organization())
        await make.enrolment(program, person, state=EnrolmentState.completed, completed_at=clock.now())
    return person


def _officers(common: dict[str, Any]) -> list[Any]:
    declared = {"since": date(2025, 6, 2), "has_kin": False, "village_office": VillageOffice.none} | common
    board = [
        CooperativeOfficer(organ=Organ.board, post=post, full_name=f"Pengurus {post}", **declared) for post in BOARD
    ]
    head = declared | {"village_office": VillageOffice.head}
    return [*board, CooperativeOfficer(organ=Organ.supervisors, post=Post.chair, full_name="Kepala Desa", **head)]


def _meetings(cooperative: Cooperative, common: dict[str, Any]) -> list[Any]:
    held = {"decision": MeetingDecision.approved, **common}
    year = clock.today().year - 1
    return [
        CooperativeMeeting(kind=MeetingKind.founding, held_on=cooperative.established_on, **held),
        CooperativeMeeting(kind=MeetingKind.annual, held_on=date(year + 1, 1, 20), book_year=year, **held),
    ]


def _outlet(common: dict[str, Any]) -> CooperativeOutlet:
    opened = clock.today() - timedelta(days=130)
    values = {"kind": OutletKind.sembako, "name": "Gerai Sembako", "opened_on": opened, "premises": Premises.borrowed}
    return CooperativeOutlet(**values | common)


def _figure(count: int, common: dict[str, Any]) -> CooperativeFigure:
    values = {"month": month_before(count), "sales_idr": 9_000_000, "expenses_idr": 7_000_000}
    return CooperativeFigure(**values | {"members": 40, "members_paid": 30} | common)


def _papers(cooperative: Cooperative, common: dict[str, Any]) -> list[Any]:
    common = {"in_own_name": True} | common
    made = [
        CooperativePaper(kind=PaperKind.legal_decision, number_seen=cooperative.legal_number, **common),
        CooperativePaper(kind=PaperKind.nik_koperasi, number_seen=cooperative.nik_koperasi, **common),
        CooperativePaper(kind=PaperKind.supply_agreement, partner="KUB Contoh", **common),
    ]
    unique = str(cooperative.id.int)[-9:]
    numbers = {PaperKind.nib: f"0220{unique}", PaperKind.npwp: f"0012345{unique}", PaperKind.account: ACCOUNT}
    for kind, number in numbers.items():
        sealed = {"number_sealed": seal(NUMBER, number), "number_index": blind(NUMBER, number)}
        bank = {"bank_name": "Bank Contoh"} if kind is PaperKind.account else {}
        made.append(CooperativePaper(kind=kind, **sealed | bank | common))
    return made


def _proposal(common: dict[str, Any]) -> CooperativeProposal:
    body = bodies()["proposals"]
    stages = body.pop("stages")
    names, amounts = [stage["name"] for stage in stages], [stage["amount_idr"] for stage in stages]
    return CooperativeProposal(**body | {"stage_names": names, "stage_amounts_idr": amounts} | common)


def _declaration(cooperative_id: UUID, recorded_by: UUID) -> CooperativeCreditDeclaration:
    return CooperativeCreditDeclaration(
        cooperative_id=cooperative_id,
        declared_on=clock.today(),
        has_arrears=False,
        chair_has_arrears=False,
        recorded_by=recorded_by,
    )

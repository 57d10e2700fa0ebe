"""Records of cooperatives, and what readiness makes of them."""

from collections.abc import Callable
from typing import Any

from plut_api.cooperatives.records.models import (
    CooperativeFigure,
    CooperativeMeeting,
    CooperativeOutlet,
    CooperativePaper,
    CooperativeProposal,
    MeetingDecision,
    MeetingKind,
    OutletKind,
    PaperKind,
    Premises,
)
from plut_api.kit.ids import new_id
from tests.access.calls.call import CALLS, Call, Prepare, prepared
from tests.access.of_cooperatives import officer_of
from tests.access.rows import Side
from tests.access.world import World
from tests.cooperatives.records.keeping import bodies, complete_file, month_before

ONES = {
    "officers": "officer",
    "meetings": "meeting",
    "outlets": "outlet",
    "figures": "figure",
    "papers": "paper",
    "proposals": "proposal",
}
CHANGES: dict[str, dict[str, Any]] = {
    "officers": {"has_kin": True},
    "meetings": {"summary": "Laporan diterima."},
    "outlets": {"name": "Gerai Baru"},
    "figures": {"sales_idr": 1},
    "papers": {"partner": "KUB Baru"},
    "proposals": {"tenor_months": 60},
}


def _about(side: Side, **given: Any) -> Call:
    return Call(path={"cooperative_id": side.cooperative.id}, about=side.cooperative.id, **given)


def _new_body(kind: str) -> dict[str, Any]:
    """A body that can be sent again and again."""
    again: dict[str, dict[str, Any]] = {
        "officers": {"organ": "supervisors", "post": "member", "full_name": "Contoh", "since": "2025-06-02"},
        "meetings": {"kind": "founding", "held_on": "2025-05-20", "decision": "approved"},
        "papers": {"kind": "supply_agreement", "partner": "KUB Contoh", "in_own_name": True},
    }
    return again.get(kind, bodies()[kind])


async def _fresh(world: World, side: Side, kind: str) -> Any:
    """A record that is not verified yet, with a paper."""
    file_id = (await world.make.paper(side.consultant)).id
    common = {
        "id": new_id(),
        "cooperative_id": side.cooperative.id,
        "recorded_by": side.consultant.id,
        "file_id": file_id,
    }
    body = bodies()["proposals"]
    stages = body.pop("stages")
    making: dict[str, Callable[[], Any]] = {
        "officers": lambda: officer_of(side, **common, verified_at=None, verified_by=None),
        "meetings": lambda: CooperativeMeeting(
            kind=MeetingKind.founding,
            held_on=side.cooperative.established_on,
            decision=MeetingDecision.approved,
            **common,
        ),
        "outlets": lambda: CooperativeOutlet(kind=OutletKind.other, name="Gerai", premises=Premises.owned, **common),
        "figures": lambda: CooperativeFigure(
            month=month_before(7), sales_idr=2, expenses_idr=1, members=40, members_paid=30, **common
        ),
        "papers": lambda: CooperativePaper(
            kind=PaperKind.supply_agreement, partner="KUB Contoh", in_own_name=True, **common
        ),
        "proposals": lambda: CooperativeProposal(
            stage_names=[stage["name"] for stage in stages],
            stage_amounts_idr=[stage["amount_idr"] for stage in stages],
            **body,
            **common,
        ),
    }
    made = making[kind]()
    if kind == "figures":  # Of each month there is one.
        cooperative = await world.make.cooperative(village_code=world.village())
        await world.make.manager(cooperative, side.keeper)
        made.cooperative_id = cooperative.id
    return await world.add(made)


def _of(kind: str, row: Any, **given: Any) -> Call:
    path = {"cooperative_id": row.cooperative_id, f"{ONES[kind]}_id": row.id}
    return Call(path=path, about=row.id, **given)


def _listing(kind: str) -> Prepare:
    async def prepare(world: World, side: Side, who: str) -> Call:
        return _about(side)

    return prepare


def _creating(kind: str) -> Prepare:
    async def prepare(world: World, side: Side, who: str) -> Call:
        call = _about(side, body=_new_body(kind))
        if kind == "figures":
            cooperative = await world.make.cooperative(village_code=world.village())
            await world.make.manager(cooperative, side.keeper)
            call.path, call.about = {"cooperative_id": cooperative.id}, cooperative.id
        return call

    return prepare


def _reading(kind: str) -> Prepare:
    async def prepare(world: World, side: Side, who: str) -> Call:
        return _of(kind, side.rows[f"cooperative_{kind}"])

    return prepare


def _changing(kind: str) -> Prepare:
    async def prepare(world: World, side: Side, who: str) -> Call:
        return _of(kind, await _fresh(world, side, kind), body=CHANGES[kind], headers={"If-Match": '"1"'})

    return prepare


def _verifying(kind: str) -> Prepare:
    async def prepare(world: World, side: Side, who: str) -> Call:
        return _of(kind, await _fresh(world, side, kind), headers={"If-Match": '"1"'})

    return prepare


for _kind, _one in ONES.items():
    CALLS[f"listCooperative{_kind.title()}"] = _listing(_kind)
    CALLS[f"createCooperative{_one.title()}"] = _creating(_kind)
    CALLS[f"getCooperative{_one.title()}"] = _reading(_kind)
    CALLS[f"changeCooperative{_one.title()}"] = _changing(_kind)
    CALLS[f"verifyCooperative{_one.title()}"] = _verifying(_kind)


@prepared
async def list_cooperative_credit_declarations(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def declare_cooperative_credit(world: World, side: Side, who: str) -> Call:
    return _about(side, body={"has_arrears": False, "chair_has_arrears": False})


@prepared
async def get_cooperative_credit_declaration(world: World, side: Side, who: str) -> Call:
    declaration_id = side.id("cooperative_declarations")
    path = {"cooperative_id": side.cooperative.id, "declaration_id": declaration_id}
    return Call(path=path, about=declaration_id)


@prepared
async def list_cooperative_revisions(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def get_cooperative_readiness(world: World, side: Side, who: str) -> Call:
    return _about(side)


@prepared
async def what_if_cooperative_readiness(world: World, side: Side, who: str) -> Call:
    return _about(side, body={"facts": [{"name": "outlet_months", "value": 3}]})


@prepared
async def confirm_cooperative_readiness(world: World, side: Side, who: str) -> Call:
    cooperative = await _ready(world, side)
    return Call(path={"cooperative_id": cooperative.id}, about=cooperative.id, body={"note": "Berkas lengkap."})


@prepared
async def withdraw_cooperative_readiness_confirmation(world: World, side: Side, who: str) -> Call:
    cooperative = await _ready(world, side)
    path = f"/v1/cooperatives/{cooperative.id}/readiness/confirm"
    answer = await world.api.as_(side.consultant).post(path, note="Berkas lengkap.")
    assert answer.status_code == 200, answer.text
    return Call(path={"cooperative_id": cooperative.id}, about=cooperative.id, body={"reason": "Pengurus berganti."})


async def _ready(world: World, side: Side) -> Any:
    """A cooperative of the side's keeper with a complete file that nobody else changes."""
    number = f"{52_000_000 + int(new_id().int % 10**7):013d}"
    cooperative = await world.make.cooperative(village_code=world.village(), nik_koperasi=number)
    await world.make.manager(cooperative, side.keeper)
    await complete_file(world.make, cooperative, side.consultant)
    return cooperative

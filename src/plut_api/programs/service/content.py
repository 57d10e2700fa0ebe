"""What may stand in a programme: every fault of its content at once, and what is settled by default."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.problems import Fault, fault
from plut_api.programs.access import programs_visible_to
from plut_api.programs.fund_sources import funds
from plut_api.programs.models import FundSource, Program, ProgramLevel, ProgramState, TrainingSession
from plut_api.programs.topics import can_be_taught
from plut_api.reference.models import Kbli, Region, RegionLevel
from plut_api.reference.rules import rule_value
from plut_api.reference.schemas import KbliVersion

_LEVELS = list(ProgramLevel)
_ENDED = frozenset({ProgramState.cancelled, ProgramState.rejected})
_ENDS_BEFORE = fault(
    "#/ends_on",
    "ends_before_it_starts",
    id="Hari terakhir tidak boleh sebelum hari pertama",
    en="The last day must not be before the first",
)
_SESSIONS_OUTSIDE = fault(
    "#/starts_on",
    "sessions_outside_period",
    id="Ada sesi di luar masa program yang baru",
    en="There are sessions outside the new period",
)
_PREREQUISITE_UNKNOWN = fault(
    "#/prerequisite_id",
    "prerequisite_unknown",
    id="Program prasyarat ini tidak ada atau dibatalkan; cari di /v1/programs",
    en="There is no such programme to build upon, or it was called off; look in /v1/programs",
)
_NOT_ONE_BELOW = fault(
    "#/prerequisite_id",
    "prerequisite_not_one_below",
    id="Prasyarat harus satu tingkat di bawah program ini: basic untuk intermediate, intermediate untuk advanced",
    en="A prerequisite is one level below: a basic one for intermediate, an intermediate one for advanced",
)
_LEVEL_NEEDED = fault(
    "#/level",
    "level_needed_by_others",
    id="Program lain memakai program ini sebagai prasyarat pada tingkat sekarang",
    en="Other programmes build upon this one at its present level",
)
_MARK_WITHOUT_TEST = fault(
    "#/pass_mark",
    "pass_mark_without_test",
    id="Nilai lulus hanya untuk program dengan tes akhir (has_post_test)",
    en="A pass mark is for programmes with a test afterwards (has_post_test)",
)


async def settled(db: AsyncSession, values: Mapping[str, Any]) -> dict[str, Any]:
    """The content with what nobody said: the usual share of sessions and pass mark, the version of KBLI codes."""
    whole = dict(values)
    if whole["attendance_percent"] is None:
        whole["attendance_percent"] = await rule_value(db, "training.attendance_percent")
    if not whole["has_post_test"]:
        whole["pass_mark"] = None
    elif whole["pass_mark"] is None:
        whole["pass_mark"] = await rule_value(db, "training.pass_mark")
    whole["kbli_version"] = (whole["kbli_version"] or KbliVersion.v2025) if whole["kbli_codes"] else None
    return whole


async def content_faults(
    db: AsyncSession, caller: Caller, values: Mapping[str, Any], said: Collection[str], program_id: UUID | None = None
) -> list[Fault]:
    """Everything wrong with a programme as it would be; `said` names the members that are new."""
    faults = _topic_faults(values["topics"])
    if values["ends_on"] < values["starts_on"]:
        faults.append(_ENDS_BEFORE)
    faults += await _place_faults(db, values, said)
    if "kbli_codes" in said or "kbli_version" in said:
        faults += await _kbli_faults(db, values["kbli_version"] or KbliVersion.v2025, values["kbli_codes"])
    if program_id is not None:
        faults += await _session_faults(db, program_id, values)
        faults += await _dependent_faults(db, program_id, values["level"]) if "level" in said else []
    if values["prerequisite_id"] is not None and ("prerequisite_id" in said or "level" in said):
        faults += await _prerequisite_faults(db, caller, values["prerequisite_id"], values["level"], program_id)
    if "pass_mark" in said and values["pass_mark"] is not None and not values["has_post_test"]:
        faults.append(_MARK_WITHOUT_TEST)
    return faults + _document_faults(values["fund_source"], values["required_documents"])


def _topic_faults(codes: Sequence[str]) -> list[Fault]:
    return [
        fault(
            f"#/topics/{at}",
            "topic_unknown",
            id="Bukan kode topik yang dapat diajarkan; cari di /v1/topics",
            en="Not the code of a topic that can be taught; look in /v1/topics",
        )
        for at, code in enumerate(codes)
        if not can_be_taught(code)
    ]


async def _place_faults(db: AsyncSession, values: Mapping[str, Any], said: Collection[str]) -> list[Fault]:
    regencies, districts = values["regency_codes"], values["district_codes"]
    if not ("regency_codes" in said or "district_codes" in said) or not regencies + districts:
        return []
    query = select(Region.code, Region.level).where(Region.code.in_([*regencies, *districts]))
    rows = (await db.execute(query.where(Region.retired_on.is_(None)))).all()
    known = {code for code, level in rows if level in (RegionLevel.regency, RegionLevel.city)}
    present = {code for code, level in rows if level is RegionLevel.district}
    faults = [_regency_unknown(at) for at, code in enumerate(regencies) if code not in known]
    for at, code in enumerate(districts):
        if code not in present:
            faults.append(_district_unknown(at))
        elif regencies and code[:5] not in regencies:
            faults.append(_district_outside(at))
    return faults


def _regency_unknown(at: int) -> Fault:
    return fault(
        f"#/regency_codes/{at}",
        "regency_unknown",
        id="Bukan kode kabupaten atau kota yang berlaku; cari di /v1/regions",
        en="Not the code of a present regency or city; look in /v1/regions",
    )


def _district_unknown(at: int) -> Fault:
    return fault(
        f"#/district_codes/{at}",
        "district_unknown",
        id="Bukan kode kecamatan yang berlaku; cari di /v1/regions?level=district",
        en="Not the code of a present district; look in /v1/regions?level=district",
    )


def _district_outside(at: int) -> Fault:
    return fault(
        f"#/district_codes/{at}",
        "district_outside_regencies",
        id="Kecamatan ini di luar kabupaten/kota yang disebut di regency_codes",
        en="This district lies outside the regencies named in regency_codes",
    )


async def _kbli_faults(db: AsyncSession, version: str, codes: Sequence[str]) -> list[Fault]:
    if not codes:
        return []
    known = set(await db.scalars(select(Kbli.code).where(Kbli.version == version, Kbli.code.in_(codes))))
    return [
        fault(
            f"#/kbli_codes/{at}",
            "kbli_unknown",
            id=f"KBLI {version} tidak memiliki kode ini; cari di /v1/kbli",
            en=f"KBLI {version} has no such code; search /v1/kbli",
        )
        for at, code in enumerate(codes)
        if code not in known
    ]


async def _prerequisite_faults(
    db: AsyncSession, caller: Caller, prerequisite_id: UUID, level: ProgramLevel, program_id: UUID | None
) -> list[Fault]:
    """The lock keeps the level of what is built upon until this is written."""
    query = select(Program.level, Program.state).where(Program.id == prerequisite_id, programs_visible_to(caller))
    found = (await db.execute(query.with_for_update(key_share=True, of=Program))).one_or_none()
    if found is None or found.state in _ENDED or prerequisite_id == program_id:
        return [_PREREQUISITE_UNKNOWN]
    return [] if _LEVELS.index(found.level) == _LEVELS.index(level) - 1 else [_NOT_ONE_BELOW]


async def _dependent_faults(db: AsyncSession, program_id: UUID, level: ProgramLevel) -> list[Fault]:
    """Levels rise along prerequisites, so that none leads back to itself."""
    above = _LEVELS[_LEVELS.index(level) + 1 :][:1]
    others = select(Program.id).where(Program.prerequisite_id == program_id, Program.level.not_in(above))
    return [_LEVEL_NEEDED] if await db.scalar(others.limit(1)) else []


async def _session_faults(db: AsyncSession, program_id: UUID, values: Mapping[str, Any]) -> list[Fault]:
    outside = not_(TrainingSession.held_on.between(values["starts_on"], values["ends_on"]))
    query = select(func.count()).where(TrainingSession.program_id == program_id, outside)
    return [_SESSIONS_OUTSIDE] if await db.scalar(query.where(TrainingSession.cancelled_at.is_(None))) else []


def _document_faults(fund_source: FundSource, documents: Sequence[str]) -> list[Fault]:
    return [
        fault(
            f"#/required_documents/{at}",
            "document_not_asked_for",
            id="Sumber dana ini tidak mensyaratkan dokumen tersebut; lihat /v1/fund-sources",
            en="This source of money does not ask for that document; see /v1/fund-sources",
        )
        for at, code in enumerate(documents)
        if funds()[FundSource(fund_source)].demand(code) is None
    ]

"""What other rooms ask of reference data, and what its routes answer with."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.models import Kbli, KbliLevel, Region, RegionLevel
from plut_api.reference.problems import KbliNotFound, RegionNotFound

VILLAGE_LEVELS = (RegionLevel.village, RegionLevel.urban_village)


@dataclass(frozen=True)
class VillageCheck:
    """What came of looking up a village code: today's village, or the fault; a warning if the code is retired."""

    region: Region | None
    fault: Fault | None = None
    warning: Fault | None = None


async def region_by_code(db: AsyncSession, code: str) -> Region:
    """A region by its code, also a retired one. Raises RegionNotFound."""
    region = await db.get(Region, code)
    if region is None:
        raise RegionNotFound()
    return region


async def check_village(db: AsyncSession, code: str, pointer: str = "#/village_code") -> VillageCheck:
    """Today's village of a code. For callers that gather every fault before they refuse."""
    known = await db.get(Region, code)
    if known is None or known.level not in VILLAGE_LEVELS:
        return VillageCheck(None, fault=_village_unknown(pointer))
    if known.successor_code is None:
        return VillageCheck(known)
    successor = await db.get_one(Region, known.successor_code)
    return VillageCheck(successor, warning=_village_retired(pointer, successor))


async def require_village(db: AsyncSession, code: str, pointer: str = "#/village_code") -> Region:
    """Today's village of a code; a retired code gives its successor. Raises Invalid (`village_unknown`)."""
    checked = await check_village(db, code, pointer)
    if checked.region is None:
        raise Invalid(errors=[checked.fault] if checked.fault else [])
    return checked.region


async def village_codes(db: AsyncSession) -> dict[str, str]:
    """Every village code, also the retired ones, with today's code of that village. For imports."""
    today = func.coalesce(Region.successor_code, Region.code)
    rows = await db.execute(select(Region.code, today).where(Region.level.in_(VILLAGE_LEVELS)))
    return dict(rows.all())


async def kbli_by_code(db: AsyncSession, version: str, code: str) -> Kbli:
    """A code of one KBLI version. Raises KbliNotFound."""
    found = await db.get(Kbli, (version, code))
    if found is None:
        raise KbliNotFound()
    return found


async def kbli_exists(db: AsyncSession, version: str, code: str) -> bool:
    """Whether a business can be registered under this code: a subclass (five digits) of that version."""
    found = await db.get(Kbli, (version, code))
    return found is not None and found.level is KbliLevel.subclass


async def check_kbli(db: AsyncSession, version: str, code: str, pointer: str = "#/kbli_code") -> Fault | None:
    """The fault of a code that no business can be registered under, else None."""
    if await kbli_exists(db, version, code):
        return None
    return fault(
        pointer,
        "kbli_unknown",
        id=f"KBLI {version} tidak memiliki kode lima angka ini; cari di /v1/kbli",
        en=f"KBLI {version} has no such five-digit code; search /v1/kbli",
    )


def days_asked_for(year: int | None, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """The first and the last day of a year, a period, or the part of the period in that year.

    Raises Invalid if the period ends before it begins.
    """
    if first is not None and last is not None and last < first:
        backwards = fault(
            "/query/to",
            "period_backwards",
            id="Tanggal akhir harus sama dengan atau sesudah tanggal awal",
            en="The last day must not come before the first",
        )
        raise Invalid(errors=[backwards])
    if year is None:
        return first, last
    opening, closing = date(year, 1, 1), date(year, 12, 31)
    return max(first or opening, opening), min(last or closing, closing)


def _village_unknown(pointer: str) -> Fault:
    return fault(
        pointer,
        "village_unknown",
        id="Bukan kode desa atau kelurahan di NTB; cari di /v1/regions",
        en="Not the code of a desa or kelurahan in NTB; search /v1/regions",
    )


def _village_retired(pointer: str, successor: Region) -> Fault:
    return fault(
        pointer,
        "village_retired",
        id=f"Kode desa ini sudah diganti menjadi {successor.code} ({successor.name})",
        en=f"This village code was replaced by {successor.code} ({successor.name})",
    )

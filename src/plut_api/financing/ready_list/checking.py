"""Whether filters ask for what there is: codes of the reference data, and products of the bank's own."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.ready_list.filters import Filters
from plut_api.kit.problems import Fault, fault
from plut_api.reference.models import Kbli, KbliLevel, Region, RegionLevel

Ask = Callable[[Select[Any]], Awaitable[Iterable[Any]]]
_REGENCIES = select(Region.code).where(Region.level.in_((RegionLevel.regency, RegionLevel.city)))
_CODES: Mapping[str, tuple[Select[Any], Any]] = {
    "regency": (_REGENCIES, Region.code),
    "kbli": (select(Kbli.code).where(Kbli.level == KbliLevel.subclass), Kbli.code),
    "sector": (select(Kbli.code).where(Kbli.level == KbliLevel.section), Kbli.code),
}
_KNOWN: dict[str, set[str]] = {name: set() for name in _CODES}
"""Codes that were found once. Codes of the reference data are ended, never removed, so they need not be asked again."""


def asking(engine: AsyncEngine) -> Ask:
    """Asking by a connection that is opened only if there is something to ask."""

    async def scalars(query: Select[Any]) -> Iterable[Any]:
        async with engine.connect() as connection:
            return (await connection.scalars(query)).all()

    return scalars


async def filter_faults(ask: Ask, bank_id: UUID, filters: Filters, at: str) -> list[Fault]:
    """Every value that stands for nothing, by the pointer `at` and the name of its filter; none costs no statement."""
    faults: list[Fault] = []
    for name in _CODES:
        wanted: Sequence[str] = getattr(filters, name)
        if unknown := await _unknown(ask, name, wanted):
            faults.append(_fault(f"{at}/{name}", "code_unknown", unknown))
    if filters.fits:
        own = select(FinancingProduct.id).where(
            FinancingProduct.bank_id == bank_id, FinancingProduct.id.in_(filters.fits)
        )
        found = set(await ask(own))
        if missing := [str(one) for one in filters.fits if one not in found]:
            faults.append(_fault(f"{at}/fits", "product_unknown", missing))
    return faults


async def _unknown(ask: Ask, name: str, wanted: Sequence[str]) -> list[str]:
    asked = [code for code in wanted if code not in _KNOWN[name]]
    if not asked:
        return []
    query, code = _CODES[name]
    found = set(await ask(query.where(code.in_(asked))))
    _KNOWN[name] |= found
    return [one for one in asked if one not in found]


def _fault(pointer: str, code: str, values: Sequence[str]) -> Fault:
    named = ", ".join(values)
    return fault(pointer, code, id=f"Tidak dikenal: {named}", en=f"Not known: {named}")

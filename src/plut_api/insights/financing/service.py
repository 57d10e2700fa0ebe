"""Reading the report on financing: one statement for its numbers, names for its groups, and what must not be told."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.products.models import FinancingProduct
from plut_api.insights.financing import queries
from plut_api.insights.financing.asked import Grouping, Narrowing
from plut_api.insights.financing.schemas import FinancingReport, FinancingRow, Quality
from plut_api.insights.financing.suppression import Parts, left_out
from plut_api.insights.financing.words import WHOLE, words_of
from plut_api.insights.reports.words import NOBODY, UNKNOWN
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale
from plut_api.organizations.models import Organization
from plut_api.reference.models import Region
from plut_api.reference.rules import rule_value

MOST = 2000
"""Groups that one answer holds."""
SMALLEST = "report.smallest_cell"


async def financing_report(
    db: AsyncSession, caller: Caller, wanted: Narrowing, grouping: Grouping, locale: Locale
) -> FinancingReport:
    """What became of requests for financing, by group: of a bank its own, for OJK and the Dinas of all."""
    rows = (await db.execute(queries.totals(wanted, grouping).limit(MOST + 1))).all()
    smallest = await rule_value(db, SMALLEST)
    kept = [row for row in rows[:MOST] if _may_see(caller, grouping, row.key)]
    names = await _names(db, grouping, [row.key for row in kept if row.key is not None], locale)
    untold = _untold(kept, smallest)
    unknown = UNKNOWN.in_locale(locale)
    data = [
        _row(row, None if grouping is Grouping.everything else row.key, names.get(row.key, unknown), place, untold)
        for place, row in enumerate(kept)
    ]
    return FinancingReport(by=grouping, smallest_cell=smallest, data=data, is_cut=len(rows) > MOST)


def _may_see(caller: Caller, grouping: Grouping, key: str | None) -> bool:
    return not (grouping is Grouping.segment and key == "disability") or "disability:read" in caller.scopes


def _untold(rows: Sequence[Any], smallest: int) -> Sequence[frozenset[int]]:
    """Places of rows left out of each layer: requests, decisions, payments, loans. Each rests on the one above."""
    layers: list[frozenset[int]] = []
    for counts in (_requests, _decisions, _payments, _loans):
        above = layers[-1] if layers else frozenset()
        parts = [Parts(counts(row), place not in above) for place, row in enumerate(rows)]
        layers.append(left_out(parts, smallest))
    return layers


def _requests(row: Any) -> tuple[int, ...]:
    return (row.referrals,)


def _decisions(row: Any) -> tuple[int, ...]:
    return (row.approved, row.rejected, row.referrals - row.approved - row.rejected)


def _payments(row: Any) -> tuple[int, ...]:
    return (row.disbursed, row.approved - row.disbursed)


def _loans(row: Any) -> tuple[int, ...]:
    by_class = tuple(getattr(row, f"loans_{one}") for one in queries.CLASSES)
    return (*by_class, row.disbursed - sum(by_class))


def _row(row: Any, key: str | None, name: str, place: int, untold: Sequence[frozenset[int]]) -> FinancingRow:
    requests, decisions, payments, loans = (place not in layer for layer in untold)
    decided = row.approved + row.rejected
    return FinancingRow(
        key=key,
        name=name,
        is_suppressed=not (requests and decisions and payments and loans),
        referrals=row.referrals if requests else None,
        asked_idr=row.asked_idr if requests else None,
        approved=row.approved if decisions else None,
        rejected=row.rejected if decisions else None,
        approval_rate=row.approved / decided if decisions and decided else None,
        working_days_to_decision=row.working_days if decisions else None,
        approved_idr=row.approved_idr if decisions else None,
        disbursed=row.disbursed if payments else None,
        disbursed_idr=row.disbursed_idr if payments else None,
        outstanding_idr=row.outstanding_idr if loans else None,
        quality=[_quality(row, one) for one in queries.CLASSES] if loans else None,
    )


def _quality(row: Any, collectibility: int) -> Quality:
    owed = getattr(row, f"outstanding_{collectibility}_idr")
    return Quality(
        collectibility=collectibility,
        loans=getattr(row, f"loans_{collectibility}"),
        outstanding_idr=owed,
        share=owed / row.outstanding_idr if row.outstanding_idr else None,
    )


async def _names(db: AsyncSession, by: Grouping, keys: Sequence[str], locale: Locale) -> Mapping[str, str]:
    """What the keys of a grouping are called."""
    match by:
        case Grouping.bank:
            return await _named(db, Organization.id, Organization.name, [UUID(key) for key in keys])
        case Grouping.product:
            title = FinancingProduct.title_en if locale == "en" else FinancingProduct.title_id
            return await _named(db, FinancingProduct.id, title, [UUID(key) for key in keys])
        case Grouping.regency | Grouping.district:
            return await _named(db, Region.code, Region.name, keys)
        case Grouping.everything:
            return dict.fromkeys(keys, WHOLE.in_locale(locale))
        case Grouping.segment:
            return {key: words_of(by).get(key, NOBODY).in_locale(locale) for key in keys}
        case _:
            known = words_of(by)
            return {key: known[key].in_locale(locale) if key in known else key for key in keys}


async def _named(db: AsyncSession, key: Any, name: Any, wanted: Sequence[Any]) -> Mapping[str, str]:
    return {str(row[0]): row[1] for row in await db.execute(select(key, name).where(key.in_(wanted)))}

"""Repayment reports of a bank on many loans at once: each kept whole or not at all."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.batches.problems import ReportTwice
from plut_api.financing.batches.reading import Read
from plut_api.financing.batches.running import Result, locked_referrals
from plut_api.financing.batches.schemas import ItemOutcome
from plut_api.financing.models import Referral
from plut_api.financing.problems import ReferralNotFound
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.financing.repayments.problems import RepaymentReported
from plut_api.financing.repayments.quality import PREFIX
from plut_api.financing.repayments.schemas import RepaymentReportItem
from plut_api.financing.repayments.service import (
    changes_more,
    check,
    is_the_same,
    keep,
    require_bank,
    standing_reports,
    tell,
)
from plut_api.financing.repayments.standing import proven_since
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Problem
from plut_api.reference.rules import rule_values

Key = tuple[UUID, date]
Kept = list[tuple[Referral, RepaymentReport]]


async def report_all(db: AsyncSession, caller: Caller, sent: Sequence[Read[RepaymentReportItem]]) -> list[Result]:
    """Keep each report that can be kept, the earliest day of a loan first; what stands in the way is the item's result.

    A report that says what stands already is `already` so. Raises Forbidden. Emits repayment.reported for each.
    """
    require_bank(caller)
    wanted: dict[Key, Read[RepaymentReportItem]] = {}
    for read in sent:
        if read.item is not None:
            wanted.setdefault((read.item.referral_id, read.item.as_of), read)
    referrals = await locked_referrals(db, caller, {referral_id for referral_id, _ in wanted})
    stand = await standing_reports(db, [(id_, read.item) for (id_, _), read in wanted.items() if read.item is not None])
    values, before = await rule_values(db, PREFIX), await proven_since(db, referrals)
    results: dict[int, Result] = {}
    kept: Kept = []
    # In the order of ids, in which everybody locks what hangs on referrals, and of days.
    for key in sorted(wanted):
        read, referral = wanted[key], referrals.get(key[0])
        try:
            outcome, report = await _kept(db, caller, read, referral, stand.get(key), values)
        except Problem as problem:
            results[read.index] = _refused(read, problem, is_seen=referral is not None)
            await _as_it_was(db, referral)
            continue
        results[read.index] = _result(read, outcome, report)
        if referral is not None and outcome is ItemOutcome.done:
            kept.append((referral, report))
    await tell(db, caller, kept, before)
    return [results.get(read.index) or _unread(read, referrals) for read in sent]


async def _kept(
    db: AsyncSession,
    caller: Caller,
    read: Read[RepaymentReportItem],
    referral: Referral | None,
    stands: RepaymentReport | None,
    values: Mapping[str, int],
) -> tuple[ItemOutcome, RepaymentReport]:
    given = read.item
    if referral is None or given is None:
        raise ReferralNotFound()
    if stands is not None and is_the_same(stands, given):
        return ItemOutcome.already, stands
    if stands is not None and given.correction_reason is None:
        raise RepaymentReported()
    check(referral, stands, given, values)
    if not changes_more(referral, stands, given):
        return ItemOutcome.done, await keep(db, caller, referral, stands, given)
    async with db.begin_nested():
        return ItemOutcome.done, await keep(db, caller, referral, stands, given)


async def _as_it_was(db: AsyncSession, referral: Referral | None) -> None:
    """Read a referral again if undoing an item made the session forget it; further items may be about it."""
    if referral is not None and inspect(referral).expired_attributes:
        await db.refresh(referral)


def _unread(read: Read[RepaymentReportItem], referrals: Mapping[UUID, Referral]) -> Result:
    """The result of an item that is none, or that came after another about the same loan and day."""
    is_seen = read.item is not None and read.item.referral_id in referrals
    return _refused(read, read.problem or ReportTwice(), is_seen=is_seen)


def _refused(read: Read[RepaymentReportItem], problem: Problem, *, is_seen: bool) -> Result:
    """An answer never names what the bank may not see, not even by repeating what it sent."""
    referral_id = read.item.referral_id if read.item is not None and is_seen else None
    return Result(read.index, read.line, referral_id, ItemOutcome.refused, {"report_id": None}, problem)


def _result(read: Read[RepaymentReportItem], outcome: ItemOutcome, report: RepaymentReport) -> Result:
    return Result(read.index, read.line, report.referral_id, outcome, {"report_id": report.id})

"""What comes with a move: everything it needs, nothing else, and all of it in order."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.referrals.offers import Terms, terms_of
from plut_api.financing.referrals.reasons import reasons_for
from plut_api.financing.referrals.states import VALUES, Move, Side
from plut_api.financing.schemas.referrals import DocumentKind, ReferralMove
from plut_api.kit import clock
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.rules import rule_value

S = ReferralState


async def check_move(db: AsyncSession, referral: Referral, move: Move, given: ReferralMove) -> Terms | None:
    """Hold what was given against the move, the product and what went before; the terms of an approval.

    Raises Invalid with every fault at once, ProductNotOffered.
    """
    faults = [_missing(name) for name in sorted(move.needs) if getattr(given, name) is None]
    allowed = move.needs | move.may
    faults += [_misplaced(name) for name in sorted(VALUES - allowed) if getattr(given, name) is not None]
    faults += _of_reason(move, given)
    faults += _over("approved_amount_idr", given.approved_amount_idr, referral.amount_idr)
    faults += _over("disbursed_amount_idr", given.disbursed_amount_idr, referral.approved_amount_idr)
    if move.after is S.disbursed and given.disbursed_on is not None:
        faults += _of_disbursement(referral, given.disbursed_on)
    if move.after is S.info_requested:
        faults += await _of_request(db, given)
    terms = None
    if move.after is S.approved:
        terms, found = await terms_of(db, referral, given)
        faults += found
    if faults:
        raise Invalid(errors=faults)
    return terms


def _of_reason(move: Move, given: ReferralMove) -> Iterator[Fault]:
    if given.reason_code is None or "reason_code" not in move.needs | move.may or move.side is Side.system:
        return
    fitting = [reason.code for reason in reasons_for(move.after, move.side)]
    if given.reason_code not in fitting:
        named = ", ".join(fitting)
        yield fault("#/reason_code", "reason_not_of_move", id=f"Pilih: {named}", en=f"Choose one of: {named}")


def _of_disbursement(referral: Referral, day: date) -> Iterator[Fault]:
    since = (referral.decided_at or referral.created_at).astimezone(clock.WITA).date()
    if not since <= day <= clock.today():
        yield fault(
            "#/disbursed_on",
            "day_out_of_range",
            id=f"Antara persetujuan ({since}) dan hari ini",
            en=f"Between the approval ({since}) and today",
        )


async def _of_request(db: AsyncSession, given: ReferralMove) -> list[Fault]:
    """The applicant has some days, and a request that nobody answers runs out."""
    faults = [
        fault(f"#/documents/{n}/words", "missing", id="Sebutkan dokumennya", en="Say which document")
        for n, asked in enumerate(given.documents or [])
        if asked.kind is DocumentKind.other and asked.words is None
    ]
    if given.due_on is not None:
        last = clock.today() + timedelta(days=await rule_value(db, "referral.info_requested.most_days"))
        if not clock.today() < given.due_on <= last:
            faults.append(
                fault("#/due_on", "day_out_of_range", id=f"Antara besok dan {last}", en=f"Between tomorrow and {last}")
            )
    return faults


def _over(name: str, amount: int | None, most: int | None) -> Iterator[Fault]:
    if amount is not None and most is not None and not 0 < amount <= most:
        yield fault(
            f"#/{name}", "amount_out_of_range", id=f"Antara 1 dan {most} rupiah", en=f"Between 1 and {most} rupiah"
        )


def _missing(name: str) -> Fault:
    return fault(f"#/{name}", "missing", id="Wajib diisi untuk langkah ini", en="This move needs it")


def _misplaced(name: str) -> Fault:
    return fault(f"#/{name}", "not_part_of_move", id="Bukan bagian dari langkah ini", en="Not part of this move")

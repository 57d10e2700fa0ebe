"""Referrals as their readers see them: what is nobody else's business is left out."""

from typing import Any

from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from plut_api.financing.referrals.reasons import reasons_for
from plut_api.financing.referrals.states import MOVES, Move, moves_from, side_of
from plut_api.financing.schemas.referral_clocks import MoveList, MoveRead, ReasonRead
from plut_api.financing.schemas.referrals import ReferralRead, ReferralTransitionRead
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role
from plut_api.kit.i18n import Locale


def referral_shape(referral: Referral, caller: Caller) -> ReferralRead:
    """A referral for a caller. A bank learns of no order of banks, and of no time before it was asked; the Dinas is not
    told what the money is for: it follows states and clocks.
    """
    told: dict[str, Any] = {name: getattr(referral, name, None) for name in ReferralRead.model_fields}
    told["is_late"] = referral.due_at is not None and referral.due_at <= clock.now()
    told["allowed_moves"] = sorted(moves_from(side_of(caller), referral.state))
    if caller.is_bank:
        told |= {"queue_id": None, "place": None, "created_at": referral.submitted_at or referral.created_at}
    if caller.role is Role.dinas:
        told["purpose"] = None
    return ReferralRead.model_validate(told)


def transition_shape(move: ReferralTransition, caller: Caller) -> ReferralTransitionRead:
    """A move for a caller; for a bank the first is that to `submitted`."""
    shape = ReferralTransitionRead.model_validate(move)
    if caller.is_bank and move.from_state is ReferralState.draft:
        return shape.model_copy(update={"from_state": None})
    return shape


def moves_shape(locale: Locale) -> MoveList:
    """Every legal move, with the reasons that fit it."""
    return MoveList(data=[_move_shape(move, locale) for move in MOVES])


def _move_shape(move: Move, locale: Locale) -> MoveRead:
    takes_reason = "reason_code" in move.needs | move.may
    fitting = reasons_for(move.after, move.side) if takes_reason else []
    return MoveRead(
        side=move.side,
        from_state=move.before,
        to_state=move.after,
        needs=sorted(move.needs),
        may=sorted(move.may),
        reasons=[ReasonRead(code=each.code, words=each.words.in_locale(locale)) for each in fitting],
    )

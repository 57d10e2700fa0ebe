"""Referrals: a request for financing to one bank, from submission to disbursement."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by, require_actor
from plut_api.actors.service.consents import end_consents
from plut_api.financing.ending import live_consent
from plut_api.financing.models import Readiness, ReadinessStatus, Referral, ReferralState, ReferralTransition
from plut_api.financing.problems import (
    ConsentMissing,
    NotReadyForReferral,
    ReferralAlreadyOpen,
    ReferralMoveNotAllowed,
    ReferralNotFound,
)
from plut_api.financing.schemas.referrals import ReferralCreate, ReferralMove
from plut_api.financing.states import CLOSES_CONSENT, Move, Side, moves_of, side_of
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.database import refusing
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Forbidden, Invalid, fault
from plut_api.organizations.models import Organization, OrganizationKind


def referrals_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on `referrals` for a caller: a bank those it received, others those of businesses they reach."""
    if caller.is_bank:
        return Referral.bank_id == caller.organization_id
    return actors_reached_by(caller, Referral.actor_id)


def referrals_of(caller: Caller, states: Sequence[ReferralState]) -> Select[Referral]:
    """The referrals within a caller's rows, in some states or in all."""
    query = select(Referral).where(referrals_visible_to(caller))
    return query.where(Referral.state.in_(states)) if states else query


def moves_made(referral: Referral) -> Select[ReferralTransition]:
    """The moves of a referral."""
    return select(ReferralTransition).where(ReferralTransition.referral_id == referral.id)


async def make_referral(db: AsyncSession, caller: Caller, given: ReferralCreate) -> Referral:
    """Send a request for financing to a bank, by an owner or a consultant.

    Raises ActorNotFound, Invalid (`not_an_active_bank`), NotReadyForReferral, ConsentMissing, ReferralAlreadyOpen.
    Emits referral.submitted.
    """
    actor = await require_actor(db, caller, given.actor_id)
    bank = await db.get(Organization, given.bank_id)
    if bank is None or bank.kind is not OrganizationKind.bank or not bank.is_active:
        raise Invalid(errors=[_NOT_A_BANK])
    await _require_ready(db, actor.id)
    await _require_consent(db, actor.id, bank.id)
    referral = Referral(state=ReferralState.submitted, made_by=caller.id, **given.model_dump())
    with refusing({"uq_referrals_one_open": ReferralAlreadyOpen()}):
        db.add(referral)
        await db.flush()
    await _note(db, caller, referral, None)
    return await _fresh(db, referral)


async def get_referral(db: AsyncSession, caller: Caller, referral_id: UUID, *, for_update: bool = False) -> Referral:
    """A referral within the caller's rows. Raises ReferralNotFound."""
    query = select(Referral).where(Referral.id == referral_id, referrals_visible_to(caller))
    referral = await db.scalar(query.with_for_update() if for_update else query)
    if referral is None:
        raise ReferralNotFound()
    return referral


async def move_referral(
    db: AsyncSession, caller: Caller, referral_id: UUID, if_match: str | None, given: ReferralMove
) -> Referral:
    """Move a referral along its life cycle; a refusal or withdrawal ends the consent to that bank.

    Raises Forbidden, ReferralNotFound, PreconditionFailed (if `If-Match` came and is stale), ReferralMoveNotAllowed
    (with `allowed_moves`), Invalid. Emits referral.<state>.
    """
    _require_scope(caller)
    referral = await get_referral(db, caller, referral_id, for_update=True)
    if if_match is not None:
        require_match(referral, if_match)
    possible = moves_of(caller, referral.state)
    move = possible.get(given.to)
    if move is None:
        raise ReferralMoveNotAllowed(
            extra={"state": referral.state.value, "allowed_moves": sorted(state.value for state in possible)}
        )
    _check(referral, move, given)
    before, referral.state = referral.state, given.to
    for name in ("approved_amount_idr", "disbursed_amount_idr", "disbursed_on"):
        if name in move.needs:
            setattr(referral, name, getattr(given, name))
    referral.version += 1
    await db.flush()
    await _note(db, caller, referral, before, given)
    if referral.state in CLOSES_CONSENT:
        await end_consents(db, caller, referral.actor_id, referral.bank_id)
    return await _fresh(db, referral)


def _require_scope(caller: Caller) -> None:
    """A bank decides, an applicant writes: which scope a move asks for hangs on the side. Raises Forbidden."""
    needed = "financing:decide" if side_of(caller) is Side.bank else "financing:write"
    if needed not in caller.scopes:
        raise Forbidden(
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="financing:read {needed}"'}
        )


def _check(referral: Referral, move: Move, given: ReferralMove) -> None:
    """Every value a move needs is there and fits what went before; others are not sent. Raises Invalid."""
    optional = {"reason_code", "approved_amount_idr", "disbursed_amount_idr", "disbursed_on"}
    faults = [_missing(name) for name in sorted(move.needs) if getattr(given, name) is None]
    faults += [_misplaced(name) for name in sorted(optional - move.needs) if getattr(given, name) is not None]
    faults += _over("approved_amount_idr", given.approved_amount_idr, referral.amount_idr)
    faults += _over("disbursed_amount_idr", given.disbursed_amount_idr, referral.approved_amount_idr)
    if given.disbursed_on is not None and not _since(referral) <= given.disbursed_on <= clock.today():
        faults.append(_DAY_WRONG)
    if faults:
        raise Invalid(errors=faults)


def _since(referral: Referral) -> date:
    return referral.created_at.astimezone(clock.WITA).date()


def _over(name: str, amount: int | None, most: int | None) -> list[Fault]:
    if amount is None or most is None or 0 < amount <= most:
        return []
    return [
        fault(f"#/{name}", "amount_out_of_range", id=f"Antara 1 dan {most} rupiah", en=f"Between 1 and {most} rupiah")
    ]


def _missing(name: str) -> Fault:
    return fault(f"#/{name}", "missing", id="Wajib diisi untuk langkah ini", en="This move needs it")


def _misplaced(name: str) -> Fault:
    return fault(f"#/{name}", "not_part_of_move", id="Bukan bagian dari langkah ini", en="Not part of this move")


async def _require_ready(db: AsyncSession, actor_id: UUID) -> None:
    kept = await db.get(Readiness, actor_id)
    in_force = kept is not None and kept.expires_at is not None and kept.expires_at > clock.now()
    if not in_force or kept is None or kept.status is not ReadinessStatus.ready:
        raise NotReadyForReferral()


async def _require_consent(db: AsyncSession, actor_id: UUID, bank_id: UUID) -> None:
    if await db.scalar(live_consent(actor_id, bank_id)) is None:
        raise ConsentMissing()


async def _note(
    db: AsyncSession,
    caller: Caller,
    referral: Referral,
    before: ReferralState | None,
    given: ReferralMove | None = None,
) -> None:
    db.add(
        ReferralTransition(
            referral_id=referral.id,
            from_state=before,
            to_state=referral.state,
            caller_id=caller.id,
            caller_role=caller.role.value,
            reason_code=given.reason_code if given else None,
            note=given.note if given else None,
        )
    )
    name = f"referral.{referral.state.value}"
    await outbox.record(db, name, referral.id, by=caller, actor_id=referral.actor_id, organization_id=referral.bank_id)


async def _fresh(db: AsyncSession, referral: Referral) -> Referral:
    await db.flush()
    await db.refresh(referral)
    return referral


_NOT_A_BANK = fault(
    "#/bank_id",
    "not_an_active_bank",
    id="Pilih bank yang aktif dari /v1/organizations",
    en="Choose an active bank from /v1/organizations",
)
_DAY_WRONG = fault(
    "#/disbursed_on",
    "day_out_of_range",
    id="Antara tanggal rujukan dan hari ini",
    en="Between the day of the referral and today",
)

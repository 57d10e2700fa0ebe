"""Whether a business trades, and its legal form: changed from a day on, with every change kept."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.business_problems import ClosingBlocked, StatusMoveNotAllowed
from plut_api.actors.closing import follow_status
from plut_api.actors.lists import status_reasons
from plut_api.actors.models import Actor, LegalForm, LegalFormChange, StatusChange
from plut_api.actors.schemas.status import StatusMoveBody
from plut_api.actors.service.owners import decided_on
from plut_api.actors.states import MOVES, StatusMove, allowed_moves
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault

_FROM_HERE = Text(id="Status sekarang {status}; yang mungkin: {moves}", en="It is {status} now; possible: {moves}")


async def move_status(
    db: AsyncSession, caller: Caller, actor_id: UUID, move: StatusMove, given: StatusMoveBody
) -> Actor:
    """Pause, close or reopen a business; who did it, from which day and why stays. `states.MOVES` holds what is legal.

    What rests on a business that trades ends with it (`closing.py`), such as requests that no bank has decided on.
    Raises ActorNotFound, OwnersOnly, StatusMoveNotAllowed, ClosingBlocked, Invalid (`reason_not_of_this_move`,
    `before_last_change`). Emits actor.status_changed.
    """
    rule = MOVES[move]
    actor = await (
        decided_on(db, caller, actor_id) if rule.owners_only else require_actor(db, caller, actor_id, for_update=True)
    )
    if actor.status not in rule.starts:
        raise _not_allowed(actor)
    day = given.changed_on or clock.today()
    faults = [] if move in status_reasons()[given.reason_code].moves else [_reason_not_of(move)]
    last = await db.scalar(select(func.max(StatusChange.changed_on)).where(StatusChange.actor_id == actor.id))
    if last is not None and day < last:
        faults.append(_before_last("#/changed_on"))
    if faults:
        raise Invalid(errors=faults)
    change = StatusChange(
        id=new_id(),
        actor_id=actor.id,
        from_status=actor.status,
        to_status=rule.leads_to,
        changed_on=day,
        reason_code=given.reason_code,
        changed_by=caller.id,
    )
    db.add(change)
    actor.status = rule.leads_to
    actor.version += 1
    await db.flush()
    found = await follow_status(db, caller, actor)
    if found:
        raise ClosingBlocked(detail=found[0].words, extra={"reasons": [each.code for each in found]})
    await db.refresh(actor)
    facts = {"actor_id": actor.id, "status": actor.status.value, "reason_code": given.reason_code.value}
    await outbox.record(db, "actor.status_changed", actor.id, by=caller, **facts)
    return actor


async def note_legal_form(db: AsyncSession, caller: Caller, actor: Actor, form: LegalForm, since: date | None) -> None:
    """Keep a row of a legal form that changes, from a day on (today by default).

    Raises Invalid (`before_last_change`, `since_without_change`).
    """
    if form is actor.legal_form:
        if since is not None:
            raise Invalid(errors=[_SINCE_WITHOUT_CHANGE])
        return
    day = since or clock.today()
    last = await db.scalar(select(func.max(LegalFormChange.changed_on)).where(LegalFormChange.actor_id == actor.id))
    if last is not None and day < last:
        raise Invalid(errors=[_before_last("#/legal_form_since")])
    db.add(
        LegalFormChange(
            id=new_id(),
            actor_id=actor.id,
            from_form=actor.legal_form,
            to_form=form,
            changed_on=day,
            changed_by=caller.id,
        )
    )


async def status_changes(db: AsyncSession, caller: Caller, actor_id: UUID) -> Select[StatusChange]:
    """The changes of status of a business within the caller's rows. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    return select(StatusChange).where(StatusChange.actor_id == actor.id)


async def legal_forms(db: AsyncSession, caller: Caller, actor_id: UUID) -> Select[LegalFormChange]:
    """The changes of legal form of a business within the caller's rows. Raises ActorNotFound."""
    actor = await require_actor(db, caller, actor_id)
    return select(LegalFormChange).where(LegalFormChange.actor_id == actor.id)


def _not_allowed(actor: Actor) -> StatusMoveNotAllowed:
    moves = [move.value for move in allowed_moves(actor.status)]
    words = _FROM_HERE.filled(status=actor.status.value, moves=", ".join(moves))
    return StatusMoveNotAllowed(detail=words, extra={"allowed_moves": moves})


def _reason_not_of(move: StatusMove) -> Fault:
    codes = ", ".join(code for code, reason in status_reasons().items() if move in reason.moves)
    return fault(
        "#/reason_code", "reason_not_of_this_move", id=f"Pilih salah satu: {codes}", en=f"Choose one of: {codes}"
    )


def _before_last(pointer: str) -> Fault:
    return fault(
        pointer,
        "before_last_change",
        id="Tanggal ini sebelum perubahan terakhir yang tercatat",
        en="This day is before the last change on file",
    )


_SINCE_WITHOUT_CHANGE = fault(
    "#/legal_form_since",
    "since_without_change",
    id="Sertakan bersama legal_form yang baru",
    en="Give it together with a new legal_form",
)

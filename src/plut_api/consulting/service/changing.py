"""Correcting a consultation: what was asked for, and what was recorded."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.consulting.access import hand_of, require_consultation
from plut_api.consulting.models import Consultation
from plut_api.consulting.problems import ConsultationNotChangeable
from plut_api.consulting.service.moving import tell
from plut_api.consulting.states import changeable
from plut_api.consulting.texts import ADVICE, PROBLEM, sealed
from plut_api.consulting.words import NEXT_BEFORE, WISHED_PAST
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.etags import require_match
from plut_api.kit.problems import Fault, Invalid

_SEALED = {"problem": PROBLEM, "advice": ADVICE}


async def change_consultation(
    db: AsyncSession, caller: Caller, consultation_id: UUID, if_match: str | None, changes: Mapping[str, Any]
) -> Consultation:
    """Correct a consultation, as far as its state and the caller's part in it allow.

    Raises ConsultationNotFound, PreconditionRequired, PreconditionFailed, ConsultationNotChangeable, Invalid
    (`day_past`, `before_this_visit`). Emits consultation.changed.
    """
    consultation = await require_consultation(db, caller, consultation_id, for_update=True)
    require_match(consultation, if_match)
    fields = changeable(consultation.state, hand_of(caller, consultation))
    if not changes.keys() <= fields:
        raise ConsultationNotChangeable(extra={"changeable": sorted(fields)})
    faults = _faults(consultation, changes)
    if faults:
        raise Invalid(errors=faults)
    for name, value in changes.items():
        if name in _SEALED:
            setattr(consultation, f"{name}_sealed", sealed(_SEALED[name], value))
        else:
            setattr(consultation, name, value)
    consultation.version += 1
    await db.flush()
    await db.refresh(consultation)
    await tell(db, "consultation.changed", consultation, caller)
    return consultation


def _faults(consultation: Consultation, changes: Mapping[str, Any]) -> list[Fault]:
    faults = [WISHED_PAST] if any(day < clock.today() for day in changes.get("wished_days", ())) else []
    next_visit, held_on = changes.get("next_visit_on"), consultation.on_date
    if next_visit is not None and held_on is not None and next_visit <= held_on:
        faults.append(NEXT_BEFORE)
    return faults

"""Trainers and sessions to test with."""

from datetime import date
from typing import Any
from uuid import UUID

from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.programs.models import Program, SessionTrainer, Shift, Trainer, TrainingSession
from tests.factories import Make


async def trainer(make: Make, **given: Any) -> Trainer:
    """An expert from outside, unless it is said whose account they have."""
    made = Trainer(id=new_id(), **{"name": "Lalu Contoh"} | given)
    await make.add(made)
    return made


async def session(make: Make, program: Program, *trainers: Trainer, **given: Any) -> TrainingSession:
    """A session on the programme's first morning, with those who teach in it."""
    values = {"held_on": program.starts_on, "shift": Shift.morning, "title": "Hari pertama"} | given
    made = TrainingSession(id=new_id(), program_id=program.id, **values)
    await make.add(made)
    await make.add(*(taught(made, one.id) for one in trainers))
    return made


def taught(of: TrainingSession, trainer_id: UUID) -> SessionTrainer:
    """Somebody teaches in a session."""
    return SessionTrainer(
        session_id=of.id,
        trainer_id=trainer_id,
        held_on=of.held_on,
        shift=of.shift,
        is_held=of.cancelled_at is None,
    )


def cancelled(reason: str = "Pengajar sakit.") -> dict[str, Any]:
    """What a cancelled session has."""
    return {"cancelled_at": clock.now(), "cancel_reason": reason}


def wanted(day: date | str = "2026-03-02", **given: Any) -> dict[str, Any]:
    """A session to ask for."""
    written = day if isinstance(day, str) else day.isoformat()
    return {"held_on": written, "shift": "morning", "title": "Pembukaan"} | given

"""Tables of training programmes, their sessions and enrolments."""

from plut_api.facilities.models import Shift
from plut_api.programs.models.enrolments import Enrolment, EnrolmentState
from plut_api.programs.models.programs import (
    FundSource,
    HostState,
    Program,
    ProgramHost,
    ProgramLevel,
    ProgramState,
    ProgramTransition,
    ReservedSeats,
    Segment,
)
from plut_api.programs.models.sessions import TrainingSession
from plut_api.programs.models.trainers import SessionTrainer, Trainer

__all__ = [
    "Enrolment",
    "EnrolmentState",
    "FundSource",
    "HostState",
    "Program",
    "ProgramHost",
    "ProgramLevel",
    "ProgramState",
    "ProgramTransition",
    "ReservedSeats",
    "Segment",
    "SessionTrainer",
    "Shift",
    "Trainer",
    "TrainingSession",
]

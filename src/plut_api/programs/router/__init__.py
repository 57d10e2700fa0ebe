"""Training programmes: proposal to completion, sessions, enrolments."""

from fastapi import APIRouter

from plut_api.programs.router.enrolments import router as enrolments
from plut_api.programs.router.fills import router as fills
from plut_api.programs.router.moves import router as moves
from plut_api.programs.router.programs import router as programs
from plut_api.programs.router.sessions import router as sessions

router = APIRouter()
for part in (programs, moves, sessions, enrolments, fills):
    router.include_router(part)

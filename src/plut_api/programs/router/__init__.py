"""Training programmes: proposal to completion, sessions, enrolments."""

from fastapi import APIRouter

from plut_api.programs.attendance.router import router as attendance
from plut_api.programs.calendar.router import router as calendar
from plut_api.programs.certificates.router import router as certificates
from plut_api.programs.overlaps.router import router as overlaps
from plut_api.programs.router.details import router as details
from plut_api.programs.router.enrolments import router as enrolments
from plut_api.programs.router.fills import router as fills
from plut_api.programs.router.hosts import router as hosts
from plut_api.programs.router.moves import router as moves
from plut_api.programs.router.programs import router as programs
from plut_api.programs.router.schedule import router as schedule
from plut_api.programs.router.sessions import router as sessions
from plut_api.programs.router.trainers import router as trainers
from plut_api.programs.sponsors.router import router as sponsors
from plut_api.programs.waiting.router import router as waiting

router = APIRouter()
for part in (
    *(overlaps, calendar, details, programs, hosts, moves),
    *(sessions, trainers, enrolments, waiting, schedule, fills),
):
    router.include_router(part)
for folder in (attendance, certificates, sponsors):
    router.include_router(folder)

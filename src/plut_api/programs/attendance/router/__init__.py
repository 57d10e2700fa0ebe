"""HTTP of attendance, scores and no-shows."""

from fastapi import APIRouter

from plut_api.programs.attendance.router.door import router as door
from plut_api.programs.attendance.router.no_shows import router as no_shows
from plut_api.programs.attendance.router.scores import router as scores

router = APIRouter()
for part in (door, scores, no_shows):
    router.include_router(part)

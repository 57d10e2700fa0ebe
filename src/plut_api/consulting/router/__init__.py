"""Consultations and mentoring visits."""

from fastapi import APIRouter

from plut_api.consulting.router.consultations import router as consultations
from plut_api.consulting.router.following import router as following
from plut_api.consulting.router.moves import router as moves
from plut_api.consulting.router.reports import router as reports

router = APIRouter()
for part in (consultations, moves, following, reports):
    router.include_router(part)

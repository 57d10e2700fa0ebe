"""The building: places and their hours, bookings, use against capacity."""

from fastapi import APIRouter

from plut_api.facilities.router.bookings import router as bookings
from plut_api.facilities.router.moves import router as moves
from plut_api.facilities.router.places import router as places
from plut_api.facilities.router.running import router as running
from plut_api.facilities.router.series import router as series
from plut_api.facilities.router.use import router as use

router = APIRouter()
for part in (places, running, bookings, series, moves, use):
    router.include_router(part)

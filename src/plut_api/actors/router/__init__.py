"""People and businesses (pelaku usaha): registration, yearly figures, size class, consents."""

from fastapi import APIRouter

from plut_api.actors.privacy.router import router as privacy
from plut_api.actors.router.assignments import router as assignments
from plut_api.actors.router.businesses import router as businesses
from plut_api.actors.router.consents import router as consents
from plut_api.actors.router.people import router as people

router = APIRouter()
for part in (people, assignments, businesses, consents, privacy):
    router.include_router(part)

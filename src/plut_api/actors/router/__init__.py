"""People and businesses (pelaku usaha): registration, yearly figures, size class, consents."""

from fastapi import APIRouter

from plut_api.actors.duplicates.router import router as duplicates
from plut_api.actors.privacy.router import router as privacy
from plut_api.actors.router.assignments import router as assignments
from plut_api.actors.router.businesses import router as businesses
from plut_api.actors.router.certifications import router as certifications
from plut_api.actors.router.channels import router as channels
from plut_api.actors.router.consents import router as consents
from plut_api.actors.router.figures import router as figures
from plut_api.actors.router.guardians import router as guardians
from plut_api.actors.router.owners import router as owners
from plut_api.actors.router.people import router as people
from plut_api.actors.router.phones import router as phones
from plut_api.actors.router.preferences import router as preferences
from plut_api.actors.router.products import router as products
from plut_api.actors.router.search import router as search
from plut_api.actors.router.segments import router as segments
from plut_api.actors.router.status import router as status
from plut_api.actors.router.takeovers import router as takeovers
from plut_api.actors.timeline.router import router as timeline

router = APIRouter()
OF_PEOPLE = (people, takeovers, phones, guardians, segments)
for part in (
    search,
    *OF_PEOPLE,
    duplicates,
    assignments,
    businesses,
    owners,
    status,
    products,
    certifications,
    channels,
    figures,
    timeline,
    consents,
    preferences,
    privacy,
):
    router.include_router(part)

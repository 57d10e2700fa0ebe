"""What a cooperative does and shows, and who looked at it."""

from fastapi import APIRouter

from plut_api.cooperatives.records.router.declarations import router as declarations
from plut_api.cooperatives.records.router.figures import router as figures
from plut_api.cooperatives.records.router.meetings import router as meetings
from plut_api.cooperatives.records.router.officers import router as officers
from plut_api.cooperatives.records.router.outlets import router as outlets
from plut_api.cooperatives.records.router.papers import router as papers
from plut_api.cooperatives.records.router.proposals import router as proposals

router = APIRouter()
for part in (officers, meetings, outlets, figures, papers, proposals, declarations):
    router.include_router(part)

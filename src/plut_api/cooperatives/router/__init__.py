"""The register of village cooperatives, and those who keep a cooperative's affairs."""

from fastapi import APIRouter

from plut_api.cooperatives import exemptions
from plut_api.cooperatives.records import files
from plut_api.cooperatives.records.router import router as records
from plut_api.cooperatives.router.boards import router as boards
from plut_api.cooperatives.router.consents import router as consents
from plut_api.cooperatives.router.contacts import router as contacts
from plut_api.cooperatives.router.invitations import router as invitations
from plut_api.cooperatives.router.registry import router as registry

EXEMPTIONS = exemptions.COOPERATIVE_PEOPLE  # Imported for its side effect on the register of programmes.
HOLDERS = files.HOLDERS  # The same, on the register of who reads files.
router = APIRouter()
for part in (registry, contacts, boards, invitations, consents, records):
    router.include_router(part)

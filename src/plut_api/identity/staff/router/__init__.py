"""HTTP of how staff get in."""

from fastapi import APIRouter

from plut_api.identity.staff.router.accounts import router as accounts
from plut_api.identity.staff.router.own import router as own
from plut_api.identity.staff.router.page import router as page

router = APIRouter()
for part in (own, accounts, page):
    router.include_router(part)

__all__ = ["router"]

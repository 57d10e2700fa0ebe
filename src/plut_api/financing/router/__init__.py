"""Explained readiness, the ready list that banks pull, and referrals to a bank's decision."""

from fastapi import APIRouter

from plut_api.financing.router.readiness import router as readiness
from plut_api.financing.router.ready_list import router as ready_list
from plut_api.financing.router.referrals import router as referrals

router = APIRouter()
for part in (readiness, ready_list, referrals):
    router.include_router(part)

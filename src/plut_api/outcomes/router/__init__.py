"""The five outcomes: rubric, baseline, target, evidence, verification, level reached."""

from fastapi import APIRouter

from plut_api.outcomes.router.evidence import router as evidence
from plut_api.outcomes.router.levels import router as levels

router = APIRouter()
for part in (levels, evidence):
    router.include_router(part)

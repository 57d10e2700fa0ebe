"""The five outcomes: rubric, baseline, target, evidence, verification, level reached."""

from fastapi import APIRouter

from plut_api.outcomes.cards.router import router as cards
from plut_api.outcomes.follow_ups.router import router as follow_ups
from plut_api.outcomes.router.evidence import router as evidence
from plut_api.outcomes.router.levels import router as levels

router = APIRouter()
for part in (levels, evidence, follow_ups, cards):
    router.include_router(part)

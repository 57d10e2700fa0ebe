"""Explained readiness, the ready list that banks pull, and referrals to a bank's decision."""

from fastapi import APIRouter

from plut_api.financing.batches.router import router as batches
from plut_api.financing.cooperatives.router import router as cooperatives
from plut_api.financing.dossiers.router import router as dossiers
from plut_api.financing.generations.router import router as generations
from plut_api.financing.history.router import router as history
from plut_api.financing.objections.router import router as objections
from plut_api.financing.papers.router import router as papers
from plut_api.financing.products.router import router as products
from plut_api.financing.refusals.router import router as refusals
from plut_api.financing.repayments.router import router as repayments
from plut_api.financing.router.readiness import router as readiness
from plut_api.financing.router.ready_list import router as ready_list
from plut_api.financing.router.referral_documents import router as referral_documents
from plut_api.financing.router.referrals import router as referrals
from plut_api.financing.router.rule_sets import router as rule_sets
from plut_api.financing.saved_searches.router import router as saved_searches
from plut_api.financing.scores.router import router as scores

router = APIRouter()
for part in (
    ready_list,  # The hottest comes first.
    readiness,
    cooperatives,
    referrals,
    referral_documents,
    dossiers,
    generations,
    history,
    objections,
    papers,
    rule_sets,
    products,
    repayments,
    batches,
    refusals,
    saved_searches,
    scores,
):
    router.include_router(part)

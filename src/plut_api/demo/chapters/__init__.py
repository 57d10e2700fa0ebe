"""The chapters of the walk, in their order. What one makes, the next ones use."""

from plut_api.demo.chapters.financing import consent_and_pull, find_ready
from plut_api.demo.chapters.imports import import_businesses, import_cooperatives
from plut_api.demo.chapters.lending import offer_and_listen, refer_and_decide, repay
from plut_api.demo.chapters.outcomes import prove_outcomes
from plut_api.demo.chapters.overlap import plan_twice
from plut_api.demo.chapters.report import report_and_return
from plut_api.demo.chapters.seats import give_seats
from plut_api.demo.chapters.training import train

CHAPTERS = (
    import_cooperatives,
    import_businesses,
    plan_twice,
    give_seats,
    train,
    prove_outcomes,
    find_ready,
    consent_and_pull,
    offer_and_listen,
    refer_and_decide,
    repay,
    report_and_return,
)

"""Facts of enrolments as cards."""

from typing import Any

from plut_api.kit.i18n import Locale
from plut_api.outcomes.cards.queries import Facts
from plut_api.outcomes.cards.schemas import (
    Card,
    CardAttendance,
    CardCertificate,
    CardDimension,
    CardFollowUp,
    CardSession,
    CardShort,
    LevelAsked,
    LevelShort,
    Rejection,
)
from plut_api.outcomes.cards.steps import is_reached, level_words, next_steps, stands_at
from plut_api.outcomes.models import Dimension
from plut_api.outcomes.rubric import version_in_force
from plut_api.outcomes.schemas import BothLanguages
from plut_api.outcomes.schemas.levels import EvidenceKind

FIRST = 3
"""Steps on the card of all enrolments."""
HIGHEST = 4
"""Of the levels of the rubric."""


def card_short(facts: Facts, locale: Locale) -> CardShort:
    """An enrolment as much as a phone shows at once."""
    levels = [
        LevelShort(
            dimension=dimension,
            reached_level=outcome.reached_level if outcome else None,
            target_level=outcome.target_level if outcome else None,
            counts=outcome is not None and is_reached(outcome),
        )
        for dimension, outcome in ((each, facts.outcomes.get(each)) for each in Dimension)
    ]
    return CardShort(
        **_known(facts, locale) | {"next": next_steps(facts, locale)[:FIRST]},
        person_id=facts.enrolment.person_id,
        levels=levels,
        href=f"/v1/enrolments/{facts.enrolment.enrolment_id}/card",
    )


def card(facts: Facts, locale: Locale) -> Card:
    """The whole card of one enrolment."""
    of = facts.enrolment
    certificate, follow_up = None, None
    if of.certificate_code is not None:
        certificate = CardCertificate(
            code=of.certificate_code, number=of.certificate_number, issued_at=of.certificate_issued_at
        )
    if of.follow_up_id is not None:
        follow_up = CardFollowUp(id=of.follow_up_id, months=of.follow_up_months, closes_on=of.follow_up_closes_on)
    return Card(
        **_known(facts, locale),
        person_id=of.person_id,
        actor_id=of.actor_id,
        completed_at=of.completed_at,
        dimensions=[_dimension(dimension, facts.outcomes.get(dimension)) for dimension in Dimension],
        attendance=CardAttendance.model_validate(facts.standing),
        sessions=[CardSession.model_validate(session) for session in facts.sessions],
        certificate=certificate,
        follow_up=follow_up,
    )


def _known(facts: Facts, locale: Locale) -> dict[str, Any]:
    of = facts.enrolment
    return {
        "enrolment_id": of.enrolment_id,
        "program_id": of.program_id,
        "program_title": of.program_title,
        "state": of.state,
        "starts_on": of.starts_on,
        "ends_on": of.ends_on,
        "proven": sum(is_reached(outcome) for outcome in facts.outcomes.values()),
        "of": len(Dimension),
        "next": next_steps(facts, locale),
    }


def _dimension(dimension: Dimension, outcome: Any | None) -> CardDimension:
    version = outcome.rubric_version if outcome is not None else version_in_force()
    words, level = level_words(version, dimension), stands_at(outcome) if outcome is not None else 0
    return CardDimension(
        dimension=dimension,
        name=BothLanguages(**words["name"]),
        rubric_version=version,
        baseline_level=outcome.baseline_level if outcome is not None else None,
        target_level=outcome.target_level if outcome is not None else None,
        reached_level=outcome.reached_level if outcome is not None else None,
        counts=outcome is not None and is_reached(outcome),
        stands=_criteria(words, level),
        next_level=_asked(words, level + 1) if level < HIGHEST else None,
        evidence_waiting=outcome.evidence_waiting if outcome is not None else 0,
        rejected=_rejection(outcome),
    )


def _asked(words: dict[str, Any], level: int) -> LevelAsked:
    kinds = [EvidenceKind(**kind) for kind in words["evidence"] if level in kind["levels"]]
    return LevelAsked(level=level, criteria=_criteria(words, level), evidence=kinds)


def _criteria(words: dict[str, Any], level: int) -> list[BothLanguages]:
    return [BothLanguages(**each) for each in words["levels"][level]["criteria"]]


def _rejection(outcome: Any | None) -> Rejection | None:
    if outcome is None or outcome.rejected_id is None:
        return None
    return Rejection(
        evidence_id=outcome.rejected_id,
        level=outcome.rejected_level,
        reason=outcome.rejected_reason,
        next_step=outcome.rejected_next_step,
        decided_at=outcome.rejected_at,
    )

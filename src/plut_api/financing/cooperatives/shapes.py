"""Results of cooperatives as wire shapes, in one language."""

from collections.abc import Mapping
from uuid import UUID

from plut_api.financing.cooperatives.schemas import CooperativeReadinessRead, CooperativeWhatIfRead
from plut_api.financing.cooperatives.service import ExplainedCooperative
from plut_api.financing.schemas.readiness import ReadinessOutcome
from plut_api.financing.shapes import changed_rules, result_parts
from plut_api.kit.i18n import Locale


def cooperative_readiness_shape(
    explained: ExplainedCooperative, locale: Locale, objections: Mapping[str, UUID]
) -> CooperativeReadinessRead:
    """A result with every rule's words, and what would help most."""
    kept = explained.kept
    return CooperativeReadinessRead(
        cooperative_id=explained.cooperative_id,
        rule_set=explained.rules.version,
        status=explained.status,
        score=explained.score,
        **result_parts(explained.rules, explained.results, explained.cooperative_id, locale, objections),
        computed_at=explained.computed_at,
        confirmed_at=kept.confirmed_at if kept else None,
        expires_at=kept.expires_at if kept else None,
    )


def cooperative_what_if_shape(
    now: ExplainedCooperative, then: ExplainedCooperative, locale: Locale
) -> CooperativeWhatIfRead:
    """Both results, and where they differ."""
    return CooperativeWhatIfRead(
        cooperative_id=now.cooperative_id,
        rule_set=now.rules.version,
        now=_outcome(now, locale),
        then=_outcome(then, locale),
        score_change=then.score - now.score,
        changed=changed_rules(now.results, then.results),
        computed_at=then.computed_at,
    )


def _outcome(explained: ExplainedCooperative, locale: Locale) -> ReadinessOutcome:
    parts = result_parts(explained.rules, explained.results, explained.cooperative_id, locale)
    return ReadinessOutcome(status=explained.status, score=explained.score, **parts)

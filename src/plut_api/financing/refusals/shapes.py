"""A refusal as a wire shape, in one language."""

from plut_api.financing.readiness import words
from plut_api.financing.refusals.schemas import RefusalRead, StepAfterRefusal
from plut_api.financing.refusals.service import Refusal
from plut_api.financing.rules.compiling import PASS
from plut_api.kit.i18n import Locale

_DONE = frozenset({PASS, "not_applicable"})


def refusal_shape(refusal: Refusal, locale: Locale) -> RefusalRead:
    """A refusal with the rules behind its reason: what does not pass first, then by gain."""
    steps = sorted(_steps(refusal, locale), key=lambda step: (step.result in _DONE, -step.gain, step.code))
    closure = refusal.closure
    waits = not steps or any(step.result not in _DONE for step in steps)
    return RefusalRead(
        referral_id=refusal.referral.id,
        actor_id=refusal.referral.actor_id,
        bank_id=refusal.referral.bank_id,
        reason_code=refusal.reason.code,
        reason=refusal.reason.words.in_locale(locale),
        note=refusal.move.note,
        refused_at=refusal.move.created_at,
        next_steps=steps,
        is_open=closure is None and waits,
        closed_at=closure.created_at if closure else None,
        closed_by=closure.closed_by if closure else None,
        close_note=closure.note if closure else None,
    )


def _steps(refusal: Refusal, locale: Locale) -> list[StepAfterRefusal]:
    """The steps of the reason that the rules in force know."""
    found = {result["code"]: result["result"] for result in refusal.explained.results}
    return [
        StepAfterRefusal(
            code=rule.code,
            title=rule.title.en if locale == "en" else rule.title.id,
            result=found[rule.code],
            step=words(rule, locale),
            gain=rule.weight,
        )
        for rule in refusal.explained.rules.rules
        if rule.code in refusal.reason.next_steps and rule.code in found
    ]

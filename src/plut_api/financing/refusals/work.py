"""Refusals on the work lists of consultants."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, column, exists, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.orm import aliased

from plut_api.actors.access import actors_visible_to
from plut_api.actors.models import Actor, ActorStatus
from plut_api.financing.models import Readiness, Referral, ReferralState, ReferralTransition
from plut_api.financing.referrals.reasons import reasons, reasons_for
from plut_api.financing.refusals.models import RefusalClosure
from plut_api.financing.rules.compiling import PASS
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task

_REASONS = {reason.code.value: reason.words for reason in reasons_for(ReferralState.rejected, "bank")}


@offers(
    "referral.refused",
    to=[Role.consultant],
    title=Text(id="Permohonan ditolak bank", en="Requests that a bank refused"),
    sentence=Text(
        id="Bahas penolakan bank dengan pemilik, lalu kerjakan langkah berikutnya: {reason}.",
        en="Talk the refusal over with the owner, then work on what is next: {reason}.",
    ),
    href="/v1/financing/referrals/{row_id}/refusal",
    within="work.referral_refused.days",
    spoken={"reason": _REASONS},
)
def refused(asked: Asked) -> Select[Any]:
    """Requests of trading businesses that a bank refused, since it did, until the rules behind the reason pass or a
    consultant is done with them. A reason without rules waits for the consultant.
    """
    later = aliased(ReferralTransition)
    made = ReferralTransition
    is_last = ~exists().where(
        later.referral_id == made.referral_id, later.to_state == ReferralState.rejected, later.id > made.id
    )
    waiting = task(Referral.id, made.created_at, actor=Actor.id, reason=made.reason_code)
    joined = waiting.join_from(Referral, made, made.referral_id == Referral.id)
    joined = joined.join(Actor, Actor.id == Referral.actor_id).outerjoin(Readiness, Readiness.actor_id == Actor.id)
    return joined.where(
        Referral.state == ReferralState.rejected,
        made.to_state == ReferralState.rejected,
        is_last,
        ~exists().where(RefusalClosure.referral_id == Referral.id),
        _has_steps_left(),
        Actor.status == ActorStatus.active,
        actors_visible_to(asked.caller),
    )


def _has_steps_left() -> ColumnElement[bool]:
    """Whether a rule behind the reason does not pass by the last judgement, or nothing says that it does."""
    steps = {reason.code.value: list(reason.next_steps) for reason in reasons().values() if reason.next_steps}
    codes = case(
        *((ReferralTransition.reason_code == code, array(rules, type_=String())) for code, rules in steps.items()),
        else_=cast([], ARRAY(String)),
    )
    results = func.jsonb_array_elements(Readiness.results).table_valued(column("value", JSONB), name="results")
    result = results.c.value["result"].astext
    missed = (
        select(literal(1))
        .select_from(results)
        .where(results.c.value["code"].astext == func.any(codes), not_(result.in_((PASS, "not_applicable"))))
    )
    return or_(func.cardinality(codes) == 0, Readiness.results.is_(None), missed.exists())

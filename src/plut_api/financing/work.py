"""What waits for a consultant in financing: what a business needs next, files to confirm, requests under way."""

from typing import Any

from sqlalchemy import Select, or_

from plut_api.actors.access import actors_visible_to
from plut_api.actors.models import Actor, ActorStatus
from plut_api.financing.generations.serving import shipped
from plut_api.financing.models import Readiness, ReadinessStatus, Referral, ReferralState
from plut_api.financing.readiness import reasons
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Locale, Text
from plut_api.kit.work_lists import Asked, Facts, offers, task

_COMPLETE = Text(id="Periksa kembali kesiapan usaha ini.", en="Look at the readiness of this business again.")
_STATES = {
    ReferralState.draft: Text(id="masih draf: lengkapi lalu ajukan", en="a draft: complete it and submit it"),
    ReferralState.submitted: Text(id="belum diterima bank", en="not received by the bank yet"),
    ReferralState.received: Text(id="diterima bank", en="received by the bank"),
    ReferralState.in_review: Text(id="sedang diperiksa bank", en="in review at the bank"),
    ReferralState.info_requested: Text(id="bank menunggu dokumen", en="the bank waits for documents"),
    ReferralState.info_provided: Text(id="dokumen sudah dikirim", en="documents were sent"),
    ReferralState.approved: Text(id="disetujui, belum cair", en="approved, not disbursed yet"),
}


def _next_step(facts: Facts, locale: Locale) -> str:
    """The most helpful step: gates first, then what weighs most."""
    missed = reasons(facts["results"], locale, shipped(facts["rule_set"]))
    return missed[0]["next_step"] if missed else _COMPLETE.in_locale(locale)


@offers(
    "readiness.next_step",
    to=[Role.consultant],
    title=Text(id="Langkah berikut menuju siap", en="Next step to being ready"),
    sentence=_next_step,
    href="/v1/actors/{actor_id}/readiness",
    within="work.readiness_next_step.days",
)
def next_steps(asked: Asked) -> Select[Any]:
    """Trading businesses that do not meet the rules, since they were judged last."""
    found = {"results": Readiness.results, "rule_set": Readiness.rule_set}
    judged = task(Readiness.actor_id, Readiness.computed_at, actor=Actor.id, **found)
    return judged.join_from(Readiness, Actor, Actor.id == Readiness.actor_id).where(
        Readiness.status != ReadinessStatus.ready,
        Actor.status == ActorStatus.active,
        actors_visible_to(asked.caller),
    )


@offers(
    "readiness.to_confirm",
    to=[Role.consultant],
    title=Text(id="Siap, menunggu konfirmasi", en="Ready, to be confirmed"),
    sentence=Text(
        id="Syarat terpenuhi: tanyakan pemiliknya, lalu konfirmasi kesiapan.",
        en="The rules are met: ask the owner, then confirm readiness.",
    ),
    href="/v1/actors/{actor_id}/readiness",
    within="work.readiness_to_confirm.days",
)
def to_confirm(asked: Asked) -> Select[Any]:
    """Businesses that meet the rules, without a confirmation that still holds."""
    judged = task(Readiness.actor_id, Readiness.computed_at, actor=Actor.id)
    return judged.join_from(Readiness, Actor, Actor.id == Readiness.actor_id).where(
        Readiness.status == ReadinessStatus.ready,
        or_(Readiness.expires_at.is_(None), Readiness.expires_at <= asked.now),
        Actor.status == ActorStatus.active,
        actors_visible_to(asked.caller),
    )


@offers(
    "referral.open",
    to=[Role.consultant],
    title=Text(id="Permintaan pembiayaan berjalan", en="Requests for financing under way"),
    sentence=Text(
        id="Tindak lanjuti permintaan pembiayaan: {state}.", en="Follow up the request for financing: {state}."
    ),
    href="/v1/financing/referrals/{row_id}",
    within="work.referral_open.days",
    spoken={"state": _STATES},
)
def referrals_under_way(asked: Asked) -> Select[Any]:
    """Requests that have not ended, since their last move; not those that wait for another bank's answer."""
    open_ones = task(Referral.id, Referral.updated_at, actor=Actor.id, state=Referral.state)
    return open_ones.join_from(Referral, Actor, Actor.id == Referral.actor_id).where(
        Referral.state.in_(tuple(_STATES)),
        ~((Referral.state == ReferralState.draft) & Referral.queue_id.is_not(None) & Referral.due_at.is_(None)),
        actors_visible_to(asked.caller),
    )

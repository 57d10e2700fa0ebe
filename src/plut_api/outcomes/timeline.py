"""What outcomes tell of a business: levels before training, proof handed in, levels reached."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func

from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells, tells_nothing
from plut_api.outcomes.models import Dimension, Evidence, EvidenceState, Outcome, OutcomeLevel
from plut_api.programs.models import Enrolment

DIMENSIONS: Mapping[str, Text] = {
    Dimension.product: Text(id="produk", en="product"),
    Dimension.packaging: Text(id="kemasan", en="packaging"),
    Dimension.branding: Text(id="merek", en="branding"),
    Dimension.market: Text(id="pasar", en="market"),
    Dimension.finance: Text(id="keuangan", en="finance"),
}
tells_nothing("system_facts", "which rows speak for a level; certificates and referrals are told of themselves")
_SPOKEN = {"dimension": DIMENSIONS}
_OUTCOME = "/v1/enrolments/{enrolment_id}/outcomes/{dimension}"
_EVIDENCE = "/v1/evidence/{row_id}"


@tells(
    "outcomes",
    kinds={
        "outcome.assessed": Telling(
            _OUTCOME,
            Text(
                id="Tingkat awal {who} untuk {dimension} dinilai {level}.",
                en="The level of {who} in {dimension} was assessed: {level}.",
            ),
            _SPOKEN,
        )
    },
)
def baselines(actor_id: Business) -> Iterator[Select[Any]]:
    """Levels before training."""
    facts = {"dimension": Outcome.dimension, "level": Outcome.baseline_level, "enrolment_id": Outcome.enrolment_id}
    assessed = entry(
        "outcome.assessed", Outcome.id, Outcome.baseline_at, by=Outcome.baseline_by, person=Enrolment.person_id, **facts
    )
    yield assessed.join_from(Outcome, Enrolment, Enrolment.id == Outcome.enrolment_id).where(
        Outcome.actor_id == actor_id, Outcome.baseline_at.is_not(None)
    )


@tells(
    "evidence",
    kinds={
        "evidence.submitted": Telling(
            _EVIDENCE,
            Text(
                id="Bukti {who} untuk {dimension} diajukan.",
                en="Proof of {who} for {dimension} was handed in.",
            ),
            _SPOKEN,
        ),
        "evidence.verified": Telling(
            _EVIDENCE,
            Text(
                id="{who} mencapai tingkat {level} untuk {dimension}.",
                en="{who} reached level {level} in {dimension}.",
            ),
            _SPOKEN,
        ),
        "evidence.rejected": Telling(
            _EVIDENCE,
            Text(
                id="Bukti {who} untuk {dimension} belum diterima.",
                en="Proof of {who} for {dimension} was not accepted yet.",
            ),
            _SPOKEN,
        ),
    },
)
def evidence(actor_id: Business) -> Iterator[Select[Any]]:
    """Proof handed in, and what became of it."""
    about = {"person": Enrolment.person_id, "dimension": Outcome.dimension}
    decided = {"at": Evidence.decided_at, "by": Evidence.decided_by}
    for query in (
        entry("evidence.submitted", Evidence.id, Evidence.created_at, by=Evidence.submitted_by, **about).where(
            Evidence.fact_id.is_(None)
        ),
        entry("evidence.verified", Evidence.id, **decided, **about, level=Evidence.verified_level).where(
            Evidence.state == EvidenceState.verified
        ),
        entry("evidence.rejected", Evidence.id, **decided, **about).where(Evidence.state == EvidenceState.rejected),
    ):
        proven = query.join_from(Outcome, Evidence, Evidence.outcome_id == Outcome.id)
        yield proven.join(Enrolment, Enrolment.id == Outcome.enrolment_id).where(Outcome.actor_id == actor_id)


@tells(
    "outcome_levels",
    kinds={
        "outcome.level_fell": Telling(
            _OUTCOME,
            Text(
                id="Tingkat {who} untuk {dimension} turun dari {before_level} menjadi {level}.",
                en="The level of {who} in {dimension} fell from {before_level} to {level}.",
            ),
            _SPOKEN,
        )
    },
)
def falls(actor_id: Business) -> Iterator[Select[Any]]:
    """Levels that were proven and are no longer."""
    fell = entry(
        "outcome.level_fell",
        OutcomeLevel.id,
        OutcomeLevel.created_at,
        by=OutcomeLevel.by_id,
        person=Enrolment.person_id,
        dimension=Outcome.dimension,
        before_level=OutcomeLevel.before_level,
        level=OutcomeLevel.level,
        enrolment_id=Outcome.enrolment_id,
    )
    moved = fell.join_from(Outcome, OutcomeLevel, OutcomeLevel.outcome_id == Outcome.id)
    yield moved.join(Enrolment, Enrolment.id == Outcome.enrolment_id).where(
        Outcome.actor_id == actor_id, func.coalesce(OutcomeLevel.level, -1) < OutcomeLevel.before_level
    )

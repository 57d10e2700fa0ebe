"""What is next, the most useful first: what was sent back, what is asked, where to be, what to prove, what to fetch,
and last what others do.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from plut_api.kit.i18n import Locale, Text
from plut_api.outcomes.cards.queries import Facts
from plut_api.outcomes.cards.schemas import Spoken, Step, StepKind
from plut_api.outcomes.models import Dimension
from plut_api.outcomes.rubric import counts, rubric_in_force, rubric_of
from plut_api.outcomes.timeline import DIMENSIONS
from plut_api.programs.models import EnrolmentState

WORDS = {
    StepKind.mend_evidence: Text(
        id="Perbaiki bukti {dimension}: {what}", en="Mend the evidence for {dimension}: {what}"
    ),
    StepKind.answer_follow_up: Text(
        id="Jawab 3 pertanyaan: apa kabar usaha Anda {months} bulan setelah pelatihan?",
        en="Answer 3 questions: how is your business {months} months after the training?",
    ),
    StepKind.attend_session: Text(id="Hadiri sesi: {title}", en="Come to the session: {title}"),
    StepKind.prove_level: Text(
        id="Kumpulkan bukti {dimension} untuk tingkat {level}: {what}",
        en="Gather evidence for {dimension}, level {level}: {what}",
    ),
    StepKind.fetch_certificate: Text(id="Ambil sertifikat {number}.", en="Fetch certificate {number}."),
    StepKind.wait_for_verification: Text(
        id="Bukti {dimension} sedang diperiksa konsultan.",
        en="A consultant is looking at the evidence for {dimension}.",
    ),
    StepKind.wait_for_assessment: Text(
        id="Konsultan akan menilai tingkat awal dan menetapkan sasaran.",
        en="A consultant will assess where you begin and set targets.",
    ),
}


def next_steps(facts: Facts, locale: Locale) -> list[Step]:
    """All steps of an enrolment; what was given back has none."""
    if facts.enrolment.state is EnrolmentState.withdrawn:
        return []
    return [
        *_mending(facts, locale),
        *_answering(facts, locale),
        *_attending(facts, locale),
        *_proving(facts, locale),
        *_fetching(facts, locale),
        *_waiting(facts, locale),
    ]


def level_words(version: str | None, dimension: Dimension) -> dict[str, Any]:
    """What a version of the rubric says of a dimension; the one in force where it knows none of that name."""
    judged_by = (rubric_of(version) if version else None) or rubric_in_force()
    found: dict[str, Any] = next(part for part in judged_by.content["dimensions"] if part["dimension"] == dimension)
    return found


def stands_at(outcome: Any) -> int:
    """The level (0 to 4) where somebody stands: proven, else assessed before, else the lowest."""
    return int(outcome.reached_level if outcome.reached_level is not None else outcome.baseline_level or 0)


def is_reached(outcome: Any) -> bool:
    """Whether an outcome counts."""
    return counts(outcome.baseline_level, outcome.target_level, outcome.reached_level, outcome.rubric_version)


def _mending(facts: Facts, locale: Locale) -> Iterator[Step]:
    for dimension, outcome in _by_dimension(facts):
        if outcome.rejected_id is not None:
            what = outcome.rejected_next_step or outcome.rejected_reason
            href = f"/v1/evidence/{outcome.rejected_id}"
            yield _step(StepKind.mend_evidence, locale, href, dimension=dimension, what=Text(id=what, en=what))


def _answering(facts: Facts, locale: Locale) -> Iterator[Step]:
    of = facts.enrolment
    if of.follow_up_id is not None:
        href = f"/v1/follow-ups/{of.follow_up_id}"
        yield _step(StepKind.answer_follow_up, locale, href, on=of.follow_up_closes_on, months=of.follow_up_months)


def _attending(facts: Facts, locale: Locale) -> Iterator[Step]:
    for session in facts.sessions[:1]:
        href = f"/v1/programs/{facts.enrolment.program_id}/sessions"
        yield _step(StepKind.attend_session, locale, href, on=session.held_on, title=session.title)


def _proving(facts: Facts, locale: Locale) -> Iterator[Step]:
    """What is nearest to its target comes first; what waits for a consultant, or was sent back, is told elsewhere."""
    missing = [
        (outcome.target_level - stands_at(outcome), number, dimension, outcome)
        for number, (dimension, outcome) in enumerate(_by_dimension(facts))
        if outcome.target_level is not None
        and not is_reached(outcome)
        and not outcome.evidence_waiting
        and outcome.rejected_id is None
    ]
    for _, _, dimension, outcome in sorted(missing, key=lambda entry: entry[:2]):
        level = min(stands_at(outcome) + 1, outcome.target_level)
        criteria = level_words(outcome.rubric_version, dimension)["levels"][level]["criteria"]
        what = Text(**{name: " ".join(each[name].strip() for each in criteria) for name in ("id", "en")})
        href = f"/v1/enrolments/{facts.enrolment.enrolment_id}/outcomes/{dimension}"
        yield _step(StepKind.prove_level, locale, href, dimension=dimension, level=level, what=what)


def _fetching(facts: Facts, locale: Locale) -> Iterator[Step]:
    of = facts.enrolment
    if of.certificate_code is not None:
        href = f"/v1/certificates/{of.certificate_code}/pdf"
        yield _step(StepKind.fetch_certificate, locale, href, number=of.certificate_number)


def _waiting(facts: Facts, locale: Locale) -> Iterator[Step]:
    href = f"/v1/enrolments/{facts.enrolment.enrolment_id}/outcomes"
    for dimension, outcome in _by_dimension(facts):
        if outcome.evidence_waiting:
            yield _step(StepKind.wait_for_verification, locale, f"{href}/{dimension}", dimension=dimension)
    if any(
        facts.outcomes.get(dimension) is None or facts.outcomes[dimension].target_level is None
        for dimension in Dimension
    ):
        yield _step(StepKind.wait_for_assessment, locale, href)


def _by_dimension(facts: Facts) -> list[tuple[Dimension, Any]]:
    """The outcomes that there are, in the rubric's order."""
    return [(dimension, facts.outcomes[dimension]) for dimension in Dimension if dimension in facts.outcomes]


def _step(
    kind: StepKind,
    locale: Locale,
    href: str,
    *,
    dimension: Dimension | None = None,
    on: date | None = None,
    **filled: Any,
) -> Step:
    """A step in both languages. What is filled in may be in both, too, and is never read for places of its own."""
    if dimension is not None:
        filled["dimension"] = DIMENSIONS[dimension]
    said = {
        language: WORDS[kind].in_locale(language, **{name: _in(value, language) for name, value in filled.items()})
        for language in ("id", "en")
    }
    return Step(kind=kind, dimension=dimension, on=on, words=said[locale], text=Spoken(**said), href=href)


def _in(value: Any, language: Any) -> Any:
    return value.in_locale(language) if isinstance(value, Text) else value

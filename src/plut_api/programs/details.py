"""Topics, sources of money and requirements as wire shapes, in the language of the request."""

from plut_api.kit.i18n import Locale
from plut_api.programs.fund_sources import DOCUMENT_NAMES, EXEMPTION_NAMES, NEXT_STEPS, Demand, ExemptionCode, Fund
from plut_api.programs.requirements import DocumentAsked
from plut_api.programs.schemas.details import (
    DemandRead,
    DocumentStanding,
    ExemptionRead,
    FundSourceRead,
    PrerequisiteStanding,
    RequirementsRead,
    ReservedForThem,
)
from plut_api.programs.schemas.topics import TopicNames, TopicRead
from plut_api.programs.service.standing import Requirements
from plut_api.programs.topics import Topic


def topic_shape(topic: Topic, locale: Locale) -> TopicRead:
    """A topic on the wire."""
    return TopicRead(
        code=topic.code,
        parent_code=topic.parent,
        name=topic.name.in_locale(locale),
        names=TopicNames(id=topic.name.id, en=topic.name.en),
        first_class=topic.first_class,
        can_be_taught=topic.parent is not None,
    )


def fund_shape(fund: Fund, locale: Locale) -> FundSourceRead:
    """A source of money on the wire."""
    demands = [_demand(demand, locale) for demand in fund.documents]
    return FundSourceRead(code=fund.code, name=fund.name.in_locale(locale), documents=demands)


def _demand(demand: Demand, locale: Locale) -> DemandRead:
    return DemandRead(
        code=demand.code,
        name=DOCUMENT_NAMES[demand.code].in_locale(locale),
        exempt=[_exemption(code, locale) for code in demand.exempt],
        source=demand.source,
        status=demand.status,
    )


def _exemption(code: ExemptionCode, locale: Locale) -> ExemptionRead:
    return ExemptionRead(code=code, name=EXEMPTION_NAMES[code].in_locale(locale))


def requirements_shape(found: Requirements, locale: Locale) -> RequirementsRead:
    """What a programme asks of a person on the wire."""
    before = found.prerequisite
    return RequirementsRead(
        program_id=found.program.id,
        person_id=found.person_id,
        documents=[_document(asked, locale) for asked in found.documents],
        prerequisite=None
        if before is None
        else PrerequisiteStanding(program_id=before.id, title=before.title, completed=found.prerequisite_met),
        reserved_seats=[ReservedForThem(**row) for row in found.reserved_seats],
        seats_left=found.program.seats_left,
        can_enrol=found.prerequisite_met and not any(asked.missing for asked in found.documents),
    )


def _document(asked: DocumentAsked, locale: Locale) -> DocumentStanding:
    code = asked.demand.code
    return DocumentStanding(
        code=code,
        name=DOCUMENT_NAMES[code].in_locale(locale),
        source=asked.demand.source,
        held=asked.held,
        exemption=None if asked.exemption is None else _exemption(asked.exemption, locale),
        next_step=NEXT_STEPS[code].in_locale(locale) if asked.missing else None,
    )

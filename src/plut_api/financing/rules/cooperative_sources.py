"""What is on file of a cooperative, as one lateral join per source: papers, people, meetings, plans, trade.

What nobody entered is null, so that a rule says *unknown* and not *failed*; what was entered and not verified is false.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB

from plut_api.actors.models import Consent, ConsentPurpose
from plut_api.cooperatives.models import Cooperative, CooperativeManager
from plut_api.cooperatives.records.models import (
    CooperativeCreditDeclaration,
    CooperativeFigure,
    CooperativeMeeting,
    CooperativeOfficer,
    CooperativeOutlet,
    CooperativePaper,
    CooperativeProposal,
    MeetingDecision,
    MeetingKind,
    Organ,
    PaperKind,
    Post,
    VillageOffice,
)
from plut_api.financing.rules.facts import TODAY
from plut_api.programs.models import Enrolment, EnrolmentState

BANK = bindparam("bank", value=None, type_=Uuid)
"""The bank that asks; null without one."""
_THIS_MONTH = cast(func.date_trunc("month", cast(TODAY, Date)), Date)
_TODAY = cast(TODAY, Date)


def _proof(table: str, row_id: Any, condition: Any) -> Any:
    """Pairs `[table, id]` of the rows that a fact rests on."""
    pair = func.jsonb_build_array(literal(table, Text), row_id)
    return cast(func.jsonb_agg(pair).filter(condition), JSONB).label("proof")


_paper = CooperativePaper
_seen = _paper.verified_at.is_not(None)


def _held(kind: PaperKind, condition: Any) -> Any:
    """Whether a paper of a kind is on file and good; null if there is none of this kind."""
    return func.bool_or(and_(_seen, condition)).filter(_paper.kind == kind).label(kind.value)


papers = (
    select(
        _held(PaperKind.legal_decision, _paper.number_seen.is_not_distinct_from(Cooperative.legal_number)),
        _held(PaperKind.nik_koperasi, _paper.number_seen.is_not_distinct_from(Cooperative.nik_koperasi)),
        *(_held(kind, _paper.in_own_name) for kind in (PaperKind.nib, PaperKind.npwp, PaperKind.account)),
        func.count()
        .filter(
            _paper.kind == PaperKind.supply_agreement,
            _seen,
            _paper.in_own_name,
            or_(_paper.until.is_(None), _paper.until >= _TODAY),
        )
        .label("supply"),
        func.max(_paper.verified_at).label("seen_at"),
        _proof("cooperative_papers", _paper.id, _seen),
    )
    .where(_paper.cooperative_id == Cooperative.id)
    .lateral("papers")
)

_officer = CooperativeOfficer
_on_board = _officer.organ == Organ.board
_leads_village = case(
    (
        and_(_officer.organ == Organ.supervisors, _officer.post == Post.chair),
        _officer.village_office == VillageOffice.other,
    ),
    else_=_officer.village_office != VillageOffice.none,
)
_who = func.coalesce(cast(_officer.person_id, Text), func.lower(_officer.full_name))
officers = (
    select(
        func.nullif(func.count(_who.distinct()).filter(_on_board), 0).label("board"),
        func.count().filter(_on_board).label("seats"),
        func.count(_officer.post.distinct()).filter(_on_board, _officer.post != Post.member).label("posts"),
        func.bool_or(_officer.has_kin).label("kin"),
        func.bool_or(_officer.has_kin.is_(None)).label("kin_open"),
        func.bool_or(_leads_village).label("village"),
        func.bool_or(_officer.village_office.is_(None)).label("village_open"),
        func.bool_and(_officer.verified_at.is_not(None)).label("verified"),
        func.max(_officer.updated_at).label("told_at"),
        _proof("cooperative_officers", _officer.id, _officer.verified_at.is_not(None)),
    )
    .where(
        _officer.cooperative_id == Cooperative.id,
        _officer.since <= _TODAY,
        or_(_officer.until.is_(None), _officer.until >= _TODAY),
    )
    .lateral("officers")
)

_meeting = CooperativeMeeting
_held_well = and_(_meeting.verified_at.is_not(None), _meeting.decision == MeetingDecision.approved)


def _of_kind(kind: MeetingKind, condition: Any) -> Any:
    return func.bool_or(condition).filter(_meeting.kind == kind)


meetings = (
    select(
        _of_kind(MeetingKind.founding, _held_well).label("founding"),
        func.max(_meeting.book_year).filter(_held_well).label("year"),
        func.max(_meeting.held_on).filter(_held_well, _meeting.kind == MeetingKind.annual).label("held_on"),
        _of_kind(MeetingKind.approval, and_(_held_well, _meeting.village_head_agrees.is_(True))).label("approval"),
        func.bool_or(_held_well).filter(_meeting.bank_id == BANK).label("board"),
        func.max(_meeting.verified_at).label("seen_at"),
        _proof("cooperative_meetings", _meeting.id, _held_well),
    )
    .where(_meeting.cooperative_id == Cooperative.id)
    .lateral("meetings")
)

_proposal = CooperativeProposal
proposal = (
    select(
        _proposal.scheme,
        (_proposal.capex_idr + _proposal.opex_idr).label("total"),
        _proposal.opex_idr.label("opex"),
        func.cardinality(_proposal.stage_names).label("stages"),
        func.cardinality(_proposal.repayment_sources).label("sources"),
        (cast(_proposal.yearly_income_idr, BigInteger) * 100 // _proposal.yearly_instalments_idr).label("cover"),
        _proposal.updated_at,
        func.jsonb_build_array(func.jsonb_build_array(literal("cooperative_proposals", Text), _proposal.id)).label(
            "proof"
        ),
    )
    .where(_proposal.cooperative_id == Cooperative.id)
    .order_by(_proposal.id.desc())
    .limit(1)
    .lateral("proposal")
)

_declared = CooperativeCreditDeclaration
declaration = (
    select(
        _declared.declared_on,
        _declared.has_arrears,
        _declared.chair_has_arrears,
        _declared.created_at,
        func.jsonb_build_array(
            func.jsonb_build_array(literal("cooperative_credit_declarations", Text), _declared.id)
        ).label("proof"),
    )
    .where(_declared.cooperative_id == Cooperative.id)
    .order_by(_declared.declared_on.desc(), _declared.id.desc())
    .limit(1)
    .lateral("declaration")
)

_outlet = CooperativeOutlet
_trades = and_(
    _outlet.verified_at.is_not(None),
    _outlet.opened_on <= _TODAY,
    or_(_outlet.closed_on.is_(None), _outlet.closed_on >= _TODAY),
)
_housed = and_(
    _outlet.verified_at.is_not(None),
    _outlet.premises.is_not(None),
    _outlet.file_id.is_not(None),
    or_(_outlet.closed_on.is_(None), _outlet.closed_on >= _TODAY),
    or_(_outlet.premises_until.is_(None), _outlet.premises_until >= _TODAY),
)
outlets = (
    select(
        func.min(_outlet.opened_on).filter(_trades).label("open_since"),
        func.bool_or(_housed).label("housed"),
        func.max(_outlet.verified_at).label("seen_at"),
        _proof("cooperative_outlets", _outlet.id, or_(_trades, _housed)),
    )
    .where(_outlet.cooperative_id == Cooperative.id)
    .lateral("outlets")
)

_month = CooperativeFigure
_half_year = and_(
    _month.month >= _THIS_MONTH - func.make_interval(0, 6),
    _month.month < _THIS_MONTH,
)
figures = (
    select(
        func.count().filter(_month.sales_idr > 0, _month.verified_at.is_not(None)).label("sold"),
        func.count().filter(_month.file_id.is_not(None)).label("stated"),
        func.max(_month.updated_at).label("told_at"),
        _proof("cooperative_figures", _month.id, _month.file_id.is_not(None)),
    )
    .where(_month.cooperative_id == Cooperative.id, _half_year)
    .lateral("months")
)
members = (
    select(
        _month.members_paid.label("paid"),
        case((_month.members > 0, _month.members_paid * 100 // _month.members), else_=0).label("percent"),
        _month.updated_at,
        func.jsonb_build_array(func.jsonb_build_array(literal("cooperative_figures", Text), _month.id)).label("proof"),
    )
    .where(_month.cooperative_id == Cooperative.id, _month.verified_at.is_not(None))
    .order_by(_month.month.desc())
    .limit(1)
    .lateral("members")
)

_leads = union(
    select(_officer.person_id)
    .where(
        _officer.cooperative_id == Cooperative.id,
        _officer.since <= _TODAY,
        or_(_officer.until.is_(None), _officer.until >= _TODAY),
    )
    .correlate(Cooperative),
    select(CooperativeManager.person_id)
    .where(CooperativeManager.cooperative_id == Cooperative.id, CooperativeManager.until.is_(None))
    .correlate(Cooperative),
).lateral("leads")
training = (
    select(func.count().label("completed"), func.max(Enrolment.completed_at).label("completed_at"))
    .select_from(_leads)
    .join(Enrolment, Enrolment.person_id == _leads.c.person_id)
    .where(Enrolment.state == EnrolmentState.completed, Enrolment.completed_at >= _TODAY - func.make_interval(0, 24))
    .lateral("officers_training")
)

_TOLD: tuple[Any, ...] = (_paper, _officer, _meeting, _proposal, _outlet, _month)
freshness = (
    select(
        func.greatest(
            Cooperative.updated_at,
            *(
                select(func.max(table.updated_at))
                .where(table.cooperative_id == Cooperative.id)
                .correlate(Cooperative)
                .scalar_subquery()
                for table in _TOLD
            ),
        ).label("at")
    )
    .correlate(Cooperative)
    .lateral("freshness")
)

mandate = (
    select(func.count().label("consents"))
    .where(
        Consent.cooperative_id == Cooperative.id,
        Consent.organization_id == BANK,
        Consent.purpose == ConsentPurpose.cooperative_financing,
        Consent.confirmed_at.is_not(None),
        Consent.withdrawn_at.is_(None),
        Consent.expires_at > func.now(),
    )
    .lateral("mandate")
)

year_to_account_for: Any = func.coalesce(
    meetings.c.year + 1, cast(extract("year", Cooperative.established_on), Integer)
)
"""SQL: the first year whose annual meeting is not on file; of a new cooperative the year of its founding."""

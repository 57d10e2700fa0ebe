"""Records as wire shapes: numbers opened or masked, names of persons looked up, as much shown as a view allows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import View
from plut_api.actors.models import Person
from plut_api.cooperatives.records.models import (
    CooperativeFigure,
    CooperativeOfficer,
    CooperativePaper,
    CooperativeProposal,
    CooperativeRevision,
)
from plut_api.cooperatives.records.numbers import masked_number, revealed
from plut_api.cooperatives.records.schemas.governance import OfficerRead
from plut_api.cooperatives.records.schemas.papers import (
    FormerValue,
    PaperRead,
    ProposalRead,
    RevisionRead,
    StageRead,
)
from plut_api.cooperatives.records.schemas.trade import FigureRead
from plut_api.cooperatives.records.service import BEFORE
from plut_api.kit.crypto import vault

Names = Mapping[UUID, str]
_RECORD = ("id", "cooperative_id", "file_id", "verified_at", "verified_by", "created_at", "updated_at")


async def names_of(db: AsyncSession, officers: Sequence[CooperativeOfficer]) -> Names:
    """The names of the persons among officers, in one statement."""
    ids = [officer.person_id for officer in officers if officer.person_id is not None]
    if not ids:
        return {}
    rows = await db.execute(select(Person.id, Person.full_name).where(Person.id.in_(ids)))
    return {row.id: row.full_name for row in rows}


def officer_shape(officer: CooperativeOfficer, names: Names, view: View) -> OfficerRead:
    """An officer on the wire, as a view shows them."""
    known = names[officer.person_id] if officer.person_id is not None else officer.full_name or ""
    shown = ("organ", "post", "person_id", "since", "until", "has_kin", "village_office")
    return OfficerRead(**_values(officer, shown), name=view.name(known))


def figure_shape(figure: CooperativeFigure) -> FigureRead:
    """A monthly statement on the wire."""
    shown = ("sales_idr", "expenses_idr", "members", "members_paid")
    return FigureRead(**_values(figure, shown), month=f"{figure.month:%Y-%m}")


def paper_shape(paper: CooperativePaper, *, in_list: bool = False) -> PaperRead:
    """A paper on the wire; in lists its number is masked."""
    number = revealed(paper)
    shown = ("kind", "in_own_name", "bank_name", "partner", "dated_on", "until")
    return PaperRead(**_values(paper, shown), number=masked_number(number) if in_list else number)


def proposal_shape(proposal: CooperativeProposal) -> ProposalRead:
    """A proposal on the wire."""
    shown = (
        *("scheme", "capex_idr", "opex_idr", "tenor_months", "repayment_sources"),
        *("yearly_income_idr", "yearly_instalments_idr"),
    )
    stages = zip(proposal.stage_names, proposal.stage_amounts_idr, strict=True)
    return ProposalRead(
        **_values(proposal, shown),
        stages=[StageRead(name=name, amount_idr=amount) for name, amount in stages],
        cover_percent=proposal.yearly_income_idr * 100 // proposal.yearly_instalments_idr,
    )


def revision_shape(revision: CooperativeRevision, view: View) -> RevisionRead:
    """What a record was, field by field: names as a view shows them, numbers of papers masked."""
    before = orjson.loads(vault().open_bytes(BEFORE, revision.before_sealed))
    return RevisionRead(
        id=revision.id,
        record=revision.kind,
        record_id=revision.row_id,
        changed_by=revision.changed_by,
        created_at=revision.created_at,
        before=[FormerValue(name=name, value=_as_text(name, value, view)) for name, value in sorted(before.items())],
    )


def _as_text(name: str, value: Any, view: View) -> str | None:
    if value is None:
        return None
    if name == "number":
        return masked_number(value)
    if name == "full_name":
        return view.name(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_RECORD, *names)}

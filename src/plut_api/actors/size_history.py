"""Reads of how the size class of a business changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from plut_api.actors.models import AnnualFigure, SizeChange
from plut_api.actors.schemas.figures import SizeChangeRead

_Decided = aliased(AnnualFigure, name="decided")
_OfCapital = aliased(AnnualFigure, name="of_capital")
_BEHIND = ("figure", "capital_figure")


def size_steps(actor_id: UUID) -> Any:
    """A Select of the steps of a business, each with the figures behind it. Leans on ix_size_changes_actor_id."""
    return (
        select(SizeChange, _Decided, _OfCapital)
        .outerjoin(_Decided, _Decided.id == SizeChange.figure_id)
        .outerjoin(_OfCapital, _OfCapital.id == SizeChange.capital_figure_id)
        .where(SizeChange.actor_id == actor_id)
    )


def step_shape(row: Any) -> SizeChangeRead:
    """A step on the wire."""
    step = row[0]
    values = {name: getattr(step, name) for name in SizeChangeRead.model_fields if name not in _BEHIND}
    return SizeChangeRead.model_validate(values | {"figure": row[1], "capital_figure": row[2]}, from_attributes=True)

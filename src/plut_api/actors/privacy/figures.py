"""What is held of the size of a person's businesses, and what becomes of it and of the figures that it follows from."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import AnnualFigure, SizeChange
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, personal_data, rows_of


@personal_data(
    "size_changes",
    "size_changes",
    about=Text(
        id="Perubahan skala usaha Anda (mikro, kecil, menengah) dan sebabnya.",
        en="How the size class of your businesses changed, and why.",
    ),
)
async def held_size_changes(db: AsyncSession, subject: Subject) -> list[Row]:
    """The steps in size of the person's businesses."""
    return await rows_of(db, SizeChange, SizeChange.actor_id.in_(subject.actor_ids), subject)


@erasing(order=42)
async def remove_figures(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove figures and sizes of businesses that are the person's alone, once those are empty: no sooner may they go.

    Of businesses that have other owners they stay: they tell of the business.
    """
    deleted = 0
    tables: tuple[type[Any], ...] = (SizeChange, AnnualFigure)
    for table in tables:
        gone = delete(table).where(table.actor_id.in_(subject.sole_actor_ids)).returning(table.id)
        ids = list(await db.scalars(gone.execution_options(synchronize_session=False)))
        if table is AnnualFigure:
            audit.record(db, audit.Action.deleted, "annual_figures", ids, after={"erased": True})
        deleted += len(ids)
    return Erased("annual_figures", deleted=deleted)

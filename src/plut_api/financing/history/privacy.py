"""What the history of results and results to come hold of a person, and what becomes of it when they are erased."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import DueJudgement, NextReadiness, ReadinessChange
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of

holds_nothing_to_tell("readiness_next", "results by rules that do not serve yet; gone within minutes")
holds_nothing_to_tell("readiness_due", "ids of businesses that an event is about; gone within seconds")
holds_nothing_to_tell("cooperative_readiness", "about a cooperative; of people it names the consultant who confirmed")


@personal_data(
    "readiness_history",
    "readiness_changes",
    about=Text(
        id="Riwayat penilaian kesiapan usaha Anda: apa yang berubah dan karena apa.",
        en="How the readiness of your businesses changed, and by what.",
    ),
)
async def held_changes(db: AsyncSession, subject: Subject) -> list[Row]:
    """Changes of results of the person's businesses."""
    return await rows_of(db, ReadinessChange, ReadinessChange.actor_id.in_(subject.actor_ids), subject)


@erasing(order=61)
async def forget_history(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove the history of businesses that are the person's alone, and what coming rules say of them."""
    quietly = {"synchronize_session": False}
    for table in (NextReadiness, DueJudgement):
        gone = delete(table).where(table.actor_id.in_(subject.sole_actor_ids))
        await db.execute(gone.execution_options(**quietly))
    changes = delete(ReadinessChange).where(ReadinessChange.actor_id.in_(subject.sole_actor_ids))
    result: Any = await db.execute(changes.execution_options(**quietly))
    return Erased("readiness_history", deleted=int(result.rowcount))

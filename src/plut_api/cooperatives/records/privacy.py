"""What records of cooperatives hold of a person, and what becomes of it when they are erased."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.cooperatives.records.models import CooperativeOfficer, CooperativeRevision
from plut_api.kit import audit
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.outbox import record_all
from plut_api.kit.privacy import Erased, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of

for _table, _why in {
    "cooperative_meetings": "of a cooperative; entered and verified in office",
    "cooperative_outlets": "of a cooperative, and public",
    "cooperative_figures": "of a cooperative; entered and verified in office",
    "cooperative_papers": "made out to a cooperative",
    "cooperative_proposals": "of a cooperative; entered and verified in office",
    "cooperative_credit_declarations": "of a cooperative, for which its chair declares",
    "cooperative_revisions": "what these records were; those of officers go with their row",
}.items():
    holds_nothing_to_tell(_table, _why)


@personal_data(
    "cooperative_officers",
    "cooperative_officers",
    about=Text(
        id="Jabatan Anda sebagai pengurus atau pengawas koperasi.", en="Posts that you hold or held in cooperatives."
    ),
)
async def held_posts(db: AsyncSession, subject: Subject) -> list[Row]:
    """Posts that the person holds or held, with what was declared of kinship and offices of the village."""
    return await rows_of(db, CooperativeOfficer, CooperativeOfficer.person_id == subject.person_id, subject)


@erasing(order=35)
async def leave_posts(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove the posts of the person, and what these records were; their cooperatives are judged anew."""
    if subject.person_id is None:
        return Erased("cooperative_officers")
    found = select(CooperativeOfficer.id, CooperativeOfficer.cooperative_id)
    rows = list(await db.execute(found.where(CooperativeOfficer.person_id == subject.person_id)))
    ids = [row.id for row in rows]
    quietly = {"synchronize_session": False}
    for table, column in (
        (CooperativeRevision, CooperativeRevision.row_id),
        (CooperativeOfficer, CooperativeOfficer.id),
    ):
        await db.execute(delete(table).where(column.in_(ids)).execution_options(**quietly))
    audit.record(db, audit.Action.deleted, "cooperative_officers", ids, about=[subject.person_id])
    touched = {row.cooperative_id for row in rows}
    facts = [(cooperative_id, {"cooperative_id": cooperative_id}) for cooperative_id in sorted(touched)]
    await record_all(db, "cooperative.changed", facts, by=caller)
    return Erased("cooperative_officers", deleted=len(ids))

"""What objections hold of a person, and what becomes of it when they are erased."""

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.objections.models import Objection, ObjectionFile, ObjectionState
from plut_api.kit import audit, clock
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, personal_data, rows_of
from plut_api.reference.retention import kept_until


@personal_data(
    "readiness_objections",
    "readiness_objections",
    "objection_files",
    about=Text(
        id="Keberatan Anda atas hasil penilaian kesiapan, dengan jawabannya.",
        en="Your objections to what you were judged to be ready for, with their answers.",
    ),
)
async def held_objections(db: AsyncSession, subject: Subject) -> list[Row]:
    """Objections of the person's businesses, and those that they made for a cooperative, with their files."""
    rows = await rows_of(db, Objection, _of(subject), subject, without=("word_of",))
    held = select(ObjectionFile.objection_id, ObjectionFile.file_id).join(Objection).where(_of(subject))
    files: dict[str, list[str]] = {}
    for objection_id, file_id in (await db.execute(held.order_by(ObjectionFile.id))).all():
        files.setdefault(str(objection_id), []).append(str(file_id))
    return [row | {"file_ids": files.get(row["id"], [])} for row in rows]


@erasing(order=6)
async def empty_objections(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """End what is open of businesses that are the person's alone, and take the words away. That somebody objected and
    was answered stays, without a word of either; so does what a cooperative said, which is the cooperative's.
    """
    open_one = Objection.state == ObjectionState.open
    statement = update(Objection).where(Objection.actor_id.in_(subject.sole_actor_ids))
    statement = statement.values(
        state=case((open_one, ObjectionState.withdrawn.value), else_=Objection.state),
        ended_at=func.coalesce(Objection.ended_at, clock.now()),
        reason_sealed=None,
        answer_sealed=None,
        version=Objection.version + 1,
    )
    ids = (await db.scalars(statement.returning(Objection.id).execution_options(synchronize_session=False))).all()
    audit.record(
        db, audit.Action.changed, "readiness_objections", ids, about=[subject.person_id], after={"erased": True}
    )
    kept = Kept(
        "readiness_objections",
        Text(
            id="Bahwa ada keberatan dan bagaimana dijawab, tanpa isinya.",
            en="That there was an objection and how it was answered, without its words.",
        ),
        "UU 27/2022 art. 31",
        kept_until("readiness_objections"),
    )
    return Erased("readiness_objections", emptied=len(ids), kept=[kept] if ids else [])


def _of(subject: Subject) -> ColumnElement[bool]:
    return or_(Objection.actor_id.in_(subject.actor_ids), Objection.made_by == subject.account_id)

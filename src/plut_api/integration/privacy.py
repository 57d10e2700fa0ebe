"""What this room holds of a person, and what stays of it. Files that were loaded are gone once they are read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.models import OutsideId
from plut_api.kit import audit
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import (
    Erased,
    Kept,
    Row,
    Subject,
    erasing,
    holds_nothing_to_tell,
    personal_data,
    plain_value,
    rows_of,
)

MOST_ENTRIES = 10_000
"""More than a person reads; the Dinas has the rest."""
holds_nothing_to_tell("imports", "who loaded which file, staff alone; what came of its rows is in the other sections")
holds_nothing_to_tell("import_files", "sealed bytes of a file, gone once it is loaded or a day has passed")
holds_nothing_to_tell("import_differences", "what a file changed, personal values masked, gone after three months")
holds_nothing_to_tell("import_faults", "lines of a file with personal values masked, gone after three months")
holds_nothing_to_tell("feed_entries", "which organization is told of which event, by ids alone")
holds_nothing_to_tell("webhook_deliveries", "when an event was sent to an organization, by ids alone")
holds_nothing_to_tell("webhook_attempts", "what an endpoint of an organization answered, by a status alone")


@personal_data(
    "audit",
    "audit_entries",
    about=Text(
        id="Siapa yang mengubah atau membaca data Anda, dan apa yang Anda lakukan sendiri.",
        en="Who changed or read data of yours, and what you did yourself.",
    ),
)
async def held_audit(db: AsyncSession, subject: Subject) -> list[Row]:
    """Entries of the audit log about the person and their businesses, and those that they made; the newest.

    Of the others who made one only their role is told. Leans on ix_audit_entries_objects, ix_audit_entries_caller_id.
    """
    ids = [each for each in (subject.account_id, subject.person_id, *subject.actor_ids) if each is not None]
    about = or_(
        AuditEntry.object_ids.overlap(ids),
        AuditEntry.about_ids.overlap(ids),
        AuditEntry.caller_id == subject.account_id,
    )
    query = select(AuditEntry).where(about).order_by(AuditEntry.id.desc()).limit(MOST_ENTRIES)
    return [
        {
            "occurred_at": plain_value(entry.occurred_at),
            "by": "self" if entry.caller_id == subject.account_id else "other",
            "role": entry.role,
            "operation": entry.operation,
            "action": entry.action,
            "object_kind": entry.object_kind,
        }
        for entry in await db.scalars(query)
    ]


@personal_data(
    "outside_ids",
    "outside_ids",
    about=Text(
        id="Nomor Anda dan usaha Anda di sistem pemerintah lain.",
        en="What other systems of the government call you and your businesses.",
    ),
)
async def held_outside_ids(db: AsyncSession, subject: Subject) -> list[Row]:
    """Ids of the person and their businesses elsewhere."""
    return await rows_of(db, OutsideId, _of_subject(subject, subject.actor_ids), subject)


@erasing(order=35)
async def forget_outside_ids(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Remove the ids of the person and of businesses that are theirs alone: a file must not find its way back."""
    gone = delete(OutsideId).where(_of_subject(subject, subject.sole_actor_ids)).returning(OutsideId.id)
    ids = (await db.scalars(gone.execution_options(synchronize_session=False))).all()
    audit.record(db, audit.Action.deleted, "outside_ids", ids, after={"erased": True})
    return Erased("outside_ids", deleted=len(ids))


def _of_subject(subject: Subject, actor_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return OutsideId.actor_id.in_(actor_ids) | (OutsideId.person_id == subject.person_id)


@erasing(order=95)
async def keep_the_audit_log(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Leave the log as it is: it cannot be changed, and knows people by ids and keyed hashes alone."""
    kept = Kept(
        "audit",
        Text(
            id="Catatan siapa melakukan apa, dengan nomor dan sidik yang tidak menunjuk siapa pun.",
            en="The record of who did what, by ids and hashes that point to nobody any more.",
        ),
        "UU 27/2022 art. 31",
    )
    return Erased("audit", kept=[kept])

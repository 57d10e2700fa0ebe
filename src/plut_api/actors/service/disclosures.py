"""The disclosure log: what callers outside PLUT were shown, of whom, why, when (UU 27/2022 art. 31-32).

One statement a served block, whatever the number of rows in it. Reading by PLUT's own staff is the audit log's matter,
and people only ever see their own.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from fastapi import Request
from sqlalchemy import Select, Table, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from plut_api.actors.access import is_outside
from plut_api.actors.privacy.models import Disclosure
from plut_api.kit.caller import Caller
from plut_api.kit.contract import operation_id
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization

FINANCING = "financing"
TRAINING = "training"
# Without the session's bookkeeping: nobody reads the row again here.
_INSERT = insert(cast("Table", Disclosure.__table__))


async def disclose(
    db: AsyncSession | AsyncConnection,
    caller: Caller,
    request_id: UUID | str | None,
    operation: str,
    actor_ids: Sequence[UUID | str],
    fields: Sequence[str],
    *,
    purpose: str = FINANCING,
    person_ids: Sequence[UUID] = (),
) -> None:
    """Note that a caller was served rows in which these businesses and people can be told, and by what fields.

    Writes nothing without any of them, nor for callers inside PLUT. In a transaction it holds together with it; on a
    connection that commits by itself it holds at once, so call it before the block leaves.
    """
    if not is_outside(caller) or not (actor_ids or person_ids):
        return
    await db.execute(
        _INSERT,
        {
            "id": new_id(),
            "caller_id": caller.id,
            "organization_id": caller.organization_id,
            "operation": operation,
            "purpose": purpose,
            "fields": list(fields),
            "request_id": UUID(str(request_id)) if request_id is not None else None,
            "actor_ids": list(actor_ids),
            "person_ids": list(person_ids),
        },
    )


async def note_shown(
    db: AsyncSession,
    caller: Caller,
    fields: Sequence[str],
    *,
    purpose: str,
    actors: Iterable[UUID | None] = (),
    people: Iterable[UUID | None] = (),
) -> None:
    """`disclose` for the answer to a session's request, under its operationId.

    Absent ids are passed over, each is named once. Outside a request nothing is shown to anybody.
    """
    request: Request | None = db.info.get("request")
    if request is None or not is_outside(caller):
        return
    await disclose(
        db,
        caller,
        request.state.request_id,
        operation_id(request.scope["route"]),
        sorted({actor for actor in actors if actor is not None}),
        fields,
        purpose=purpose,
        person_ids=sorted({person for person in people if person is not None}),
    )


def disclosures_of_actor(ids: Sequence[UUID]) -> Select[Any]:
    """The disclosures of a business, under all ids that it had, with the name of the organization.

    Leans on ix_disclosures_actor_ids.
    """
    return _with_organization().where(Disclosure.actor_ids.overlap(list(ids)))


def disclosures_of_person(ids: Sequence[UUID], actor_ids: Sequence[UUID]) -> Select[Any]:
    """The disclosures of a person, under all ids that they had, or any of these businesses.

    Leans on the GIN indexes of both columns.
    """
    of_person = Disclosure.person_ids.overlap(list(ids))
    return _with_organization().where(or_(of_person, Disclosure.actor_ids.overlap(list(actor_ids))))


def _with_organization() -> Select[Any]:
    name = Organization.name.label("organization_name")
    columns: list[Any] = [Disclosure, name]
    return select(*columns).outerjoin(Organization, Organization.id == Disclosure.organization_id)

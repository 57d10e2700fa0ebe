"""HTTP of the audit log."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Security
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.merging.survivors import all_ids
from plut_api.integration.audit_log.schemas import AuditEntryPage
from plut_api.kit import audit
from plut_api.kit.audit.models import AuditEntry
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.database import Database
from plut_api.kit.ids import first_id_of
from plut_api.kit.merging import Of
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import Instant

router = Router(tag="integration")

AuditRead = Annotated[Caller, Security(signed_in, scopes=["audit:read"])]
Object = Annotated[
    UUID | None,
    Query(
        json_schema_extra={"maxLength": 36},
        description="Only what was done to this object, or to what hangs on it: a person, a business, a programme, …",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    ),
]
By = Annotated[
    UUID | None,
    Query(
        json_schema_extra={"maxLength": 36},
        description="Only what this account or machine client did.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    ),
]
Operation = Annotated[
    str | None,
    Query(max_length=100, pattern=r"^[A-Za-z0-9:._-]+$", description="Only of this operation.", examples=["getPerson"]),
]
ActionParameter = Annotated[audit.Action | None, Query(description="Only entries of this kind.", examples=["refused"])]
From = Annotated[
    Instant | None,
    Query(alias="from", description="Only from this instant on.", examples=["2026-03-02T00:00:00Z"]),
]
To = Annotated[Instant | None, Query(description="Only until before this instant.", examples=["2026-03-03T00:00:00Z"])]


@dataclass(frozen=True)
class Wanted:
    """What an auditor asks for."""

    object: UUID | None
    caller: UUID | None
    operation: str | None
    action: audit.Action | None
    first: datetime | None
    last: datetime | None

    def asked(self) -> dict[str, str]:
        """What was asked for, in words for the entry that tells of the asking."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


async def _wanted(
    object: Object = None,
    caller: By = None,
    operation: Operation = None,
    action: ActionParameter = None,
    first: From = None,
    to: To = None,
) -> Wanted:
    return Wanted(object, caller, operation, action, first, to)


@router.get("/v1/audit-log")
async def list_audit_entries(
    db: Database, caller: AuditRead, paging: PageOf, wanted: Annotated[Wanted, Depends(_wanted)]
) -> AuditEntryPage:
    """Read what was done, newest first: by object or person, by who did it, by operation, kind and time.

    For auditors of the Dinas. Reading the log is an entry of its own. Entries are made with the change they tell of;
    refusals, failed sign-ins and lists follow within a second. Each minute what is new is chained by digests, which
    `plut audit verify` compares.
    """
    query = entries(wanted, await _ids_of(db, wanted.object) if wanted.object is not None else ())
    page = await paging.fetch(db, query, AuditEntry.id, descending=True)
    audit.looked_up(db, "audit_entries", [wanted.object, wanted.caller], {"asked": wanted.asked()})
    return AuditEntryPage.model_validate(page, from_attributes=True)


async def _ids_of(db: AsyncSession, object_id: UUID) -> list[UUID]:
    """All ids under which entries tell of an object: those of records that were merged into it, too."""
    people = await all_ids(db, Of.people, [object_id])
    return list(dict.fromkeys([*people, *await all_ids(db, Of.actors, [object_id])]))


def entries(wanted: Wanted, objects: Sequence[UUID] = ()) -> Select[Any]:
    """The entries that an auditor asks for. Ids grow with time, so the time is a range of ids.

    Leans on the GIN index of objects, on the indexes of caller, operation and action, or on the primary key.
    """
    query: Select[Any] = select(AuditEntry)
    if wanted.object is not None:
        named = list(objects or [wanted.object])
        of_object = or_(*(ids.overlap(named) for ids in (AuditEntry.object_ids, AuditEntry.about_ids)))
        # By itself, or the planner would rather walk back through the whole log in search of the newest fifty.
        found = select(AuditEntry.id).where(of_object).cte("found").prefix_with("MATERIALIZED")
        query = query.where(AuditEntry.id.in_(select(found.c.id)))
    for column, value in (
        (AuditEntry.caller_id, wanted.caller),
        (AuditEntry.operation, wanted.operation),
        (AuditEntry.action, wanted.action),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.first is not None:
        query = query.where(AuditEntry.id >= first_id_of(wanted.first))
    if wanted.last is not None:
        query = query.where(AuditEntry.id < first_id_of(wanted.last))
    return query

"""Two records of one woman or of one business, and the steps of who merges and parts them."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person
from plut_api.identity.models import Account
from plut_api.kit.database import Model, unit_of_work
from tests.conftest import Api

Sessions = async_sessionmaker[AsyncSession]
DERIVED = {
    *("audit_entries", "audit_links", "audit_seals", "events", "merges", "merge_moves", "readiness", "ready_rows"),
    "readiness_changes",
    *(
        "ready_exits",
        "feed_entries",
        "procrastinate_jobs",
        "disclosures",
        "refresh_tokens",
        "revocations",
        "size_changes",
        "size_laws",
    ),
    *("idempotent_answers", "rate_windows", "used_once", "signing_keys"),
}
"""Tables that are only added to, or computed: merging and parting may leave something there."""
MARKS = ("version", "updated_at", "change_xid", "size_class", "size_basis", "size_by_sales", "size_by_capital")


async def preview(dinas: Api, kind: str, survivor: Any, merged: Any, **more: Any) -> httpx.Response:
    """Look first."""
    return await dinas.post(f"/v1/{kind}/{survivor.id}/merge-preview", merged_id=str(merged.id), **more)


async def merged_by(dinas: Api, kind: str, survivor: Any, merged: Any, **more: Any) -> httpx.Response:
    """Look, then merge as shown."""
    looked = await preview(dinas, kind, survivor, merged, **more)
    assert looked.status_code == 200, looked.text
    token = looked.json()["preview_token"]
    return await dinas.post(f"/v1/{kind}/{survivor.id}/merge", merged_id=str(merged.id), preview_token=token, **more)


async def merge(dinas: Api, kind: str, survivor: Any, merged: Any, **more: Any) -> dict[str, Any]:
    """The same, where it has to succeed."""
    answer = await merged_by(dinas, kind, survivor, merged, **more)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def undo(dinas: Api, merge_id: str) -> dict[str, Any]:
    """Part them again, where that has to succeed."""
    answer = await dinas.post(f"/v1/merges/{merge_id}/undo")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def without_account(sessions: Sessions, person: Person) -> None:
    """They were registered on their behalf, and never signed in."""
    async with unit_of_work(sessions) as db:
        await db.execute(update(Person).where(Person.id == person.id).values(account_id=None))
        await db.execute(delete(Account).where(Account.id == person.account_id))


async def whole_database(sessions: Sessions) -> dict[str, set[str]]:
    """Every row of every table that is not derived, as text, without what each change leaves or derives."""
    found = {}
    async with sessions() as db:
        for table in Model.metadata.sorted_tables:
            if table.name in DERIVED:
                continue
            marks = ", ".join(f"'{mark}'" for mark in MARKS)
            query = f'SELECT CAST(to_jsonb(t) - ARRAY[{marks}] AS text) FROM "{table.name}" t'
            found[table.name] = set(await db.scalars(text(query)))
    return found


async def naming(sessions: Sessions, *ids: UUID) -> dict[str, int]:
    """How many rows of which tables name one of these ids in a column that a foreign key ties to the records."""
    found: dict[str, int] = {}
    async with sessions() as db:
        for table in Model.metadata.sorted_tables:
            for column in table.columns:
                if {key.column.table.name for key in column.foreign_keys} & {"people", "actors"}:
                    query = text(f'SELECT count(*) FROM "{table.name}" WHERE {column.name} = ANY(:ids)')
                    if count := await db.scalar(query, {"ids": list(ids)}):
                        found[f"{table.name}.{column.name}"] = count
    return found

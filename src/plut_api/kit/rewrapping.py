"""Every sealed column brought under the newest data key, in small steps beside normal work.

A value says by its first byte under which key it is, so a run that was broken off goes on where it was, and values
that change meanwhile are left to whoever changed them: they are under the newest key already.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ARRAY, LargeBinary, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.crypto import SealBroken, Vault
from plut_api.kit.database import unit_of_work

BATCH = 500


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, the context they were sealed in, and the key of its table."""

    table: str
    column: str
    context: str
    key: str = "id"


SEALED_COLUMNS = (
    SealedColumn("accounts", "phone_sealed", "accounts.phone"),
    SealedColumn("signing_keys", "private_sealed", "signing_keys.private"),
    SealedColumn("messages", "address_sealed", "messages.address"),
    SealedColumn("messages", "facts_sealed", "messages.facts"),
    SealedColumn("message_deliveries", "address_sealed", "message_deliveries.address"),
    SealedColumn("message_preferences", "email_sealed", "message_preferences.email"),
    SealedColumn("totp_secrets", "secret_sealed", "totp_secrets.secret"),
    SealedColumn("people", "nik_sealed", "people.nik"),
    SealedColumn("people", "phone_sealed", "people.phone"),
    SealedColumn("phone_changes", "phone_sealed", "phone_changes.phone"),
    SealedColumn("actors", "nib_sealed", "actors.nib"),
    SealedColumn("actors", "npwp_sealed", "actors.npwp"),
    SealedColumn("ownership_offers", "phone_sealed", "ownership_offers.phone"),
    SealedColumn("cooperatives", "phone_sealed", "cooperatives.phone"),
    SealedColumn("cooperative_invitations", "phone_sealed", "cooperative_invitations.phone"),
    SealedColumn("cooperative_papers", "number_sealed", "cooperative_papers.number"),
    SealedColumn("cooperative_revisions", "before_sealed", "cooperative_revisions.before"),
    SealedColumn("no_shows", "appeal_sealed", "no_shows.appeal"),
    SealedColumn("no_shows", "answer_sealed", "no_shows.answer"),
    SealedColumn("data_requests", "text_sealed", "data_requests.text"),
    SealedColumn("data_requests", "answer_sealed", "data_requests.answer"),
    SealedColumn("consultations", "problem_sealed", "consultations.problem"),
    SealedColumn("consultations", "place_sealed", "consultations.place"),
    SealedColumn("consultations", "advice_sealed", "consultations.advice"),
    SealedColumn("consultation_transitions", "reason_sealed", "consultation_transitions.reason"),
    SealedColumn("agreed_actions", "what_sealed", "agreed_actions.what"),
    SealedColumn("consultation_notes", "text_sealed", "consultation_notes.text"),
    SealedColumn("merge_moves", "rows_sealed", "merge_moves.rows"),
    SealedColumn("dossiers", "content_sealed", "dossiers.content"),
    SealedColumn("dossiers", "present_sealed", "dossiers.present"),
    SealedColumn("readiness_objections", "reason_sealed", "readiness_objections.reason"),
    SealedColumn("readiness_objections", "answer_sealed", "readiness_objections.answer"),
    SealedColumn("bank_accounts", "number_sealed", "bank_accounts.number"),
    SealedColumn("files", "key_sealed", "files.key"),
    SealedColumn("uploads", "key_sealed", "uploads.key"),
    SealedColumn("webhook_endpoints", "secret_sealed", "webhook_endpoints.secret"),
    SealedColumn("webhook_endpoints", "former_secret_sealed", "webhook_endpoints.former_secret"),
    SealedColumn("webhook_endpoints", "private_sealed", "webhook_endpoints.private"),
    SealedColumn("import_files", "content", "import_files.content", key="import_id"),
)
"""All of them; a test holds this list against the tables."""


@dataclass(frozen=True)
class Rewrapped:
    """What became of one column: values brought over, values that no key opens, and values still under older keys."""

    column: SealedColumn
    count: int
    broken: int
    left: int


async def rewrap(
    sessions: async_sessionmaker[AsyncSession],
    vault: Vault,
    column: SealedColumn,
    said: Callable[[int], None] = lambda count: None,
    batch: int = BATCH,
) -> Rewrapped:
    """Bring one column under the key that seals now, a transaction a batch; `said` hears the count so far."""
    newest, last, count, broken = vault.sealing_key_id, None, 0, 0
    find, change = _find(column), _change(column)
    while True:
        async with unit_of_work(sessions) as db:
            rows = (await db.execute(find, {"newest": newest, "last": last, "batch": batch})).all()
            if not rows:
                break
            last = rows[-1][0]
            fresh = [(key, value, _again(vault, column.context, value)) for key, value in rows]
            found = [row for row in fresh if row[2] is not None]
            keys, before, after = (list(part) for part in zip(*found, strict=True)) if found else ([], [], [])
            changed = await db.execute(change, {"keys": keys, "before": before, "after": after})
            count += len(changed.all())
            broken += len(rows) - len(found)
        said(count)
    return Rewrapped(column, count, broken, await under_other_keys(sessions, column, newest))


async def under_other_keys(sessions: async_sessionmaker[AsyncSession], column: SealedColumn, newest: int) -> int:
    """How many values are not under a key."""
    counted = text(
        f"SELECT count(*) FROM {column.table} WHERE get_byte({column.column}, 0) <> :newest"  # noqa: S608
    )
    async with sessions() as db:
        return await db.scalar(counted, {"newest": newest}) or 0


async def under_key(sessions: async_sessionmaker[AsyncSession], key_id: int) -> int:
    """How many values of all columns are under one key; while there are any, it must not be dropped."""
    total = 0
    async with sessions() as db:
        for column in SEALED_COLUMNS:
            counted = text(
                f"SELECT count(*) FROM {column.table} WHERE get_byte({column.column}, 0) = :key"  # noqa: S608
            )
            total += await db.scalar(counted, {"key": key_id}) or 0
    return total


def _again(vault: Vault, context: str, sealed: bytes) -> bytes | None:
    try:
        return vault.seal_bytes(context, vault.open_bytes(context, sealed))
    except SealBroken:
        return None


def _find(column: SealedColumn) -> TextClause:
    # Names come from the list above, not from outside.
    return text(
        f"SELECT {column.key}, {column.column} FROM {column.table} "  # noqa: S608
        f"WHERE (CAST(:last AS uuid) IS NULL OR {column.key} > :last) AND get_byte({column.column}, 0) <> :newest "
        f"ORDER BY {column.key} LIMIT :batch"
    ).bindparams(bindparam("last", type_=Uuid))


def _change(column: SealedColumn) -> TextClause:
    """Only where the value is still the one that was read: a change made meanwhile stands."""
    return text(
        f"UPDATE {column.table} AS kept SET {column.column} = fresh.after "  # noqa: S608
        "FROM unnest(CAST(:keys AS uuid[]), CAST(:before AS bytea[]), CAST(:after AS bytea[])) "
        f"AS fresh (key, before, after) WHERE kept.{column.key} = fresh.key AND kept.{column.column} = fresh.before "
        "RETURNING 1"
    ).bindparams(
        bindparam("keys", type_=ARRAY(Uuid)),
        bindparam("before", type_=ARRAY(LargeBinary)),
        bindparam("after", type_=ARRAY(LargeBinary)),
    )

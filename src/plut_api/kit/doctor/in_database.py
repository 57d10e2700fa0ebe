"""What is unsafe in the database that the application signs in to. Tables are named in SQL: kit imports no room."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from plut_api.kit.doctor.findings import Finding, severe, warning
from plut_api.kit.migrations import head
from plut_api.kit.restoring import is_of_another_cluster
from plut_api.kit.walls import role_findings

_OLDEST_SIGNING_KEY_DAYS = 100
_SLOWEST_WORKER_MINUTES = 15


@dataclass(frozen=True)
class Expected:
    """What only rooms know: tables behind row security, and the roles of staff who sign in with a second factor."""

    walled_tables: Collection[str]
    totp_roles: Collection[str]


async def database_findings(engine: AsyncEngine, expected: Expected) -> list[Finding]:
    """Every finding, the order that of the checks. Raises what connecting raises."""
    found = [
        severe("database_role", words, "Have plut migrate make a role for the application, and sign in by it.")
        for words in await role_findings(engine)
    ]
    async with engine.connect() as connection:
        revisions = [finding async for finding in _revision(connection)]
        found += revisions
        checks = _BEFORE_MIGRATION if revisions else CHECKS
        for check in checks:
            found += [finding async for finding in check(connection, expected)]
    return found


async def _revision(connection: AsyncConnection) -> AsyncIterator[Finding]:
    there = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    current = await connection.scalar(text("SELECT max(version_num) FROM alembic_version")) if there else None
    if current != head():
        yield severe(
            "not_migrated",
            f"The database stands at {current or 'no migration'}, this release needs {head()}.",
            "Run: plut migrate",
        )


async def _server(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = """
        SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AS durable,
            current_setting('password_encryption') AS passwords,
            inet_client_addr() IS NULL OR inet_client_addr() = inet_server_addr()
                OR coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS private
    """
    row = (await connection.execute(text(query))).one()
    if not row.durable:
        yield severe("not_durable", "The database loses data in a crash.", "Set fsync and full_page_writes to on.")
    if row.passwords != "scram-sha-256":
        yield warning("weak_passwords", "The database keeps passwords as MD5.", "password_encryption = scram-sha-256")
    if not row.private:
        yield warning(
            "database_in_the_clear",
            "What is said to the database crosses a network unencrypted.",
            "Switch TLS on at the server, and add ?sslmode=verify-full to its addresses.",
        )


async def _origin(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    if await is_of_another_cluster(connection):
        yield severe(
            "restored_elsewhere",
            "The database was restored from another cluster: what changed there would be told with every pull.",
            "Run: plut migrate",
        )


async def _walls(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = """
        SELECT relname FROM pg_class WHERE relname = ANY (:tables) AND relkind IN ('r', 'p') AND NOT relrowsecurity
            AND relnamespace = CAST(current_schema() AS regnamespace) ORDER BY relname
    """
    bare = list(await connection.scalars(text(query), {"tables": list(expected.walled_tables)}))
    if bare:
        yield severe("walls_down", f"Row security is off: {', '.join(bare)}.", "Run: plut migrate")


async def _staff(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = """
        SELECT count(*) FROM accounts WHERE kind = 'staff' AND is_active AND role = ANY (:roles) AND NOT EXISTS (
            SELECT FROM totp_secrets t WHERE t.account_id = accounts.id AND t.confirmed_at IS NOT NULL)
    """
    count = await connection.scalar(text(query), {"roles": list(expected.totp_roles)})
    if count:
        yield warning(
            "staff_without_totp",
            f"{count} active members of staff who see personal data have no authenticator.",
            "Have them sign in and set one up, or switch the accounts off.",
        )


async def _clients(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = "SELECT count(*) FROM clients WHERE is_active AND profile = 'bank' AND auth_method = 'secret'"
    if count := await connection.scalar(text(query)):
        yield warning(
            "bank_secrets",
            f"{count} active machine clients of banks have a secret, by which production lets no bank sign in.",
            "Give them a key: plut client create --jwks or --jwks-url.",
        )


async def _signing_key(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = """
        SELECT CAST(extract(day FROM now() - max(signs_from)) AS int) FROM signing_keys
        WHERE retired_at IS NULL AND signs_from <= now()
    """
    days = await connection.scalar(text(query))
    if days is not None and days > _OLDEST_SIGNING_KEY_DAYS:
        yield warning("old_signing_key", f"Access tokens are signed by a key of {days} days.", "Run: plut keys rotate")


async def _audit(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = """
        SELECT EXISTS (SELECT FROM audit_entries e WHERE occurred_at < now() - interval '1 hour'
            AND xid >= coalesce((SELECT horizon FROM audit_seals ORDER BY number DESC LIMIT 1), xid8 '0')
            AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = e.id))
    """
    if await connection.scalar(text(query)):
        yield warning(
            "audit_unsealed",
            "Entries of the audit log older than an hour are not sealed: they could be changed unnoticed.",
            "Let the worker run; plut audit verify looks at what is sealed.",
        )


async def _worker(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = """
        SELECT EXISTS (SELECT FROM events WHERE position IS NULL
            AND occurred_at < now() - make_interval(mins => :minutes))
    """
    if await connection.scalar(text(query), {"minutes": _SLOWEST_WORKER_MINUTES}):
        yield warning(
            "worker_behind",
            f"Events have waited for more than {_SLOWEST_WORKER_MINUTES} minutes: withdrawn consents reach no bank.",
            "Let the worker run.",
        )


async def _data_requests(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = "SELECT count(*) FROM data_requests WHERE state IN ('open', 'in_progress') AND due_at < now()"
    if count := await connection.scalar(text(query)):
        yield warning(
            "data_requests_overdue",
            f"{count} requests of people about their data are over the law's time.",
            "The Dinas answers them at /v1/data-requests.",
        )


async def _sample(connection: AsyncConnection, expected: Expected) -> AsyncIterator[Finding]:
    query = "SELECT count(*) FROM accounts WHERE kind = 'staff' AND is_active AND email LIKE '%.example'"
    if count := await connection.scalar(text(query)):
        yield warning(
            "sample_accounts",
            f"{count} invented members of staff may sign in.",
            "Keep the sample out of a database for real data, or switch them off.",
        )


Check = Callable[[AsyncConnection, Expected], AsyncIterator[Finding]]
_BEFORE_MIGRATION: Sequence[Check] = (_server,)
CHECKS: Sequence[Check] = (
    _server,
    _origin,
    _walls,
    _staff,
    _clients,
    _signing_key,
    _audit,
    _worker,
    _data_requests,
    _sample,
)

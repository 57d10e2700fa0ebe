"""What each rule of semgrep.yaml finds, and what it lets pass. Nothing here runs."""

import datetime
import hmac
import time
from datetime import date

import asyncpg
import jwt
import structlog
import typer

# ruleid: http-client-elsewhere
import httpx
# ruleid: http-client-elsewhere
import urllib.request
# ok: http-client-elsewhere
from urllib.parse import urlsplit
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

log = structlog.get_logger()
LIMIT = 3


async def sql(db, name):
    # ruleid: sql-from-words
    await db.execute(text(f"SELECT * FROM people WHERE name = '{name}'"))
    # ruleid: sql-from-words
    await db.execute(text("SELECT * FROM people WHERE name = " + name))
    # ruleid: sql-from-words
    db.exec_driver_sql(f"DROP TABLE {name}")
    # ok: sql-from-words
    await db.execute(text(f"SET LOCAL pg_trgm.similarity_threshold = {LIMIT}"))
    # ok: sql-from-words
    await db.execute(text("SELECT * FROM people WHERE name = :name"), {"name": name})


async def commits(db, session):
    # ruleid: commit-outside-the-edge
    await db.commit()
    # ruleid: commit-outside-the-edge
    await session.rollback()
    # ok: commit-outside-the-edge
    await db.flush()


def opens(row):
    # ruleid: opened-elsewhere
    vault().open("people.nik", row.nik_sealed)
    # ok: opened-elsewhere
    vault().seal("people.nik", "5271")


def logs(person, token):
    # ruleid: personal-words-in-logs
    log.info("found", phone=person.phone)
    # ruleid: personal-words-in-logs
    log.warning("refused", token=token)
    # ok: personal-words-in-logs
    log.info("found", person=str(person.id))
    try:
        sql(None, None)
    except ValueError as error:
        # ruleid: words-of-errors-in-logs
        log.error("failed", error=str(error))
        # ruleid: words-of-errors-in-logs
        log.exception("failed")
        # ruleid: words-of-errors-in-logs
        log.error("failed", exc_info=True)
        # ok: words-of-errors-in-logs
        log.error("failed", error=type(error).__name__, id=str(person.id))


def compares(given, client, column):
    # ruleid: secret-compared-in-plain
    if given == client.secret_hash:
        return True
    # ruleid: secret-compared-in-plain
    if client.secret.get_secret_value() == given:
        return True
    # ok: secret-compared-in-plain
    if client.secret_hash is None:
        return False
    # ok: secret-compared-in-plain
    select(column).where(column.token_hash == given)
    # ok: secret-compared-in-plain
    return hmac.compare_digest(given, client.secret_hash)


async def roles(db):
    # ruleid: role-switched-elsewhere
    await db.execute(text("SET LOCAL ROLE plut_owner"))
    # ruleid: role-switched-elsewhere
    await db.execute(text("SET session_replication_role = replica"))
    # ok: role-switched-elsewhere
    await db.execute(text("SELECT role FROM accounts"))


def clocks():
    # ruleid: clock-elsewhere
    datetime.datetime.now()
    # ruleid: clock-elsewhere
    date.today()
    # ruleid: clock-elsewhere
    time.time()
    # ok: clock-elsewhere
    return time.monotonic()


async def connections(url):
    # ruleid: connection-past-the-walls
    await asyncpg.connect(url)
    # ruleid: connection-past-the-walls
    create_async_engine(url)
    # ok: connection-past-the-walls
    walled(url)


def refusals():
    # ruleid: untyped-refusal
    raise HTTPException(404, "not here")


def typed_refusals():
    # ok: untyped-refusal
    raise PersonNotFound()


def addresses(request):
    # ruleid: forwarded-address-believed
    request.headers.get("X-Forwarded-For")
    # ruleid: forwarded-address-believed
    request.client.host
    # ok: forwarded-address-believed
    request.headers.get("accept")


def tokens(token, key):
    # ruleid: token-without-algorithms
    jwt.decode(token, key)
    # ok: token-without-algorithms
    jwt.decode(token, key, algorithms=["ES256"])


def told(settings):
    # ruleid: secret-told
    typer.echo(f"The key is {settings.master_key.get_secret_value()}")
    # ruleid: secret-told
    log.info("started", key=settings.master_key.get_secret_value())
    # ok: secret-told
    typer.echo(f"The key is set: {settings.master_key is not None}")

"""A database of its own for fuzzing, with a little of everything in it, and a token for every role."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.app import create_app
from plut_api.identity.policy import client_scopes_allowed
from plut_api.identity.tokens import issue_access_token
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.organizations.models import OrganizationKind
from plut_api.reference.loading import load_reference
from plut_api.settings import Settings
from plut_api.tables import METADATA
from tests.factories import ROLE_KIND, Make, caller_for

DATABASE = "plut_fuzz"


@dataclass(frozen=True)
class Prepared:
    """What fuzzing works on."""

    app: FastAPI
    tokens: dict[str, str]
    known_ids: dict[str, list[str]]


@pytest.fixture(scope="session")
def prepared(cluster: Cluster, settings: Settings) -> Prepared:
    """The application on the database for fuzzing; schemathesis starts it in a loop of its own."""
    cluster.ensure_database(DATABASE)
    url = cluster.url(DATABASE)
    own = settings.model_copy(update={"database_url": SecretStr(url), "access_token_seconds": 3600})
    upgrade(url)
    tokens, known_ids = asyncio.run(arrange(own))
    return Prepared(create_app(own), tokens, known_ids)


@pytest.fixture(scope="session")
def fuzz_app(prepared: Prepared) -> FastAPI:
    return prepared.app


@pytest.fixture(scope="session")
def tokens(prepared: Prepared) -> dict[str, str]:
    """Access tokens by role; `client` is the machine of a bank, and `anyone` has none."""
    return prepared.tokens


@pytest.fixture(scope="session")
def known_ids(prepared: Prepared) -> dict[str, list[str]]:
    """Identifiers that exist, by the name a parameter has for them: `actor_id`."""
    return prepared.known_ids


async def arrange(settings: Settings) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Fill the database; the tokens by role and the identifiers there are."""
    app = create_app(settings)
    try:
        async with unit_of_work(app.state.sessions) as db:
            await load_reference(db)
        callers = await invent(Make(app.state.sessions))
        async with unit_of_work(app.state.sessions) as db:
            tokens = {name: await issue_access_token(db, settings, caller) for name, caller in callers.items()}
            return tokens, await existing(db)
    finally:
        await app.state.engine.dispose()


async def invent(make: Make) -> dict[str, Caller]:
    """A small world around one person and one bank, and who can call in it."""
    bank = await make.bank()
    person = await make.person()
    actor = await make.actor(person)
    await make.figure(actor)
    await make.consent(actor, bank)
    await make.actor()
    await make.evidence(await make.outcome(await make.enrolment(person=person, actor=actor)))
    await make.program()
    await make.cooperative()
    client = await make.client(bank, *client_scopes_allowed(OrganizationKind.bank))
    staff = {role.value: await make.staff(role, bank if role is Role.bank else None) for role in ROLE_KIND}
    callers = {name: caller_for(account) for name, account in staff.items()}
    return callers | {"person": caller_for(person), "client": caller_for(client)}


async def existing(db: AsyncSession) -> dict[str, list[str]]:
    """Some identifiers of every table, by the name of a reference to it."""
    found: dict[str, list[str]] = {}
    for table in METADATA.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, Uuid):
            ids: list[UUID] = list(await db.scalars(select(table.c.id).order_by(table.c.id).limit(20)))
            for name in references_to(table.name):
                found.setdefault(name, []).extend(str(known) for known in ids)
    return found


def references_to(table: str) -> set[str]:
    """The names that a reference to a row goes by: `training_session_id` and `session_id` for `training_sessions`."""
    one = "person" if table == "people" else f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")
    return {f"{one}_id", f"{one.rpartition('_')[2]}_id"}

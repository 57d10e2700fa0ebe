"""A database of its own for fuzzing, with a little of everything in it, and a token for every role."""

import asyncio
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.app import create_app
from plut_api.financing.rules.loading import load_rule_sets
from plut_api.identity.models import Client
from plut_api.identity.tokens import issue_access_token
from plut_api.kit.caller import Caller
from plut_api.kit.database import unit_of_work
from plut_api.kit.migrations import upgrade
from plut_api.kit.postgres import Cluster
from plut_api.organizations.models import OrganizationKind
from plut_api.reference.loading import load_reference
from plut_api.settings import Settings
from plut_api.tables import METADATA
from tests.access.world import World
from tests.contract.fuzzing import Foreign
from tests.factories import Make, caller_for

DATABASE = "plut_fuzz"
COMMON = {"disability", "birth_date", "sales"}
"""Kinds of words that chance, or the list of what is allowed, can put into an answer."""
PUBLIC = {
    *("program", "session", "cooperative", "consultant", "bank_machine", "facility", "room", "equipment"),
    *("waited_program", "coming_session", "trainer", "financing_product", "cooperative_outlets"),
}
"""Kinds of rows that anyone may read."""


@dataclass(frozen=True)
class Prepared:
    """What fuzzing works on."""

    app: FastAPI
    tokens: dict[str, str]
    """Access tokens by role; `client` is the machine of a bank, and `anyone` has none."""
    known_ids: dict[str, list[str]]
    """Identifiers that exist, by the name a parameter has for them: `actor_id`."""
    foreign: Foreign


@pytest.fixture(scope="session")
def prepared(cluster: Cluster, settings: Settings) -> Prepared:
    """The application on the database for fuzzing; schemathesis starts it in a loop of its own."""
    cluster.ensure_database(DATABASE)
    url = cluster.app_url(DATABASE)
    own = settings.model_copy(update={"database_url": SecretStr(url), "access_token_seconds": 3600})
    upgrade(cluster.url(DATABASE), app_url=url)
    return Prepared(create_app(own), *asyncio.run(arrange(own)))


@pytest.fixture(scope="session")
def fuzz_app(prepared: Prepared) -> FastAPI:
    return prepared.app


async def arrange(settings: Settings) -> tuple[dict[str, str], dict[str, list[str]], Foreign]:
    """Fill the database; the tokens by role, the identifiers there are, and what is foreign to those who call."""
    app = create_app(settings)
    try:
        async with unit_of_work(app.state.sessions) as db:
            await load_reference(db)
            await load_rule_sets(db)
        world = await World(app, Make(app.state.sessions)).build()
        async with unit_of_work(app.state.sessions) as db:
            tokens = {name: await issue_access_token(db, settings, who) for name, who in callers(world).items()}
            return tokens, await existing(db), foreign(world)
    finally:
        await app.state.engine.dispose()


def callers(world: World) -> dict[str, Caller]:
    """Who calls: those of one side of the world, and those of neither."""
    own = world.sides["own"]
    staff = {"dinas": world.dinas, "consultant": own.consultant, "opd": own.officer, "bank": own.teller}
    staff |= {"ojk": world.ojk, "partner": world.partner}
    people = {"person": own.person, "manager": own.keeper}
    return {name: caller_for(who) for name, who in (staff | people).items()} | {
        "client": caller_for(cast("Client", own.rows["bank_machine"]), OrganizationKind.bank)
    }


def foreign(world: World) -> Foreign:
    """All that would tell somebody of the other side, and its rows that are not public."""
    other = world.sides["other"]
    words = {kind: word for kind, word in other.markers.items() if kind not in COMMON}
    return Foreign(words, {kind: str(other.id(kind)) for kind in other.rows if kind not in PUBLIC})


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

"""The second wall: what a query that forgets its filter gives to a bank, an OPD, OJK or a partner."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Request
from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, AnnualFigure, Consent, Ownership, Person
from plut_api.financing.models import ReadyRow, Referral, ReferralState, ReferralTransition
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Role
from plut_api.kit.database import get_session, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import defer
from plut_api.kit.walls import ASKING, wall_of, walled
from plut_api.organizations.models import Organization
from plut_api.outcomes.models import Evidence, Outcome
from plut_api.programs.models import Enrolment, Program, ProgramHost
from tests.factories import Make, caller_for

Sessions = async_sessionmaker[AsyncSession]
WALLED_ROLES = (Role.bank, Role.opd, Role.ojk, Role.partner)


@dataclass
class World:
    """Two people with a business each, in a programme of an OPD each, and a bank that the first one may meet."""

    bank: Organization
    other_bank: Organization
    opd: Organization
    people: list[Person]
    actors: list[Actor]
    enrolments: list[Enrolment]


@pytest.fixture
async def world(make: Make) -> World:
    bank, other_bank = await make.bank(), await make.bank()
    opds = [await make.organization(), await make.organization()]
    people = [await make.person(), await make.person()]
    actors = [await make.actor(person) for person in people]
    enrolments = []
    for opd, person, actor in zip(opds, people, actors, strict=True):
        await make.figure(actor)
        enrolment = await make.enrolment(await make.program(opd), person, actor)
        await make.evidence(await make.outcome(enrolment, baseline_level=1, target_level=3))
        enrolments.append(enrolment)
    await make.add(
        *(
            ReadyRow(
                actor_id=actor.id,
                regency_code="52.71",
                size_class="micro",
                kbli_code="10794",
                masked="{}",
                identified=f'{{"name": "{actor.name}"}}',
                confirmed_at=clock.now(),
                expires_at=clock.now().replace(year=clock.now().year + 1),
            )
            for actor in actors
        )
    )
    return World(bank, other_bank, opds[0], people, actors, enrolments)


@asynccontextmanager
async def request_of(app: FastAPI, caller: Caller | None, path: str = "/v1/anything") -> AsyncIterator[AsyncSession]:
    """The session that a request of this caller gets, committed at the end."""
    state = {"caller": caller} if caller else {}
    request = Request({"type": "http", "app": app, "state": state, "path": path, "headers": []})
    async with asynccontextmanager(get_session)(request) as db:
        yield db


async def officer(make: Make, role: Role, organization: Organization | None = None) -> Caller:
    return caller_for(await make.staff(role, organization))


async def seen(app: FastAPI, caller: Caller, table: Table | type[Any]) -> int:
    """How many rows a query without any filter finds."""
    async with request_of(app, caller) as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


def referral(actor: Actor, bank: Organization, state: ReferralState = ReferralState.submitted) -> Referral:
    return Referral(
        actor_id=actor.id,
        bank_id=bank.id,
        amount_idr=10_000_000,
        tenor_months=12,
        purpose="Mesin",
        state=state,
        made_by=new_id(),
    )


@pytest.mark.parametrize("role", WALLED_ROLES)
@pytest.mark.parametrize(
    "model", [Person, Actor, Ownership, AnnualFigure, Enrolment, Outcome, Evidence, Consent, Referral]
)
async def test_a_forgotten_filter_shows_a_stranger_nothing(
    app: FastAPI, make: Make, world: World, role: Role, model: type[Any]
) -> None:
    await make.consent(world.actors[0], world.other_bank)
    await make.add(referral(world.actors[0], world.other_bank))
    stranger = await officer(make, role)

    assert await seen(app, stranger, model) == 0


async def test_a_bank_sees_who_consented_to_it_and_nobody_else(
    app: FastAPI, make: Make, world: World, sessions: Sessions
) -> None:
    bank = await officer(make, Role.bank, world.bank)
    consent = await make.consent(world.actors[0], world.bank)

    async with request_of(app, bank) as db:
        people, actors = list(await db.scalars(select(Person.id))), list(await db.scalars(select(Actor.id)))
        figures = list(await db.scalars(select(AnnualFigure.actor_id)))
    async with unit_of_work(sessions) as db:
        await db.execute(update(Consent).where(Consent.id == consent.id).values(withdrawn_at=func.now()))

    assert (people, actors, figures) == ([world.people[0].id], [world.actors[0].id], [world.actors[0].id])
    assert [await seen(app, bank, model) for model in (Person, Actor, AnnualFigure)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("state", "expected"), [(ReferralState.submitted, 1), (ReferralState.draft, 0), (ReferralState.rejected, 0)]
)
async def test_a_bank_sees_whose_request_lies_with_it_while_it_is_open(
    app: FastAPI, make: Make, world: World, state: ReferralState, expected: int
) -> None:
    await make.add(referral(world.actors[1], world.bank, state))
    bank = await officer(make, Role.bank, world.bank)

    assert await seen(app, bank, Person) == expected
    assert await seen(app, bank, Referral) == int(state is not ReferralState.draft)


async def test_a_consent_that_has_run_out_shows_nobody(app: FastAPI, make: Make, world: World) -> None:
    past = clock.now().replace(year=clock.now().year - 1)
    await make.consent(world.actors[0], world.bank, given_at=past.replace(year=past.year - 1), expires_at=past)

    assert await seen(app, await officer(make, Role.bank, world.bank), Person) == 0


@pytest.mark.parametrize("model", [Person, Actor, Ownership, Enrolment, Outcome, Evidence])
async def test_an_opd_sees_its_own_participants(app: FastAPI, make: Make, world: World, model: type[Any]) -> None:
    assert await seen(app, await officer(make, Role.opd, world.opd), model) == 1


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_co_host_sees_the_participants_once_it_has_accepted(
    app: FastAPI, make: Make, world: World, accepted: bool
) -> None:
    guest = await make.organization()
    when = {"accepted_at": clock.now(), "accepted_by": new_id()} if accepted else {}
    program_id = world.enrolments[0].program_id
    await make.add(ProgramHost(program_id=program_id, organization_id=guest.id, added_by=new_id(), **when))
    caller = await officer(make, Role.opd, guest)

    assert [await seen(app, caller, model) for model in (Enrolment, Person, Outcome)] == [int(accepted)] * 3


async def test_a_seat_given_back_takes_the_person_from_the_opds_view(
    app: FastAPI, make: Make, world: World, sessions: Sessions
) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(update(Enrolment).values(state="withdrawn"))

    assert await seen(app, await officer(make, Role.opd, world.opd), Person) == 0


async def test_an_opd_sees_no_figures_and_no_consents(app: FastAPI, make: Make, world: World) -> None:
    await make.consent(world.actors[0], world.bank)
    opd = await officer(make, Role.opd, world.opd)

    assert [await seen(app, opd, model) for model in (AnnualFigure, Consent)] == [0, 0]


async def test_staff_of_plut_and_people_are_not_held_back(app: FastAPI, make: Make, world: World) -> None:
    for caller in (await officer(make, Role.dinas), await officer(make, Role.consultant), caller_for(world.people[0])):
        assert wall_of(caller) is None
        assert await seen(app, caller, Person) == 2


async def test_what_belongs_to_another_is_neither_changed_nor_added_to(
    app: FastAPI, make: Make, world: World, sessions: Sessions
) -> None:
    foreign = referral(world.actors[0], world.other_bank)
    await make.add(foreign)
    bank = await officer(make, Role.bank, world.bank)
    move = insert(ReferralTransition).values(
        id=new_id(), referral_id=foreign.id, to_state="approved", caller_id=bank.id, caller_role="bank"
    )

    async with request_of(app, bank) as db:
        await db.execute(update(Referral).values(purpose="dirampas"))
        await db.execute(update(Consent).values(withdrawn_at=func.now()))
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with request_of(app, bank) as db:
            await db.execute(move)

    async with sessions() as db:
        assert await db.scalar(select(Referral.purpose)) == "Mesin"


async def test_an_officer_changes_the_own_account_and_no_colleagues(app: FastAPI, make: Make, world: World) -> None:
    account, colleague = await make.staff(Role.bank, world.bank), await make.staff(Role.bank, world.bank)

    async with request_of(app, caller_for(account)) as db:
        changed = await db.scalars(update(Account).values(name="Nama Baru").returning(Account.id))
        read = await db.scalars(select(Account.id))

        assert list(changed) == [account.id]
        assert set(read) == {account.id, colleague.id}


async def test_the_wall_falls_with_its_transaction(app: FastAPI, make: Make, world: World) -> None:
    bank = await officer(make, Role.bank, world.bank)
    asked = text("SELECT current_user, coalesce(current_setting('plut.organization', true), ''), pg_backend_pid()")

    async with request_of(app, bank) as db:
        user, organization, process = (await db.execute(asked)).one()
    async with walled(app.state.hot_engine, bank) as connection:
        walled_user = (await connection.execute(asked)).one()[0]
    rows = []
    for _ in range(app.state.settings.database_pool + 1):
        async with request_of(app, None) as db:
            rows.append((await db.execute(asked)).one())

    assert (user, walled_user, organization) == ("plut_app_bank", "plut_app_bank", str(world.bank.id))
    assert {row[:2] for row in rows} == {("plut_app", "")}
    assert process in {row[2] for row in rows}, "the same connection served both"


async def test_who_asks_for_a_token_is_not_held_behind_the_bearers_wall(app: FastAPI, make: Make, world: World) -> None:
    async with request_of(app, await officer(make, Role.ojk), path="/oauth/token") as db:
        assert await db.scalar(select(func.count()).select_from(Person)) == 2


async def test_a_savepoint_keeps_the_wall(app: FastAPI, make: Make, world: World) -> None:
    async with request_of(app, await officer(make, Role.ojk)) as db:
        async with db.begin_nested():
            assert await db.scalar(select(func.count()).select_from(Person)) == 0
        assert await db.scalar(text("SELECT current_user")) == "plut_app_outsider"


async def test_an_error_behind_the_wall_of_a_connection_leaves_nothing_to_the_next(
    app: FastAPI, make: Make, world: World
) -> None:
    bank = await officer(make, Role.bank, world.bank)
    standing = text("SELECT current_user, pg_current_xact_id_if_assigned()::text")

    async def ask() -> None:
        async with walled(app.state.hot_engine, bank) as connection:
            await connection.execute(text("SELECT * FROM ready_rows"))

    with pytest.raises(ProgrammingError, match="permission denied"):
        await ask()
    after = []
    for _ in range(app.state.settings.database_pool + 1):
        async with app.state.hot_engine.connect() as connection:
            after.append((await connection.execute(standing)).one())

    assert {tuple(row) for row in after} == {("plut_app", None)}


async def test_who_is_interrupted_behind_a_wall_leaves_nothing_to_the_next(
    app: FastAPI, make: Make, world: World
) -> None:
    bank = await officer(make, Role.bank, world.bank)
    standing = text("SELECT current_user, pg_current_xact_id_if_assigned()::text")

    async def linger() -> None:
        async with walled(app.state.hot_engine, bank) as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(linger(), 0.2)

    async with app.state.hot_engine.connect() as connection:
        assert (await connection.execute(standing)).one() == ("plut_app", None)


@pytest.mark.parametrize("view", ["ready_list", "ready_list_whole"])
async def test_the_ready_list_identifies_only_for_the_bank_that_may_know(
    app: FastAPI, make: Make, world: World, view: str
) -> None:
    await make.consent(world.actors[0], world.bank)
    named = text(f"SELECT actor_id FROM {view} WHERE identified IS NOT NULL")
    known = {}

    for organization in (world.bank, world.other_bank):
        async with walled(app.state.hot_engine, await officer(make, Role.bank, organization)) as connection:
            assert await connection.scalar(text(f"SELECT count(*) FROM {view}")) == 2
            known[organization.id] = list((await connection.execute(named)).scalars())
    async with app.state.hot_engine.connect() as connection:
        unasked = list((await connection.execute(named)).scalars())

    assert known == {world.bank.id: [world.actors[0].id], world.other_bank.id: []}
    assert unasked == []


async def test_a_hot_statement_may_name_its_bank_without_a_transaction(app: FastAPI, make: Make, world: World) -> None:
    await make.consent(world.actors[0], world.bank)
    query = text(
        f"WITH asked AS MATERIALIZED ({ASKING}), page AS ("
        "SELECT l.actor_id, l.identified FROM asked CROSS JOIN ready_list l WHERE l.regency_code = '52.71' LIMIT 10"
        ") SELECT actor_id FROM page WHERE identified IS NOT NULL"
    )

    async with app.state.hot_engine.connect() as connection:
        found: list[list[UUID]] = [
            list((await connection.execute(query, {"bank": bank.id})).scalars())
            for bank in (world.other_bank, world.bank, world.other_bank)
        ]
        assert await connection.scalar(text("SELECT current_setting('plut.organization', true)")) == ""

    assert found == [[], [world.actors[0].id], []]


@pytest.mark.parametrize("role", WALLED_ROLES)
async def test_work_can_be_queued_from_behind_a_wall(app: FastAPI, make: Make, sessions: Sessions, role: Role) -> None:
    async with request_of(app, await officer(make, role)) as db:
        await defer(db, "plut:kit.tidy", timestamp=0)

    async with sessions() as db:
        assert await db.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


async def test_own_programmes_can_be_run_from_behind_the_wall(app: FastAPI, make: Make, world: World) -> None:
    opd = await officer(make, Role.opd, world.opd)

    async with request_of(app, opd) as db:
        locked = await db.scalars(
            select(Program.id).where(Program.organization_id == world.opd.id).with_for_update(key_share=True)
        )
        moved = await db.scalars(update(Enrolment).values(version=Enrolment.version + 1).returning(Enrolment.id))

        assert len(locked.all()) == 1
        assert list(moved) == [world.enrolments[0].id]

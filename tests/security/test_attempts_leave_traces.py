"""Whoever tries what is not theirs is on file: sign-ins, refusals, and a walk through ids of somebody else."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select

from plut_api.kit.audit.models import Action, AuditEntry
from plut_api.kit.ids import new_id
from tests.access.world import World
from tests.identity.signing_in import PASSWORD, token

FAR_MORE_THAN_A_PERSON_ASKS = 200


async def test_every_sign_in_is_on_file_and_every_one_that_fails(world: World, app: FastAPI) -> None:
    phone = world.sides["own"].markers["phone"]
    failed = await token(world.api, grant_type="urn:plut:grant:otp", phone=phone, code="000000")
    guessed = await token(world.api, grant_type=PASSWORD, email="siapa@contoh.example", password="bukan sandi ini")
    good = await token(
        world.api,
        grant_type="client_credentials",
        client_id=str(world.machine.id),
        client_secret="an-invented-client-secret",
    )

    entries = await _entries(world, operation="createToken")

    assert (failed.status_code, guessed.status_code, good.status_code) == (400, 400, 200)
    assert sum(_times(entry) for entry in entries if entry.action == Action.sign_in_failed) >= 2
    assert [entry.caller_id for entry in entries if entry.action == Action.signed_in] == [world.machine.id]
    assert all(entry.network for entry in entries)
    assert phone not in str([(entry.before, entry.after, entry.network) for entry in entries])


async def test_a_refusal_is_on_file_with_who_asked_for_what(world: World) -> None:
    own, other = world.sides["own"], world.sides["other"]
    not_theirs = await world.api.as_(own.consultant).get(f"/v1/people/{other.person.id}")
    not_their_role = await world.api.as_(own.teller).get("/v1/people")

    entries = [entry for entry in await _entries(world) if entry.action == Action.refused]
    told = {(entry.caller_id, entry.operation, entry.role) for entry in entries}

    assert (not_theirs.status_code, not_their_role.status_code) == (404, 403)
    assert (own.consultant.id, "getPerson", "consultant") in told
    assert (own.teller.id, "listPeople", "bank") in told
    assert other.person.id in {id_ for entry in entries for id_ in entry.object_ids}


async def test_a_walk_through_foreign_ids_is_on_file(world: World) -> None:
    bank = world.sides["other"].teller
    ids = [new_id() for _ in range(FAR_MORE_THAN_A_PERSON_ASKS)]

    for id_ in ids:
        await world.api.as_(bank).get(f"/v1/financing/referrals/{id_}")
    entries = await _entries(world, operation="getReferral", caller_id=bank.id)
    read = await world.api.as_(world.dinas).get("/v1/audit-log", caller=str(bank.id), action="refused")

    assert {entry.action for entry in entries} == {Action.refused}
    assert {id_ for entry in entries for id_ in entry.object_ids} == set(ids)
    assert sum(_times(entry) for entry in entries) == len(ids)
    assert {entry.organization_id for entry in entries} == {bank.organization_id}
    assert {row["operation"] for row in read.json()["data"]} == {"getReferral"}


async def _entries(world: World, **wanted: str | UUID) -> Sequence[AuditEntry]:
    """What the audit log holds, once all that waited is written."""
    await world.app.state.audit.settle()
    async with world.sessions() as db:
        return (await db.scalars(select(AuditEntry).filter_by(**wanted).order_by(AuditEntry.id))).all()


def _times(entry: AuditEntry) -> int:
    return int((entry.after or {}).get("times", 1))

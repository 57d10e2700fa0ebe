"""Somebody who owns the database tampers with the audit log: `plut audit verify` finds it and names the entry."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli.audit import register
from plut_api.kit.audit.models import AuditEntry, AuditLink, AuditSeal
from plut_api.kit.audit.sealing import COLUMNS, ENTRIES, digest_of, seal, seal_digest
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization, OrganizationKind
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import Make

plut = Plut(register)
Sessions = async_sessionmaker[AsyncSession]


async def verified(*arguments: str) -> list[dict[str, Any]]:
    """What `plut audit verify` finds; its exit code says whether there is anything."""
    answer = await plut("audit", "verify", "--json", *arguments)
    findings: list[dict[str, Any]] = json.loads(answer.stdout)["findings"]
    assert answer.exit_code == (1 if findings else 0), answer.output
    return findings


async def sealed(sessions: Sessions) -> int:
    async with unit_of_work(sessions) as db:
        return await seal(db)


async def tamper(owning: Sessions, statement: str, **values: Any) -> None:
    """As the owner can who switches the triggers off."""
    async with unit_of_work(owning) as db:
        await db.execute(text("SET LOCAL session_replication_role = replica"))
        await db.execute(text(statement), values)


@pytest.fixture
async def history(api: Api, make: Make, sessions: Sessions) -> list[UUID]:
    """Three seals over a day's work; the entries, oldest first."""
    dinas = api.as_(await make.staff(Role.dinas))
    for _ in range(3):
        person = await make.person()
        await dinas.get(f"/v1/people/{person.id}")
        assert await sealed(sessions) > 0
    async with sessions() as db:
        ids = list(await db.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
        assert await db.scalar(select(text("count(*)")).select_from(AuditSeal)) == 3
    return ids


async def test_a_log_that_nobody_touched_is_as_sealed(history: list[UUID]) -> None:
    assert await verified() == []
    assert "as sealed" in (await plut("audit", "verify")).stdout


async def test_a_changed_entry_is_named_with_its_seal(owning: Sessions, history: list[UUID]) -> None:
    victim = history[4]
    await tamper(owning, "UPDATE audit_entries SET caller_id = gen_random_uuid() WHERE id = :id", id=victim)

    (finding,) = await verified()

    assert (finding["kind"], finding["entry"]) == ("entry_changed", str(victim))
    assert finding["seal"] in (1, 2, 3)
    assert (await plut("audit", "verify")).exit_code == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("occurred_at", "occurred_at + interval '1 microsecond'"),
        ("action", "'read '"),
        ("object_ids", "object_ids || gen_random_uuid()"),
        ("after", "coalesce(after, '{}') || '{\"x\": 1}'"),
        ("network", "NULL"),
        ("request_id", "gen_random_uuid()"),
    ],
)
async def test_no_column_can_be_changed_unseen(owning: Sessions, history: list[UUID], column: str, value: str) -> None:
    victim = history[-1]  # A read over HTTP, which has an address.
    await tamper(owning, f"UPDATE audit_entries SET {column} = {value} WHERE id = :id", id=victim)

    assert [(found["kind"], found["entry"]) for found in await verified()] == [("entry_changed", str(victim))]


async def test_a_removed_entry_is_named(owning: Sessions, history: list[UUID]) -> None:
    await tamper(owning, "DELETE FROM audit_entries WHERE id = :id", id=history[2])

    assert [(found["kind"], found["entry"]) for found in await verified()] == [("entry_removed", str(history[2]))]


async def test_an_entry_removed_with_its_link_leaves_a_gap(owning: Sessions, history: list[UUID]) -> None:
    await tamper(owning, "DELETE FROM audit_entries WHERE id = :id", id=history[1])
    await tamper(owning, "DELETE FROM audit_links WHERE entry_id = :id", id=history[1])

    (finding,) = await verified()

    assert (finding["kind"], finding["seal"]) == ("entry_removed", 1)
    assert "position 1" in finding["words"]


async def test_two_entries_that_change_places_are_named(owning: Sessions, history: list[UUID]) -> None:
    swap = """
        UPDATE audit_links a SET entry_id = b.entry_id, digest = b.digest FROM audit_links b
        WHERE a.seal_number = 1 AND b.seal_number = 1 AND a.position + b.position = 1 AND a.position < 2
    """
    await tamper(owning, "DROP INDEX uq_audit_links_entry_id")
    try:
        await tamper(owning, swap)
        found = await verified()
    finally:
        await tamper(owning, swap)
        await tamper(owning, "CREATE UNIQUE INDEX uq_audit_links_entry_id ON audit_links (entry_id)")

    assert {(finding["kind"], finding["entry"], finding["seal"]) for finding in found} == {
        ("entry_reordered", str(history[0]), 1),
        ("entry_reordered", str(history[1]), 1),
    }


async def test_an_entry_slipped_in_behind_the_sealer_is_named(owning: Sessions, history: list[UUID]) -> None:
    forged = await copied(owning, "'1 day'", xid="e.xid")

    assert [(found["kind"], found["entry"]) for found in await verified()] == [("entry_inserted", str(forged))]


async def test_an_entry_slipped_in_as_if_it_were_new_is_named_once_it_is_sealed(
    owning: Sessions, sessions: Sessions, history: list[UUID]
) -> None:
    forged = await copied(owning, "'1 day'", xid="pg_current_xact_id()")
    await sealed(sessions)

    assert [(found["kind"], found["entry"]) for found in await verified()] == [("entry_backdated", str(forged))]


async def copied(owning: Sessions, ago: str, xid: str) -> UUID:
    """An invented entry of some time ago."""
    columns = [column.name for column in ENTRIES.columns if column.name not in ("id", "occurred_at", "xid")]
    async with unit_of_work(owning) as db:
        query = f"""
            INSERT INTO audit_entries (id, occurred_at, xid, {", ".join(columns)})
            SELECT gen_random_uuid(), e.occurred_at - interval {ago}, {xid}, {", ".join(columns)}
            FROM audit_entries e ORDER BY id LIMIT 1 RETURNING id
        """
        forged = await db.scalar(text(query))
    assert isinstance(forged, UUID)
    return forged


async def test_a_chain_that_was_written_anew_is_found_by_its_anchors(
    owning: Sessions, history: list[UUID], tmp_path: Path
) -> None:
    kept = tmp_path / "anchors.jsonl"
    kept.write_text((await plut("audit", "anchors")).stdout)
    await tamper(owning, "UPDATE audit_entries SET caller_id = gen_random_uuid() WHERE id = :id", id=history[0])
    await rewritten(owning)

    assert await verified() == []
    found = await verified("--anchor", str(kept))
    assert [(finding["kind"], finding["seal"]) for finding in found] == [
        ("chain_rewritten", 1),
        ("chain_rewritten", 2),
        ("chain_rewritten", 3),
    ]


async def rewritten(owning: Sessions) -> None:
    """Every digest made anew, as somebody would who knows how."""
    async with unit_of_work(owning) as db:
        await db.execute(text("SET LOCAL session_replication_role = replica"))
        previous = bytes(32)
        for seal_row in (await db.scalars(select(AuditSeal).order_by(AuditSeal.number))).all():
            links = (
                await db.scalars(
                    select(AuditLink).where(AuditLink.seal_number == seal_row.number).order_by(AuditLink.position)
                )
            ).all()
            for link in links:
                row = (await db.execute(select(*COLUMNS).where(ENTRIES.c.id == link.entry_id))).one()
                link.digest = digest_of(row)
            seal_row.previous_digest = previous
            pairs = [(link.entry_id, link.digest) for link in links]
            seal_row.digest = previous = seal_digest(seal_row.number, previous, pairs)


async def test_a_seal_that_is_gone_is_missed(owning: Sessions, history: list[UUID], tmp_path: Path) -> None:
    kept = tmp_path / "anchors.jsonl"
    kept.write_text((await plut("audit", "anchors")).stdout)
    for statement in (
        "DELETE FROM audit_entries e USING audit_links l WHERE l.entry_id = e.id AND l.seal_number = 3",
        "DELETE FROM audit_links WHERE seal_number = 3",
        "DELETE FROM audit_seals WHERE number = 3",
    ):
        await tamper(owning, statement)

    found = await verified("--anchor", str(kept))

    assert [(finding["kind"], finding["seal"]) for finding in found] == [("seal_removed", 3)]


async def test_entries_of_a_transaction_that_ends_late_come_under_a_later_seal(sessions: Sessions) -> None:
    async with sessions() as slow, slow.begin():
        slow.add(Organization(code="SLOW", name="Lambat", kind=OrganizationKind.opd))
        await slow.flush()
        async with unit_of_work(sessions) as quick:
            quick.add(Organization(code="QUICK", name="Cepat", kind=OrganizationKind.opd))
        before = await sealed(sessions)
    after = await sealed(sessions)

    assert before + after == 2
    assert await sealed(sessions) == 0
    assert await verified() == []


async def test_after_a_restore_into_another_cluster_sealing_goes_on_and_nothing_looks_slipped_in(
    owning: Sessions, sessions: Sessions, make: Make
) -> None:
    await make.organization()
    await sealed(sessions)
    await make.organization()  # Not sealed yet when the copy was made.
    # In the other cluster the counter of transactions stands far below what the copy knows.
    await tamper(owning, "UPDATE audit_entries SET xid = (xid\\:\\:text\\:\\:bigint + 1000000)\\:\\:text\\:\\:xid8")
    await tamper(
        owning, "UPDATE audit_seals SET horizon = (horizon\\:\\:text\\:\\:bigint + 1000000)\\:\\:text\\:\\:xid8"
    )
    await make.organization()

    assert await verified() == []
    assert [await sealed(sessions), await sealed(sessions)] == [2, 0]
    await make.organization()
    assert [await sealed(sessions), await sealed(sessions)] == [1, 0]
    assert await verified() == []


async def test_of_two_sealers_at_once_one_seals_and_nothing_is_sealed_twice(sessions: Sessions, make: Make) -> None:
    for _ in range(20):
        await make.organization()

    counts = await asyncio.gather(*(sealed(sessions) for _ in range(4)))

    assert sum(counts) == 20
    assert await verified() == []


async def test_writers_do_not_wait_for_the_sealer(sessions: Sessions, make: Make) -> None:
    await make.organization()
    async with sessions() as sealer, sealer.begin():
        await seal(sealer)
        await asyncio.wait_for(make.organization(), timeout=5)

    assert await sealed(sessions) == 1
    assert await verified() == []


async def test_a_file_that_is_no_anchors_is_refused(tmp_path: Path, sessions: Sessions) -> None:
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"number": "one"}\n')

    answer = await plut("audit", "verify", "--anchor", str(wrong))

    assert answer.exit_code == 2

"""The accounts of two people who are one: one of them signs in from now on."""

from uuid import UUID

from sqlalchemy import select

from plut_api.actors.models import Person
from plut_api.identity.merging import join_messages
from plut_api.identity.models import Account
from plut_api.identity.refresh import end_sign_ins
from plut_api.identity.revocations import revoke_access
from plut_api.kit.merging import Merge, Of, merging, moves, rule, run, stays

moves("messages.recipient_id", of=Of.people)
stays("people.account_id", of=Of.accounts, why="joining the people themselves deals with it, see below")
stays("assignments.consultant_id", of=Of.accounts, why="of staff, who are not merged")

ACCOUNT_MOVES = rule(
    "account_moves",
    id="Akun data yang digabung menjadi akun orang ini.",
    en="The account of the merged record becomes this person's.",
)
ACCOUNT_ENDS = rule(
    "second_account_off",
    id="Akun data yang dipertahankan tetap; akun kedua dinonaktifkan dan nomornya tetap tercatat padanya.",
    en="The survivor's account stays; the second one is switched off, and its number stays on file with it.",
)


@merging(of=Of.people, columns=("people.account_id",), order=10)
async def join_accounts(merge: Merge) -> None:
    """The survivor's account stays. If only the merged person has one, it becomes the survivor's. If both have one, the
    merged one is switched off at once, keeps its number, and what hangs on it goes to the other; undoing restores it.
    """
    query = select(Person.id, Person.account_id).where(Person.id.in_((merge.survivor, merge.merged)))
    accounts: dict[UUID, UUID | None] = {row.id: row.account_id for row in await merge.db.execute(query)}
    survivor, merged = accounts[merge.survivor], accounts[merge.merged]
    if merged is None:
        return
    moved = ACCOUNT_MOVES if survivor is None else ACCOUNT_ENDS
    await merge.change("people", "t.id = :merged", {"account_id": "NULL"}, rule=moved)
    if survivor is None:
        taken = {"account_id": "CAST(:account AS uuid)"}
        await merge.change("people", "t.id = :survivor", taken, rule=moved, account=merged)
        return
    await _switch_off(merge, survivor, merged)


async def _switch_off(merge: Merge, survivor: UUID, merged: UUID) -> None:
    """Both accounts are locked in order of id, as whatever ends sign-ins has to."""
    both = select(Account.id).where(Account.id.in_((survivor, merged))).order_by(Account.id)
    await merge.db.execute(both.with_for_update())
    ended = {"is_active": "false", "merged_into": "CAST(:kept AS uuid)"}
    of_merged = "t.id = CAST(:account AS uuid)"
    await merge.change("accounts", of_merged, ended, rule=ACCOUNT_ENDS, account=merged, kept=survivor)
    await end_sign_ins(merge.db, merged)
    revoke_access(merge.db, merged)
    await merge.db.flush()
    await run(Merge(merge.db, merge.caller, Of.accounts, survivor, merged, merge.at, id=merge.id, moved=merge.moved))


@merging(of=Of.people, order=30)
async def join_messages_of_people(merge: Merge) -> None:
    """A message that comes once lies in both inboxes: as with accounts."""
    await join_messages(merge)

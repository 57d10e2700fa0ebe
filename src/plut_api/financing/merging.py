"""Readiness, the ready list and referrals of two businesses, or of two people's businesses, that are one."""

from uuid import UUID

import orjson
from sqlalchemy import select, text

from plut_api.actors.models import Actor, Ownership
from plut_api.financing.generations import hold_still
from plut_api.financing.judging import Cause, recompute
from plut_api.financing.models import ACTIVE_STATES, ExitReason, Referral
from plut_api.financing.projection import refresh_rows
from plut_api.financing.referrals.clocks import runs_out
from plut_api.kit import audit, outbox
from plut_api.kit.merging import Merge, Moved, Of, merging, moves, rule, stays
from plut_api.kit.parting import Parting, after_parting, parting

moves("referrals.actor_id", of=Of.actors)
stays("ready_exits.actor_id", of=Of.actors, why="tells banks that the old id has left the list")

ONE_REFERRAL = rule(
    "one_referral_withdrawn",
    id="Dari dua permohonan terbuka dalam skema yang sama, yang lebih jauh prosesnya berlanjut; yang lain ditarik.",
    en="Of two open requests under one scheme the one that got further goes on; the other is withdrawn.",
)
CONFIRMATION = rule(
    "confirmation_of_joined_file",
    id="Konfirmasi kesiapan berlaku hanya bila data gabungan masih siap, sampai tanggal yang lebih awal.",
    en="A confirmation holds only while the joined file is still ready, to the earlier of both days.",
)
CONFIRMED_BEFORE = rule(
    "confirmation_before",
    id="Konfirmasi kesiapan yang ada dicatat, agar dapat dipulihkan.",
    en="A confirmation that there was is noted, so that it can be restored.",
    collides=False,
)
MERGED_NOTE = "merged"
MERGED, PARTED = Cause("merged"), Cause("parted")
_CONFIRMED = ("confirmed_at", "confirmed_by", "confirmed_note", "expires_at")
_LISTED = ", ".join(f"'{state}'" for state in ACTIVE_STATES)
_ORDER = f"array_position(ARRAY[{_LISTED}], CAST({{0}}.state AS text))"
_OPEN = f"{{0}}.state IN ({_LISTED})"


@merging(of=Of.actors, order=30)
async def join_referrals(merge: Merge) -> None:
    """Both have an open request under one scheme: the one that got further goes on, of equals the earlier. The other is
    withdrawn with a move of its own, and its bank hears of it. Its consent stays as the rule of consents says.
    """
    pair = "(:survivor, :merged)"
    further = f"({_ORDER.format('o')}, t.id) > ({_ORDER.format('t')}, o.id)"
    loses = f"""t.actor_id IN {pair} AND {_OPEN.format("t")} AND EXISTS (
        SELECT FROM referrals o WHERE o.actor_id IN {pair} AND o.actor_id <> t.actor_id AND o.scheme = t.scheme
            AND {_OPEN.format("o")} AND {further})"""
    await merge.add(
        "referral_transitions",
        ["id", "referral_id", "from_state", "to_state", "caller_id", "caller_role", "reason_code"],
        "SELECT gen_random_uuid(), t.id, t.state, 'withdrawn', CAST(:by AS uuid), CAST(:role AS text), "  # noqa: S608
        f"'{MERGED_NOTE}' FROM referrals t WHERE {loses}",
        rule=ONE_REFERRAL,
        by=merge.caller.id,
        role=merge.caller.role.value,
    )
    until = await runs_out(merge.db, "referral.acknowledge.days")
    changes = {"state": "'withdrawn'", "state_since": "now()", "due_at": "CAST(:until AS timestamptz)"}
    ended = await merge.change("referrals", loses, changes, rule=ONE_REFERRAL, until=until)
    query = select(Referral.id, Referral.bank_id, Referral.scheme).where(Referral.id.in_(ended))
    facts = [
        (row.id, {"actor_id": merge.survivor, "organization_id": row.bank_id, "scheme": row.scheme})
        for row in await merge.db.execute(query)
    ]
    await outbox.record_all(merge.db, "referral.withdrawn", facts, by=merge.caller)


@merging(of=Of.actors, columns=("readiness.actor_id", "ready_rows.actor_id"), order=120)
async def join_readiness(merge: Merge) -> None:
    """The joined file is judged anew, at once. A confirmation of either holds if it is ready still, to the earlier of
    both days. The old row leaves the ready list as a tombstone (`merged`); the survivor's is rendered from the whole.
    """
    await hold_still(merge.db)
    kept = {name: f"t.{name}" for name in _CONFIRMED}
    await merge.change("readiness", "t.actor_id = :survivor AND t.expires_at > now()", kept, rule=CONFIRMED_BEFORE)
    await recompute(merge.db, Actor.id == merge.survivor, cause=MERGED)
    other = "(SELECT r.{0} FROM readiness r WHERE r.actor_id = :merged AND r.expires_at > now())"
    await merge.change(
        "readiness",
        f"t.actor_id = :survivor AND EXISTS {other.format('actor_id')}",
        {
            name: f"CASE WHEN t.status <> 'ready' OR t.expires_at <= {other.format('expires_at')} THEN t.{name} "
            f"ELSE {other.format(name)} END"
            for name in _CONFIRMED
        },
        rule=CONFIRMATION,
    )
    await merge.remove("readiness", "t.actor_id = :merged", rule=CONFIRMATION)
    await refresh_rows(merge.db, [merge.survivor])
    await refresh_rows(merge.db, [merge.merged], ExitReason.merged)


@merging(of=Of.people, order=120)
async def judge_owned(merge: Merge) -> None:
    """Whose a business is, and what its owner achieved, is part of its file: those of both are judged anew."""
    await _judge(merge, merge.survivor)


@parting(CONFIRMED_BEFORE.code)
async def confirm_again(parting: Parting, moved: Moved) -> None:
    """The survivor gets back a confirmation that the joined file had lost, unless it has run out or there is a newer
    one; judging it anew (below) ends it again if its own file is no longer ready.
    """
    row = orjson.loads(moved.rows[0][0] or "{}")
    statement = text(
        """
        UPDATE readiness t SET confirmed_at = b.confirmed_at, confirmed_by = b.confirmed_by,
            confirmed_note = b.confirmed_note, expires_at = b.expires_at
        FROM jsonb_populate_record(CAST(NULL AS readiness), CAST(:row AS jsonb)) AS b
        WHERE t.actor_id = b.actor_id AND t.confirmed_at IS NULL AND b.expires_at > now() RETURNING t.actor_id
        """
    )
    met = await parting.db.scalars(statement, {"row": orjson.dumps(row).decode()})
    ids = met.all()
    audit.record(parting.db, audit.Action.changed, moved.table, ids, after={"merge_id": str(parting.merge_id)})
    parting.count(moved.table, len(ids))


@after_parting(Of.actors)
async def judge_apart(parting: Parting) -> None:
    """Both are judged by what is theirs again."""
    await recompute(parting.db, Actor.id.in_((parting.survivor, parting.merged)), cause=PARTED)


@after_parting(Of.people)
async def judge_owned_apart(parting: Parting) -> None:
    """The businesses of both are judged by what is theirs again."""
    owned = select(Ownership.actor_id).where(Ownership.person_id.in_((parting.survivor, parting.merged)))
    await recompute(parting.db, Actor.id.in_(owned), cause=PARTED)


async def _judge(merge: Merge, person_id: UUID) -> None:
    owned = select(Ownership.actor_id).where(Ownership.person_id == person_id)
    await recompute(merge.db, Actor.id.in_(owned), cause=MERGED)

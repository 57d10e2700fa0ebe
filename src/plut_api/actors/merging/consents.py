"""Consents of two businesses that are one: the strictest of each to a bank holds, and every bank learns of it."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Consent
from plut_api.kit import audit, outbox
from plut_api.kit.merging import Merge, Moved, Of, merging, moves, rule
from plut_api.kit.parting import Parting, parting, restore

moves("consents.signed_by", of=Of.people)

WITHDRAWN_WINS = rule(
    "withdrawn_consent_wins",
    id="Persetujuan yang dicabut pada salah satu data, setelah diberikan pada data lain, tetap dicabut.",
    en="A consent withdrawn on one record after it was given on the other stays withdrawn.",
)
STRICTEST_STAYS = rule(
    "strictest_consent_stays",
    id="Dari dua persetujuan kepada bank yang sama, yang lebih sempit atau lebih cepat berakhir tetap berlaku.",
    en="Of two consents to one bank the narrower one stays, or of equals the one that ends earlier.",
)
LEFT_BEHIND = rule(
    "consent_ends_on_old_id",
    id="Bank yang mengenal usaha dengan nomor lama diberi tahu bahwa nomor itu berakhir.",
    en="A bank that knew the business under its old id is told that this id has ended.",
)
MOVED = rule(
    "consents_move",
    id="Persetujuan berpindah beserta riwayatnya.",
    en="Consents move with all that became of them.",
    collides=False,
)

_LIVE = "{0}.actor_id = {1} AND {0}.withdrawn_at IS NULL AND {0}.expires_at > now()"
_SAME = "o.organization_id = t.organization_id AND o.purpose = t.purpose"
_ENDED = {"withdrawn_at": "now()", "withdrawn_by": "CAST(:by AS uuid)"}
_COPIED = [
    column.name
    for column in Consent.__table__.columns
    if column.name not in ("id", "actor_id", "withdrawn_at", "withdrawn_by", "copy_of", "change_xid")
]


@merging(of=Of.actors, columns=("consents.actor_id",), order=20)
async def join_consents(merge: Merge) -> None:
    """A withdrawal on one record ends what was given before it on the other. Of two live consents to one bank the one
    with fewer data categories stays, of as many the one that ends earlier; the other is withdrawn by who merges. Then
    all move. Each live one leaves an ended copy under the old id, from which the bank's next pull learns of its end.
    """
    by, pair = merge.caller.id, "(:survivor, :merged)"
    await merge.change(
        "consents",
        f"t.actor_id IN {pair} AND t.withdrawn_at IS NULL AND t.expires_at <= now()",
        {"withdrawn_at": "t.expires_at"},
    )
    copies = await merge.add(
        "consents",
        ["id", "copy_of", "actor_id", "withdrawn_at", "withdrawn_by", *_COPIED],
        f"SELECT gen_random_uuid(), c.id, c.actor_id, now(), CAST(:by AS uuid), {', '.join(f'c.{n}' for n in _COPIED)} "  # noqa: S608
        f"FROM consents c WHERE {_LIVE.format('c', ':merged')}",
        rule=LEFT_BEHIND,
        by=by,
    )
    ended = await _withdraw(merge)
    await merge.change(
        "consents",
        "t.actor_id = :merged AND t.id <> ALL(CAST(:copies AS uuid[]))",
        {"actor_id": ":survivor"},
        rule=MOVED,
        copies=copies,
    )
    await _tell(merge, ended)


async def _withdraw(merge: Merge) -> list[UUID]:
    """By either rule; the ids of those that a withdrawal on the other record ended."""
    by, pair = merge.caller.id, "(:survivor, :merged)"
    ended = await merge.change(
        "consents",
        f"""t.actor_id IN {pair} AND t.withdrawn_at IS NULL AND EXISTS (
            SELECT FROM consents o WHERE o.actor_id IN {pair} AND o.actor_id <> t.actor_id AND {_SAME}
                AND o.withdrawn_at > t.given_at AND o.withdrawn_at < o.expires_at AND o.copy_of IS NULL)
        """,
        _ENDED,
        rule=WITHDRAWN_WINS,
        by=by,
    )
    await merge.change(
        "consents",
        f"""{_LIVE.format("t", "t.actor_id")} AND t.actor_id IN {pair} AND EXISTS (
            SELECT FROM consents o WHERE {_LIVE.format("o", "o.actor_id")} AND o.actor_id IN {pair}
                AND o.actor_id <> t.actor_id AND {_SAME}
                AND (cardinality(o.data_categories), o.expires_at, o.id)
                    < (cardinality(t.data_categories), t.expires_at, t.id))
        """,
        _ENDED,
        rule=STRICTEST_STAYS,
        by=by,
    )
    return ended


async def _tell(merge: Merge, ended: list[UUID]) -> None:
    """What a bank works on ends with a withdrawn consent, as if the owner withdrew it again."""
    banks = select(Consent.organization_id).where(Consent.id.in_(ended)).distinct().order_by(Consent.organization_id)
    facts = [
        (merge.survivor, {"actor_id": merge.survivor, "organization_id": bank})
        for bank in (await merge.db.scalars(banks) if ended else ())
    ]
    await outbox.record_all(merge.db, "consent.withdrawn", facts, by=merge.caller)


@parting(MOVED.code)
async def part_consents(parting: Parting, moved: Moved) -> None:
    """Consents go back; where the survivor has none of its own left, an ended copy tells the bank's next pull."""
    await restore(parting, moved)
    await _leave_behind(parting.db, parting.survivor, parting.merged, parting.caller.id)


async def _leave_behind(db: AsyncSession, survivor: UUID, merged: UUID, by: UUID) -> None:
    copied = ", ".join(_COPIED)
    made = await db.scalars(
        text(
            f"INSERT INTO consents (id, copy_of, actor_id, withdrawn_at, withdrawn_by, {copied}) "  # noqa: S608 (column names)
            f"SELECT gen_random_uuid(), c.id, CAST(:survivor AS uuid), now(), CAST(:by AS uuid), "
            f"{', '.join(f'c.{name}' for name in _COPIED)} FROM consents c "
            f"WHERE {_LIVE.format('c', 'CAST(:merged AS uuid)')} RETURNING id"
        ),
        {"survivor": survivor, "merged": merged, "by": by},
    )
    audit.record(db, audit.Action.created, "consents", made, about=[survivor, merged], after={"copy": True})

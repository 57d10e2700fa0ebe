"""Objections of two businesses that are one."""

from sqlalchemy import select

from plut_api.financing.objections.models import Objection
from plut_api.financing.objections.telling import facts_of
from plut_api.kit import outbox
from plut_api.kit.merging import Merge, Of, merging, moves, rule

moves("readiness_objections.actor_id", of=Of.actors)

ONE_OBJECTION = rule(
    "one_objection_withdrawn",
    id="Dari dua keberatan terbuka atas syarat yang sama, yang lebih dahulu berlanjut; yang lain ditarik.",
    en="Of two open objections to one rule the earlier goes on; the other is withdrawn.",
)


@merging(of=Of.actors, order=35)
async def join_objections(merge: Merge) -> None:
    """Both object to what one rule found: the earlier objection goes on, the other is withdrawn."""
    pair = "(:survivor, :merged)"
    ended = await merge.change(
        "readiness_objections",
        f"""t.actor_id IN {pair} AND t.state = 'open' AND EXISTS (
            SELECT FROM readiness_objections o WHERE o.actor_id IN {pair} AND o.actor_id <> t.actor_id
                AND o.state = 'open' AND o.rule_code = t.rule_code AND (o.created_at, o.id) < (t.created_at, t.id))""",
        {"state": "'withdrawn'", "ended_at": ":at"},
        rule=ONE_OBJECTION,
    )
    rows = (await merge.db.scalars(select(Objection).where(Objection.id.in_(ended)))).all()
    facts = [(row.id, facts_of(row) | {"actor_id": merge.survivor}) for row in rows]
    await outbox.record_all(merge.db, "objection.withdrawn", facts, by=merge.caller)

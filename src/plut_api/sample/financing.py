"""Who of the sample is ready is confirmed; some consent to a bank, some of those ask it; what banks keep beside."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.actors.schemas.consents import ConsentCreate
from plut_api.actors.service import give_consent
from plut_api.financing.judging import recompute
from plut_api.financing.models import Readiness, ReadinessStatus
from plut_api.financing.objections.making import object_as_owner
from plut_api.financing.objections.schemas import ObjectionCreate
from plut_api.financing.papers.models import CreditDeclaration, FinancingPlan
from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.projection import refresh_rows
from plut_api.financing.saved_searches.schemas import SavedSearchCreate
from plut_api.financing.saved_searches.service import save_search
from plut_api.financing.schemas.ready_filters import ReadyFilters
from plut_api.financing.scores.schemas import ScoreDisclosureSet
from plut_api.financing.scores.service import set_disclosure
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller
from plut_api.reference.rules import rule_value
from plut_api.sample.accompanying import consultants_in
from plut_api.sample.accounts import owner_with_account
from plut_api.sample.offers import KUR
from plut_api.sample.referring import Stage, refer
from plut_api.sample.stories import SASAMBO, STORIES, Story

NOTE = "Berkas lengkap (contoh)."
ARREARS = "U-G06"
"""The rule that somebody objects to."""
UNCONFIRMED = 9
"""Of every ten who are ready, the one that waits for a consultant."""
# As the service would have confirmed them on those days; one by one it would judge each of them again.
_CONFIRMED = text("""
    UPDATE readiness r SET confirmed_at = told.day, confirmed_by = given.consultant, confirmed_note = :note,
        expires_at = told.day + make_interval(days => :valid_days)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days_ago AS int[]), CAST(:consultants AS uuid[]))
        AS given (actor_id, days_ago, consultant)
    CROSS JOIN LATERAL (SELECT CAST(:now AS timestamptz) - make_interval(days => given.days_ago) AS day) AS told
    WHERE r.actor_id = given.actor_id AND r.status = 'ready'
""")


class Confirmed(NamedTuple):
    """A business that is ready, and how many days ago a consultant confirmed it."""

    row: Row[Any]
    days_ago: int


async def confirm_and_refer(
    db: AsyncSession,
    consultants: list[Caller],
    bankers: Mapping[str, Caller],
    offered: Mapping[str, FinancingProduct],
    chance: random.Random,
) -> str:
    """Judge everybody, confirm most who are ready, let some ask a bank; what came of it, in words."""
    await recompute(db, true())
    ready = list((await db.execute(_ready())).all())
    cast = [_taken(ready, story, offered) for story in STORIES]
    confirmed = [Confirmed(row, story.days_ago + 2) for row, story in zip(cast, STORIES, strict=True)]
    confirmed += [
        Confirmed(row, chance.randrange(80)) for number, row in enumerate(ready) if number % 10 != UNCONFIRMED
    ]
    await _confirm(db, consultants, confirmed)
    for number, row in enumerate(ready[::2]):
        await _consent(db, row.actor_id, list(bankers.values())[number % len(bankers)])
    words = await refer(db, Stage(bankers, offered), cast, [await _owner(db, row) for row in cast])
    await refresh_rows(db, [one.row.actor_id for one in confirmed])
    return f"{len(confirmed)} businesses confirmed ready, {len(ready[::2]) + len(cast)} consents, {words}"


async def keep_beside(
    db: AsyncSession, dinas: Caller, bankers: Mapping[str, Caller], offered: Mapping[str, FinancingProduct]
) -> str:
    """An objection that is open, a search that a bank saved, and a bank that sees scores; in words."""
    banker = bankers[SASAMBO]
    filters = ReadyFilters(fits=[offered[KUR].id], amount_band=["to_100m"])
    given = SavedSearchCreate(name="Calon KUR mikro (contoh)", filters=filters, notify_from=5)
    await save_search(db, banker, given)
    until = clock.today() + timedelta(days=365)
    reason = "Perjanjian contoh: skor hanya untuk menyusun urutan kunjungan."
    shown = ScoreDisclosureSet(valid_from=clock.today(), valid_until=until, reason=reason)
    await set_disclosure(db, dinas, _bank(banker), None, shown)
    declared = select(CreditDeclaration.actor_id).where(CreditDeclaration.has_arrears)
    actor_id = (await db.scalars(declared.order_by(CreditDeclaration.id).limit(1))).first()
    if actor_id is None:
        return "1 saved search, 1 bank that sees scores"
    owner = await owner_with_account(db, actor_id=actor_id)
    objection = ObjectionCreate(rule=ARREARS, reason="Tunggakan itu sudah lunas bulan lalu (contoh).")
    await object_as_owner(db, owner, actor_id, objection)
    return "1 open objection, 1 saved search, 1 bank that sees scores"


def _ready() -> Any:
    columns = (Readiness.actor_id, Actor.regency_code, FinancingPlan.amount_idr, FinancingPlan.principle)
    query: Any = select(*columns).join(Actor, Actor.id == Readiness.actor_id)
    query = query.join(FinancingPlan, FinancingPlan.actor_id == Actor.id)
    return query.where(Readiness.status == ReadinessStatus.ready).order_by(Actor.row_key, Actor.id)


def _taken(ready: list[Row[Any]], story: Story, offered: Mapping[str, FinancingProduct]) -> Row[Any]:
    """The first business whose plan goes with what its story asks for; it is taken out."""
    product = offered[story.product] if story.product else None
    for number, row in enumerate(ready):
        if product is None or (
            product.min_amount_idr <= row.amount_idr <= product.max_amount_idr
            and row.principle in ("any", product.principle)
        ):
            return ready.pop(number)
    raise LookupError(f"no business of the sample wants {story.product}")


async def _confirm(db: AsyncSession, consultants: Sequence[Caller], confirmed: Sequence[Confirmed]) -> None:
    """Confirm many at once, each by a consultant of its regency. Emits readiness.confirmed for each."""
    by = [consultants_in(one.row.regency_code, consultants)[0] for one in confirmed]
    given: dict[str, Any] = {
        "note": NOTE,
        "now": clock.now(),
        "valid_days": await rule_value(db, "readiness.valid_days"),
        "ids": [one.row.actor_id for one in confirmed],
        "days_ago": [one.days_ago for one in confirmed],
        "consultants": [consultant.id for consultant in by],
    }
    await db.execute(_CONFIRMED, given)
    for consultant in consultants:
        theirs = [one.row.actor_id for one, who in zip(confirmed, by, strict=True) if who is consultant]
        facts = [(actor_id, {"actor_id": actor_id}) for actor_id in theirs]
        await outbox.record_all(db, "readiness.confirmed", facts, by=consultant)


async def _owner(db: AsyncSession, row: Row[Any]) -> Caller:
    return await owner_with_account(db, actor_id=row.actor_id)


async def _consent(db: AsyncSession, actor_id: UUID, banker: Caller) -> None:
    owner = await owner_with_account(db, actor_id=actor_id)
    await give_consent(db, owner, actor_id, ConsentCreate(organization_id=_bank(banker), text_version="1"))


def _bank(banker: Caller) -> UUID:
    if banker.organization_id is None:
        raise LookupError("a banker works for a bank")
    return banker.organization_id

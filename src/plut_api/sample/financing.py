"""Who of the sample is ready is confirmed; some consent to a bank, and some of those are referred."""

import random

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor
from plut_api.actors.schemas.consents import ConsentCreate
from plut_api.actors.service import give_consent
from plut_api.financing.judging import recompute
from plut_api.financing.models import Readiness, ReadinessStatus, ReferralState
from plut_api.financing.readiness import confirm
from plut_api.financing.referrals import make_referral, move_referral
from plut_api.financing.schemas.referrals import ReferralCreate, ReferralMove
from plut_api.identity.policy import scopes_of
from plut_api.kit import clock
from plut_api.kit.caller import Caller, Kind, Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization
from plut_api.sample.accompanying import consultants_in
from plut_api.sample.accounts import owner_with_account

_STEPS: tuple[dict[str, object], ...] = (
    {"to": ReferralState.received},
    {"to": ReferralState.in_review},
    {"to": ReferralState.approved, "approved_amount_idr": 20_000_000},
    {"to": ReferralState.disbursed, "disbursed_amount_idr": 20_000_000},
)


async def confirm_and_refer(
    db: AsyncSession, consultants: list[Caller], banks: list[Organization], chance: random.Random
) -> str:
    """Judge everybody, confirm who is ready, and take every sixth to a bank; what came of it, in words."""
    await recompute(db, true())
    query = select(Readiness.actor_id, Actor.regency_code).join(Actor, Actor.id == Readiness.actor_id)
    query = query.where(Readiness.status == ReadinessStatus.ready).order_by(Readiness.actor_id)
    ready = (await db.execute(query)).all()
    consented = referred = 0
    for number, (actor_id, regency) in enumerate(ready):
        consultant = chance.choice(consultants_in(regency, consultants))
        await confirm(db, consultant, actor_id, "Berkas lengkap (contoh).", "id")
        if number % 2:
            continue
        bank = banks[number // 2 % len(banks)]
        owner = await owner_with_account(db, actor_id=actor_id)
        await give_consent(db, owner, actor_id, ConsentCreate(organization_id=bank.id, text_version="1"))
        consented += 1
        if number % 6 == 0:
            await _refer(db, owner, actor_id, bank, steps=number // 6 % 5)
            referred += 1
    return f"{len(ready)} businesses confirmed ready, {consented} consents, {referred} referrals"


async def _refer(db: AsyncSession, owner: Caller, actor_id: object, bank: Organization, steps: int) -> None:
    asked = {"actor_id": actor_id, "bank_id": bank.id, "amount_idr": 25_000_000, "tenor_months": 24}
    referral = await make_referral(
        db, owner, ReferralCreate.model_validate(asked | {"purpose": "Alat kerja (contoh)."})
    )
    machine = Caller(new_id(), Kind.client, Role.bank, scopes_of(Role.bank), bank.id)
    for step in _STEPS[:steps]:
        given = dict(step)
        if given["to"] is ReferralState.disbursed:
            given["disbursed_on"] = clock.today()
        await move_referral(db, machine, referral.id, None, ReferralMove.model_validate(given))

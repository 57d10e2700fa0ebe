"""The end of a referral as its bank acknowledges it: what it held of an applicant whom it does not finance is gone."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Referral
from plut_api.financing.referrals.access import get_referral
from plut_api.financing.referrals.moving import fresh, tell
from plut_api.financing.referrals.problems import NothingToAcknowledge
from plut_api.financing.referrals.states import CLOSES_CONSENT
from plut_api.financing.schemas.referral_documents import EndAcknowledgement
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Invalid, fault


async def acknowledge_end(db: AsyncSession, caller: Caller, referral_id: UUID, given: EndAcknowledgement) -> Referral:
    """A bank says on which day it removed the data of an ended referral; its clock stops.

    Raises ReferralNotFound, NothingToAcknowledge, Invalid (`day_out_of_range`). Emits referral.end_acknowledged.
    """
    referral = await get_referral(db, caller, referral_id, for_update=True)
    if referral.state not in CLOSES_CONSENT or referral.acknowledged_at is not None:
        raise NothingToAcknowledge(extra={"state": referral.state.value})
    ended_on = referral.state_since.astimezone(clock.WITA).date()
    if not ended_on <= given.data_removed_on <= clock.today():
        raise Invalid(
            errors=[
                fault(
                    "#/data_removed_on",
                    "day_out_of_range",
                    id=f"Antara {ended_on} dan hari ini",
                    en=f"Between {ended_on} and today",
                )
            ]
        )
    referral.acknowledged_at, referral.acknowledged_by = clock.now(), caller.id
    referral.data_removed_on, referral.due_at = given.data_removed_on, None
    referral.version += 1
    await tell(db, "referral.end_acknowledged", referral, caller)
    return await fresh(db, referral)

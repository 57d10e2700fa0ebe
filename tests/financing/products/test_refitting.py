"""What is on offer changes, and the ready list tells anew which products fit whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import ReadyRow
from plut_api.financing.products.handlers import refit
from plut_api.kit.outbox import HANDLERS
from tests.conftest import Api
from tests.factories import Make
from tests.financing.products.offering import a_bank, asks, moved, own, published
from tests.financing.story import confirmed_business


async def fits_of(sessions: async_sessionmaker[AsyncSession], actor_id: UUID) -> list[str]:
    async with sessions() as db:
        return [str(one) for one in await db.scalar(select(ReadyRow.fits).where(ReadyRow.actor_id == actor_id)) or ()]


async def test_a_product_that_comes_and_goes_is_told_of_those_it_fits(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    business, bank = await confirmed_business(api, make), await a_bank(make)
    impossible = asks("impossible", {"fact": "business_months", "at_least": 4000})
    assert await fits_of(sessions, business.actor.id) == []

    product = await published(api, bank, own(min_tenor_months=1))
    await published(api, bank, own(requirements=[impossible]))
    first, with_it = await refit(sessions), await fits_of(sessions, business.actor.id)
    again = await refit(sessions)
    await moved(api, bank, product, "pause")
    second, without = await refit(sessions), await fits_of(sessions, business.actor.id)

    assert (first, with_it) == (1, [product.json()["id"]])
    assert again == 0  # What does not differ is not stamped.
    assert (second, without) == (1, [])


def test_every_change_of_what_is_on_offer_is_followed() -> None:
    followed = [f"financing_product.{verb}" for verb in ("published", "changed", "closed")]

    assert all("refit_later" in {handler.__name__ for handler in HANDLERS[name]} for name in followed)

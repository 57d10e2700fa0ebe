"""`plut sizes`: thresholds in force are applied by command, and a second time there is nothing to do."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import SizeChange
from plut_api.cli.sizes import register
from tests.cli.commands import Plut
from tests.factories import Make

plut = Plut(register)


async def test_following_the_law_by_command_says_what_it_changed_and_does_it_once(
    make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    actor = await make.actor()
    await make.figure(actor, sales_idr=3_000_000_000)

    first: dict[str, Any] = await plut.made("sizes", "follow-law")
    again = await plut("sizes", "follow-law")
    async with sessions() as db:
        steps = (await db.scalars(select(SizeChange.to_class))).all()

    assert first == {"businesses": 1, "changed": 1}
    assert again.stdout == "1 businesses seen, 1 have another size class by law\n"
    assert steps == ["small"]

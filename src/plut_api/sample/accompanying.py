"""Who of the sample accompanies whom: two consultants in each regency, one who helps and one who verifies."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.sample.words import POPULATION

_ASSIGN = text(
    """
    INSERT INTO assignments (id, consultant_id, person_id, since, assigned_by, version)
    SELECT gen_random_uuid(), :consultant, person_id, now(), :dinas, 1
    FROM ownerships o JOIN actors a ON a.id = o.actor_id
    WHERE a.regency_code = ANY(:regencies) AND o.until IS NULL AND o.role = 'owner'
    GROUP BY person_id
    RETURNING id
    """
)


def consultants_in(regency: str, consultants: Sequence[Caller]) -> tuple[Caller, Caller]:
    """Who helps in a regency, and who verifies."""
    number = list(POPULATION).index(regency)
    return consultants[number % len(consultants)], consultants[(number + 1) % len(consultants)]


async def accompany_owners(db: AsyncSession, dinas: Caller, consultants: Sequence[Caller]) -> str:
    """Assign every owner to the consultants of the regency their business is in; how many there are, in words."""
    assigned = 0
    for consultant in consultants:
        regencies = [regency for regency in POPULATION if consultant in consultants_in(regency, consultants)]
        values = {"consultant": consultant.id, "dinas": dinas.id, "regencies": regencies}
        assigned += len((await db.execute(_ASSIGN, values)).all())
    return f"{assigned:,} assignments of {len(consultants)} consultants to owners"

"""The history of results and runs over all that the populated world is made of."""

from plut_api.financing.models import ReadinessChange, ReadinessStatus
from plut_api.kit.database import Model
from tests.access.rows import Rows, Side


async def rows_of_history(world: Rows, side: Side) -> dict[str, Model]:
    """A change of a side's business, and one of its cooperative."""
    given = {"to_status": ReadinessStatus.building, "to_score": 0, "rules": [], "cause": "actor.changed"}
    return {
        "readiness_change": await world.add(
            ReadinessChange(actor_id=side.actor.id, rule_set="umkm-v0", **given),
        ),
        "cooperative_readiness_change": await world.add(
            ReadinessChange(cooperative_id=side.cooperative.id, rule_set="koperasi-v1", **given),
        ),
    }

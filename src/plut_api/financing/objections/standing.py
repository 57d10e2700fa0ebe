"""What the rules say now of a business or a cooperative, rule by rule: what can be objected to."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing import readiness
from plut_api.financing.cooperatives import service as cooperatives
from plut_api.kit.caller import Caller


@dataclass(frozen=True)
class Standing:
    """Results by the code of their rule, the rule set that they come from, and who confirmed the file."""

    rule_set: str
    results: Mapping[str, str]
    confirmed_by: UUID | None


async def of_business(db: AsyncSession, caller: Caller, actor_id: UUID) -> Standing:
    """Of a business that the caller reaches. Raises ActorNotFound."""
    found = await readiness.explain(db, caller, actor_id)
    results = {result["code"]: result["result"] for result in found.results}
    return Standing(found.rule_set, results, found.kept.confirmed_by if found.kept else None)


async def of_cooperative(db: AsyncSession, caller: Caller, cooperative_id: UUID) -> Standing:
    """Of a cooperative that the caller keeps. Raises CooperativeNotFound."""
    found = await cooperatives.explain(db, caller, cooperative_id)
    results = {result["code"]: result["result"] for result in found.results}
    return Standing(found.rules.version, results, found.kept.confirmed_by if found.kept else None)

"""What all batches share: whose referrals they are about, locked at once, and results in the order sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.batches.schemas import ItemOutcome
from plut_api.financing.models import Referral
from plut_api.financing.referrals.access import referrals_visible_to
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Locale
from plut_api.kit.problems import Problem


@dataclass(frozen=True)
class Answering:
    """In which language a batch is answered, and what its problems refer to."""

    locale: Locale
    request_id: str
    base_url: str


@dataclass
class Result:
    """What became of an item; `told` are the members that depend on the kind of batch."""

    index: int
    line: int | None
    referral_id: UUID | None
    outcome: ItemOutcome
    told: dict[str, Any]
    problem: Problem | None = None
    actor_id: UUID | None = None  # The business of which something is told.

    def members(self, answering: Answering) -> dict[str, Any]:
        """The result as it is answered."""
        problem = self.problem
        body = problem.body(answering.locale, answering.request_id, answering.base_url) if problem else None
        return {
            "index": self.index,
            "line": self.line,
            "referral_id": self.referral_id,
            "outcome": self.outcome,
            "problem": body,
            **self.told,
        }


def whole(results: Sequence[Result], answering: Answering) -> dict[str, Any]:
    """All results with their tally."""
    tally = Counter(result.outcome.value for result in results)
    numbers = {outcome.value: tally[outcome.value] for outcome in ItemOutcome}
    return numbers | {"results": [result.members(answering) for result in results]}


async def locked_referrals(db: AsyncSession, caller: Caller, ids: set[UUID]) -> dict[UUID, Referral]:
    """Those of these referrals that the bank received, locked by one statement in the order of their ids."""
    query = select(Referral).where(Referral.id.in_(ids), referrals_visible_to(caller)).order_by(Referral.id)
    rows = await db.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.id: row for row in rows}

"""HTTP of what other rules would change."""

from typing import Annotated

from fastapi import Path, Request, Security

from plut_api.financing.generations.problems import RuleSetNotFound, RuleSetsNotComparable
from plut_api.insights.rule_sets.schemas import RuleSetDiffRead
from plut_api.insights.rule_sets.service import rule_set_diff
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router

router = Router(tag="financing")

RulesRead = Annotated[Caller, Security(signed_in, scopes=["financing:rules"])]
Version = Annotated[
    str,
    Path(max_length=32, pattern=r"^[a-z]+-v[0-9]+$", description="Version of a rule set.", examples=["umkm-v1"]),
]


@router.get(
    "/v1/financing/rule-sets/{old}/diff/{new}",
    responses=documented(RuleSetNotFound, RuleSetsNotComparable),
    summary="Tell whom a rule set would add or drop",
)
async def get_rule_set_diff(
    old: Version, new: Version, db: Database, caller: RulesRead, request: Request
) -> RuleSetDiffRead:
    """Count who would become ready, and who would not be any more, if a rule set took the place of another.

    For the Dinas, before rules come into force: by regency, and by whether the first owner is a woman or young, so
    that rules which push a group out are seen in time. Everybody is judged by both, which may take minutes: the first
    call of a day answers `counting`. Nothing is kept of anybody, and groups of a few are not told.
    """
    return await rule_set_diff(db, old, new, request.state.locale)

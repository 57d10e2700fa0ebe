"""HTTP of rule sets."""

from typing import Annotated

from fastapi import Depends, Path

from plut_api.financing import rule_sets
from plut_api.financing.problems import RuleSetNotFound
from plut_api.financing.schemas.rule_sets import RuleSetRead, RuleSets
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router, cacheable

router = Router(tag="financing")

VersionPath = Annotated[
    str, Path(max_length=32, pattern=r"^[a-z]+-v[0-9]+$", description="A version of the rules.", examples=["umkm-v1"])
]


@router.get("/v1/financing/rule-sets", dependencies=[Depends(cacheable(300))], summary="List rule sets")
async def get_rule_sets(db: Database) -> RuleSets:
    """The versions of the rules by which readiness is judged, the newest first, and which of them serve now."""
    return await rule_sets.rule_sets(db)


@router.get(
    "/v1/financing/rule-sets/{version}",
    dependencies=[Depends(cacheable(300))],
    responses=documented(RuleSetNotFound),
    summary="Read a rule set",
)
async def get_rule_set(version: VersionPath, db: Database) -> RuleSetRead:
    """Every rule of a version: when it passes, what it counts, the law or reason, and what helps, in both languages.

    With the facts that the rules read, and the rule values that they compare with, as these hold today.
    """
    return await rule_sets.rule_set(db, version)

"""Rule sets ship with the product; loading puts them beside the results that refer to them."""

import hashlib
from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import RuleSet
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.kit import clock

FOLDER = files("plut_api.financing") / "rules"


class RuleSetChanged(ValueError):
    """A published version of the rules was edited; give the new content a new version."""


@cache
def shipped_rule_sets() -> tuple[RuleSetContent, ...]:
    """Every rule set in the repository, checked. Raises ValidationError naming what is wrong."""
    sources = sorted((f for f in FOLDER.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(RuleSetContent.model_validate(yaml.safe_load(f.read_text(encoding="utf-8"))) for f in sources)


def newest_valid(subject: str = "business", on: date | None = None) -> RuleSetContent:
    """The newest rule set for a subject that is valid on a day, today by default. Raises LookupError without any."""
    day = on or clock.today()
    valid = [rules for rules in shipped_rule_sets() if rules.subject == subject and rules.valid_from <= day]
    if not valid:
        raise LookupError(f"no rule set for a {subject} is valid on {day}")
    return max(valid, key=lambda rules: (rules.valid_from, rules.version))


def rules_in_force() -> RuleSetContent:
    """The newest rule set for businesses that is valid today."""
    return newest_valid("business")


async def load_rule_sets(db: AsyncSession) -> None:
    """Store the shipped rule sets. Raises RuleSetChanged if a stored version has other content."""
    for rules in shipped_rule_sets():
        content = rules.model_dump(mode="json", by_alias=True, exclude_none=True)
        content_hash = hashlib.sha256(rules.model_dump_json().encode()).digest()
        stored = await db.scalar(select(RuleSet).where(RuleSet.version == rules.version))
        if stored is None:
            row = RuleSet(
                version=rules.version, valid_from=rules.valid_from, content=content, content_hash=content_hash
            )
            db.add(row)
        elif stored.content_hash != content_hash:
            raise RuleSetChanged(f"rule set {rules.version} differs from what is stored; give it a new version")
    await db.flush()

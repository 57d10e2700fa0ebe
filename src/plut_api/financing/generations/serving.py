"""Which rule set serves, and which is being judged beside it. Results are written only while neither can change."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.models import Generation, GenerationCause, GenerationState, RuleSet
from plut_api.financing.rules.grammar import RuleSetContent
from plut_api.financing.rules.loading import newest_valid, shipped_rule_sets
from plut_api.kit import clock

BUSINESS, COOPERATIVE = "business", "cooperative"
BRINGS_RULES = (GenerationCause.first, GenerationCause.rule_set)


async def serving(db: AsyncSession, subject: str = BUSINESS) -> RuleSetContent:
    """The rule set whose results are shown. The newest one valid today until a generation of results is on record.

    Raises LookupError if there are no rules for such a subject.
    """
    newest_done = (
        select(Generation.rule_set)
        .where(
            Generation.subject == subject,
            Generation.state == GenerationState.done,
            Generation.cause.in_(BRINGS_RULES),
        )
        .order_by(Generation.finished_at.desc(), Generation.id.desc())
        .limit(1)
    )
    version = await db.scalar(newest_done)
    return newest_valid(subject) if version is None else await rule_set_called(db, version)


async def rule_set_called(db: AsyncSession, version: str) -> RuleSetContent:
    """A rule set by its version: as shipped, else as stored when an earlier release shipped it. Raises LookupError."""
    if rules := shipped(version):
        return rules
    content = await db.scalar(select(RuleSet.content).where(RuleSet.version == version))
    if content is None:
        raise LookupError(f"there is no rule set {version}")
    return RuleSetContent.model_validate(content)


def shipped(version: str) -> RuleSetContent | None:
    """A rule set of this release."""
    return next((rules for rules in shipped_rule_sets() if rules.version == version), None)


def subjects_with_rules() -> list[str]:
    """Subjects that a rule set is valid for today."""
    return sorted({rules.subject for rules in shipped_rule_sets() if rules.valid_from <= clock.today()})


async def coming(db: AsyncSession, subject: str) -> Generation | None:
    """The generation whose results are being judged beside those that serve."""
    building = select(Generation).where(
        Generation.subject == subject,
        Generation.state == GenerationState.building,
        Generation.cause.in_(BRINGS_RULES),
    )
    return await db.scalar(building)


async def hold_still(db: AsyncSession, subject: str = BUSINESS) -> None:
    """Keep the serving rule set as it is until the transaction ends; waits while one takes over.

    Whoever writes results or confirmations calls this before locking any row, so that nobody waits for each other.
    """
    await db.execute(select(func.pg_advisory_xact_lock_shared(func.hashtext(f"readiness.{subject}"))))


async def stand_alone(db: AsyncSession, subject: str) -> None:
    """Wait until nobody writes results any more, and let nobody begin until the transaction ends."""
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"readiness.{subject}"))))

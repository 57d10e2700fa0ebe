"""Businesses on the ready list without the way there: confirmed by hand, and rendered as the product renders them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.models import Readiness, ReadinessStatus, RuleSet
from plut_api.financing.projection import refresh_rows
from plut_api.financing.scores.models import ScoreDisclosure
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.organizations.models import Organization
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import EnrolmentState
from tests.factories import Make
from tests.financing.story import NIB, NIK, Business

Sessions = async_sessionmaker[AsyncSession]


async def listed_business(
    make: Make, sessions: Sessions, number: int = 0, *, score: int = 75, level: int = 2, **given: Any
) -> Business:
    """A business whose readiness a consultant confirmed just now, with packaging proven up to a level."""
    consultant = await make.staff(Role.consultant)
    owner = await make.person(nik=f"{int(NIK) + number}", full_name=f"Baiq Pemilik {number}")
    shaped = {"nib": f"{int(NIB) + number:013d}", "size_class": "micro", "size_basis": "sales"} | given
    actor = await make.actor(owner, **shaped)
    await make.figure(actor)
    enrolment = await make.enrolment(
        person=owner, actor=actor, state=EnrolmentState.completed, completed_at=clock.now()
    )
    reached = {"baseline_level": 1, "target_level": level, "reached_level": level, "reached_at": clock.now()}
    await make.outcome(enrolment, Dimension.packaging, **reached)
    async with unit_of_work(sessions) as db:
        rule_set = await db.scalar(select(RuleSet.version).order_by(RuleSet.version.desc()).limit(1))
        db.add(
            Readiness(
                actor_id=actor.id,
                rule_set=rule_set,
                status=ReadinessStatus.ready,
                score=score,
                results=[{"code": "U-G01", "result": "pass", "value": True, "as_of": "2026-03-02"}],
                computed_at=clock.now(),
                confirmed_at=clock.now(),
                confirmed_by=consultant.id,
                confirmed_note="Berkas lengkap.",
                expires_at=clock.now() + timedelta(days=90),
            )
        )
        await db.flush()
        await refresh_rows(db, [actor.id])
    return Business(owner, actor, consultant)


def setting(bank: Organization, **given: Any) -> ScoreDisclosure:
    """That a bank sees scores, from today on unless otherwise said."""
    values = {"valid_from": clock.today(), "reason": "Perjanjian contoh.", "set_by": bank.id} | given
    return ScoreDisclosure(bank_id=bank.id, **values)


async def rendered_again(sessions: Sessions, business: Business) -> None:
    """The row as the product renders it now."""
    async with unit_of_work(sessions) as db:
        await refresh_rows(db, [business.actor.id])

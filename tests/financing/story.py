"""What financing tests begin with: a business whose every gate passes, and one that is confirmed."""

from dataclasses import dataclass
from typing import Any

from plut_api.actors.models import Actor, Person
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Dimension
from plut_api.programs.models import EnrolmentState
from tests.conftest import Api
from tests.factories import Make
from tests.financing.papers import put_in_order

NIK = "5271015705900003"
NIB = "0220103123456"


@dataclass
class Business:
    """A business, its owner, and the consultant to whom the owner is assigned."""

    owner: Person
    actor: Actor
    consultant: Account


async def business_whose_rules_are_met(make: Make, number: int = 0, **given: Any) -> Business:
    """Gates pass, and signals add up to 70: papers in order, more than a year in its shop. One outcome is proven."""
    consultant = await make.staff(Role.consultant)
    owner = await make.person(
        nik=f"{int(NIK) + number}",
        full_name=f"Baiq Pemilik {number}",
        identity_verified_at=clock.now(),
        identity_verified_by=consultant.id,
    )
    await make.assignment(consultant, owner)
    actor = await make.actor(owner, nib=f"{int(NIB) + number:013d}", size_class="micro", size_basis="sales", **given)
    await make.figure(actor)
    await put_in_order(make, actor)
    enrolment = await make.enrolment(
        person=owner, actor=actor, state=EnrolmentState.completed, completed_at=clock.now()
    )
    await make.outcome(
        enrolment, Dimension.packaging, baseline_level=1, target_level=2, reached_level=2, reached_at=clock.now()
    )
    return Business(owner, actor, consultant)


async def confirmed_business(api: Api, make: Make, number: int = 0, **given: Any) -> Business:
    """The same, confirmed through the API."""
    business = await business_whose_rules_are_met(make, number, **given)
    answer = await api.as_(business.consultant).post(
        f"/v1/actors/{business.actor.id}/readiness/confirm", note="Berkas lengkap."
    )
    assert answer.status_code == 200, answer.text
    return business


def any_id() -> str:
    """An id that nothing has."""
    return str(new_id())

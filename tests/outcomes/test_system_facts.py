"""Rows of this system prove levels by themselves, for as long as they hold, and never what was there before."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Certification, Person
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.outbox import HANDLERS, Event
from plut_api.outcomes import handlers
from plut_api.outcomes.models import Dimension, Outcome
from plut_api.programs.models import Enrolment, EnrolmentState
from plut_api.settings import Settings
from plut_api.worker import ROOMS_WITH_WORK, work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.asking import moved, referred
from tests.outcomes.steps import outcome_from_one_to_two

Sessions = async_sessionmaker[AsyncSession]
PIRT: dict[str, Any] = {"kind": "pirt", "number": "P-IRT No. 2065271010001-30"}
HALAL: dict[str, Any] = {"kind": "halal", "number": "ID52110000123450124"}


class Trained:
    """A participant whose business has an outcome, and a consultant of theirs."""

    def __init__(self, api: Api, owner: Person, consultant: Any, actor: Actor, outcome: Outcome) -> None:
        self.me, self.consultant = api.as_(owner), api.as_(consultant)
        self.actor, self.outcome = actor, outcome
        self.path = f"/v1/enrolments/{outcome.enrolment_id}/outcomes/{outcome.dimension}"
        self.certificates = f"/v1/actors/{actor.id}/certifications"

    async def certified(self, compared: bool = True, **given: Any) -> str:
        """A certificate on file, issued today, which the consultant compared; its id."""
        added = await self.me.post(self.certificates, **{"issued_on": clock.today().isoformat()} | given)
        assert added.status_code == 201, added.text
        if compared:
            await self.consultant.post(f"{self.certificates}/{added.json()['id']}/verify")
        certification_id: str = added.json()["id"]
        return certification_id

    async def level(self) -> int | None:
        found: int | None = (await self.me.get(self.path)).json()["reached_level"]
        return found

    async def evidence(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.me.get(f"{self.path}/evidence")).json()["data"]
        return found

    async def history(self) -> list[tuple[Any, ...]]:
        rows = (await self.me.get(f"{self.path}/history")).json()["data"]
        return [(row["before_level"], row["level"], row["cause"], row["by"]) for row in rows]


async def trained(
    api: Api, make: Make, dimension: Dimension = Dimension.product, seat: dict[str, Any] | None = None, **given: Any
) -> Trained:
    owner = await make.person()
    actor = await make.actor(owner)
    consultant = await make.consultant_of(owner)
    enrolment = await make.enrolment(person=owner, actor=actor, **seat or {})
    outcome = await outcome_from_one_to_two(make, enrolment, dimension=dimension, **given)
    return Trained(api, owner, consultant, actor, outcome)


async def told(sessions: Sessions) -> None:
    """Every event so far is told to this room, each in a transaction of its own; again if it was told before."""
    async with sessions() as db:
        events = (await db.scalars(select(Event).order_by(Event.id))).all()
    for event in events:
        for handler in HANDLERS.get(event.name, ()):
            if handler.__module__ == handlers.__name__:
                async with unit_of_work(sessions) as db:
                    await handler(db, event)


async def test_a_certificate_that_staff_compared_is_taken_up_once_with_a_link_to_it(
    api: Api, make: Make, settings: Settings, sessions: Sessions
) -> None:
    one = await trained(api, make)
    certification = await one.certified(**PIRT)

    await work_off(settings)
    await told(sessions)
    (evidence,) = await one.evidence()

    assert await one.level() == 3
    assert await one.history() == [(None, 3, "system_fact", None)]
    assert (evidence["kind"], evidence["state"], evidence["verified_level"]) == ("system_record", "verified", 3)
    assert (evidence["submitted_by"], evidence["decided_by"], evidence["files"]) == (None, None, [])
    assert evidence["fact"] == {
        "kind": "certifications",
        "id": certification,
        "href": f"{one.certificates}/{certification}",
    }
    assert (await one.me.get(evidence["fact"]["href"])).status_code == 200


@pytest.mark.parametrize(
    ("dimension", "given"),
    [
        (Dimension.product, HALAL),
        (Dimension.branding, {"kind": "merek", "number": "IDM000123456", "trademark_class": 30}),
    ],
)
async def test_each_kind_speaks_for_the_dimension_that_the_list_says(
    api: Api, make: Make, sessions: Sessions, dimension: Dimension, given: dict[str, Any]
) -> None:
    one, other = await trained(api, make, dimension), await trained(api, make, Dimension.packaging)
    for each in (one, other):
        await each.certified(**given)

    await told(sessions)

    assert (await one.level(), await other.level()) == (3, None)


async def test_a_certificate_that_nobody_compared_speaks_for_nothing(api: Api, make: Make, sessions: Sessions) -> None:
    one = await trained(api, make)
    await one.certified(compared=False, **PIRT)

    await told(sessions)

    assert (await one.level(), await one.evidence()) == (None, [])


async def test_what_was_there_before_the_seat_was_taken_proves_no_change(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one = await trained(api, make)
    await one.certified(**PIRT, issued_on=(clock.today() - timedelta(days=1)).isoformat())

    await told(sessions)

    assert await one.level() is None


async def test_a_fact_waits_for_baseline_and_target(api: Api, make: Make, sessions: Sessions) -> None:
    one = await trained(api, make, baseline_level=None, target_level=None)
    await one.certified(**PIRT)
    await told(sessions)
    early = await one.level()

    baseline = await one.consultant.put(f"{one.path}/baseline", etag='"1"', level=1)
    await told(sessions)
    between = await one.level()
    await one.consultant.put(f"{one.path}/target", etag=baseline.headers["etag"], level=3)
    await told(sessions)

    assert (early, between, await one.level()) == (None, None, 3)
    assert (await one.me.get(one.path)).json()["counts"] is True


async def test_a_removed_certificate_speaks_no_longer_and_the_level_falls(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one = await trained(api, make)
    certification = await one.certified(**PIRT)
    await told(sessions)

    found = await one.me.get(f"{one.certificates}/{certification}")
    await one.me.delete(f"{one.certificates}/{certification}", etag=found.headers["etag"])
    await told(sessions)

    assert await one.level() is None
    assert [row["state"] for row in await one.evidence()] == ["ended"]
    assert await one.history() == [(None, 3, "system_fact", None), (3, None, "system_fact", None)]


async def test_a_renewed_certificate_hands_over_to_its_successor(api: Api, make: Make, sessions: Sessions) -> None:
    one = await trained(api, make)
    former = await one.certified(**PIRT)
    await told(sessions)

    await one.certified(**PIRT | {"number": "2065271010002-31"}, replaces=former)
    await told(sessions)

    assert await one.level() == 3
    assert [row["state"] for row in await one.evidence()] == ["ended", "verified"]


async def test_a_certificate_speaks_until_its_last_day_and_again_once_it_was_corrected(
    app: FastAPI, api: Api, make: Make, sessions: Sessions
) -> None:
    one = await trained(api, make)
    certification = await one.certified(**PIRT)
    await told(sessions)
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    await _ends(sessions, certification, clock.today())
    await told(sessions)
    await handlers.end_what_expired(0)
    on_the_last_day = await one.level()
    tomorrow = clock.now() + timedelta(days=1)
    with clock.clock_at(tomorrow):
        await handlers.end_what_expired(0)
    after = await one.level()
    await _ends(sessions, certification, clock.today() + timedelta(days=400))
    await told(sessions)

    assert (on_the_last_day, after, await one.level()) == (3, None, 3)
    assert [row["state"] for row in await one.evidence()] == ["verified"]


async def _ends(sessions: Sessions, certification: str, day: date) -> None:
    async with unit_of_work(sessions) as db:
        await db.execute(update(Certification).where(Certification.id == certification).values(expires_on=day))


async def test_a_referral_that_a_bank_approved_proves_financing_until_it_is_withdrawn(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business, _, bank, path = await referred(api, make)
    enrolment = await make.enrolment(person=business.owner, actor=business.actor)
    outcome = await outcome_from_one_to_two(make, enrolment, dimension=Dimension.finance)
    one = Trained(api, business.owner, business.consultant, business.actor, outcome)
    await moved(bank, path, "received")
    await moved(bank, path, "in_review")
    await told(sessions)
    before = await one.level()

    await moved(bank, path, "approved", approved_amount_idr=40_000_000)
    await told(sessions)
    approved = await one.level()
    (evidence,) = await one.evidence()
    await moved(one.me, path, "withdrawn")
    await told(sessions)
    await told(sessions)

    assert (before, approved, await one.level()) == (None, 3, None)
    assert evidence["fact"]["href"] == path


async def test_facts_are_taken_up_for_a_time_after_completion(api: Api, make: Make, sessions: Sessions) -> None:
    long_ago = {"state": EnrolmentState.completed, "completed_at": clock.now() - timedelta(days=400)}
    lately = {"state": EnrolmentState.completed, "completed_at": clock.now() - timedelta(days=300)}
    gone = {"state": EnrolmentState.withdrawn}
    each = [await trained(api, make, seat=seat) for seat in (long_ago, lately, gone)]
    for one in each:
        await one.certified(**PIRT)

    await told(sessions)

    assert [await one.level() for one in each] == [None, 3, None]


async def test_a_fact_of_the_business_that_an_enrolment_named_before_is_not_its_own(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one = await trained(api, make)
    await one.certified(**PIRT)
    await told(sessions)
    async with sessions() as db:
        enrolment = await db.get_one(Enrolment, one.outcome.enrolment_id)
        owner = await db.get_one(Person, enrolment.person_id)
    another = await make.actor(owner)

    found = await one.me.get(f"/v1/enrolments/{enrolment.id}")
    named = await one.me.patch(f"/v1/enrolments/{enrolment.id}", etag=found.headers["etag"], actor_id=str(another.id))
    await told(sessions)

    assert named.status_code == 200, named.text
    assert await one.level() is None


async def test_the_dinas_can_revoke_what_a_row_speaks_for_and_it_stays_so(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one = await trained(api, make)
    await one.certified(**PIRT)
    await told(sessions)
    (evidence,) = await one.evidence()

    answer = await api.as_(await make.staff(Role.dinas)).post(
        f"/v1/evidence/{evidence['id']}/revoke", reason="Nomor milik usaha lain."
    )
    await told(sessions)

    assert (answer.status_code, await one.level()) == (200, None)


def test_the_worker_knows_these_handlers() -> None:
    assert handlers.__name__ in ROOMS_WITH_WORK

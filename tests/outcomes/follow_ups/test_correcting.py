"""A wrong answer is put right, a closed business is checked, and staff note what they find between follow-ups."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from plut_api.actors.models import Actor, ActorStatus
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.outcomes.follow_ups.models import FollowUp
from plut_api.outcomes.models import Outcome
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.follow_ups.steps import Sessions, asked, events, levels, participant, said, standing


async def test_a_consultant_puts_a_wrong_answer_right_and_the_first_is_kept(
    api: Api, make: Make, sessions: Sessions
) -> None:
    enrolment = await standing(make, packaging=(1, 3), branding=(0, 2))
    follow_up = await asked(make, enrolment)
    person = await participant(sessions, enrolment)
    me, officer = api.as_(person), api.as_(await make.consultant_of(person))
    path = f"/v1/follow-ups/{follow_up.id}"
    early = await officer.post(f"{path}/correct", answers=said(packaging="yes", branding="yes"), reason="Keliru.")
    await me.post(f"{path}/answer", answers=said(packaging="no", branding="yes"))
    own = await me.post(f"{path}/correct", answers=said(packaging="yes", branding="yes"), reason="Salah pencet.")

    right = said(packaging="partly", branding="no")
    corrected = await officer.post(f"{path}/correct", answers=right, reason="Salah pencet; label dipakai sebagian.")

    assert (early.status_code, early.json()["code"]) == (409, "follow_up_not_answered")
    assert (own.status_code, own.json()["code"]) == (403, "staff_only")
    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["correction_reason"].startswith("Salah pencet")
    assert await levels(me, enrolment) == {"packaging": 2, "branding": 0}
    async with sessions() as db:
        kept = (await db.get_one(FollowUp, follow_up.id)).first_answer
    assert kept is not None
    assert kept["uses"]["packaging"] == {"answer": "no", "before": 3, "after": 1}
    assert await events(sessions, follow_up.id) == ["follow_up.answered", "follow_up.corrected"]


async def test_a_correction_leaves_alone_what_has_moved_since(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(1, 3))
    follow_up = await asked(make, enrolment)
    person = await participant(sessions, enrolment)
    officer, path = api.as_(await make.consultant_of(person)), f"/v1/follow-ups/{follow_up.id}"
    await api.as_(person).post(f"{path}/answer", answers=said(packaging="no"))
    async with unit_of_work(sessions) as db:
        await db.execute(update(Outcome).values(reached_level=2, reached_at=clock.now()))

    corrected = await officer.post(f"{path}/correct", answers=said(packaging="yes"), reason="Masih dipakai.")

    assert corrected.status_code == 200, corrected.text
    assert await levels(officer, enrolment) == {"packaging": 2}


async def test_answers_are_corrected_for_so_many_days(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(1, 3))
    follow_up = await asked(make, enrolment)
    person = await participant(sessions, enrolment)
    officer, path = api.as_(await make.consultant_of(person)), f"/v1/follow-ups/{follow_up.id}"
    await api.as_(person).post(f"{path}/answer", answers=said(packaging="no"))
    async with unit_of_work(sessions) as db:
        await db.execute(update(FollowUp).values(answered_at=clock.now() - timedelta(days=14, minutes=1)))

    late = await officer.post(f"{path}/correct", answers=said(packaging="yes"), reason="Masih dipakai.")

    assert (late.status_code, late.json()["code"]) == (409, "correction_too_late")


async def test_a_business_that_is_said_to_be_closed_is_checked_by_somebody(
    api: Api, make: Make, sessions: Sessions
) -> None:
    enrolment = await standing(make, packaging=(1, 3))
    follow_up = await asked(make, enrolment)
    person = await participant(sessions, enrolment)
    officer = api.as_(await make.consultant_of(person))

    closed = said("closed", None, packaging="yes")
    answered = await api.as_(person).post(f"/v1/follow-ups/{follow_up.id}/answer", answers=closed)
    (row,) = (await officer.get("/v1/work-list", kind="business.said_closed")).json()["data"]
    async with sessions() as db:
        actor = await db.get_one(Actor, enrolment.actor_id)

    assert answered.status_code == 200, answered.text
    assert actor.status is ActorStatus.active
    assert row["href"] == f"/v1/actors/{actor.id}"
    assert await events(sessions, follow_up.id) == ["follow_up.answered", "follow_up.business_closed"]

    corrected = said(packaging="yes")
    await officer.post(f"/v1/follow-ups/{follow_up.id}/correct", answers=corrected, reason="Hanya libur panen.")
    assert (await officer.get("/v1/work-list", kind="business.said_closed")).json()["data"] == []


async def test_staff_note_what_they_found_on_a_visit(api: Api, make: Make, sessions: Sessions) -> None:
    enrolment = await standing(make, packaging=(1, 3))
    person = await participant(sessions, enrolment)
    officer, path = api.as_(await make.consultant_of(person)), f"/v1/enrolments/{enrolment.id}/follow-ups"
    found: dict[str, Any] = {"answers": said(packaging="no"), "channel": "visit"}

    noted = await officer.post(path, **found)
    again = await officer.get(noted.headers["location"])
    await asked(make, enrolment)
    meanwhile = await officer.post(path, **found)
    own = await api.as_(person).post(path, **found)

    assert noted.status_code == 201, noted.text
    assert (noted.json()["planned"], noted.json()["months"], noted.json()["state"]) == (False, 2, "answered")
    assert again.json() == noted.json()
    assert await levels(officer, enrolment) == {"packaging": 1}
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "follow_up_open")
    assert (own.status_code, own.json()["code"]) == (403, "staff_only")


async def test_nothing_is_noted_of_training_that_was_not_completed(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await make.enrolment(person=person)
    officer = api.as_(await make.consultant_of(person))

    refused = await officer.post(f"/v1/enrolments/{enrolment.id}/follow-ups", answers=said(), channel="visit")

    assert (refused.status_code, refused.json()["code"]) == (409, "enrolment_not_completed")

"""The card of a participant: where I stand, in the words of the rubric, and what is next."""

from datetime import timedelta
from typing import Any

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.outcomes.models import Dimension, EvidenceState
from plut_api.programs.models import Enrolment, EnrolmentState, ProgramState, Shift, TrainingSession
from tests.conftest import Api
from tests.factories import Make
from tests.outcomes.follow_ups.steps import asked, completed
from tests.programs.attendance.door import came, training

REJECTED: dict[str, Any] = {
    "state": EvidenceState.rejected,
    "decided_by": new_id(),
    "reason": "Tanggal tidak terbaca.",
    "next_step": "Foto ulang {sisi} belakang.",
}


async def card_of(api: Api, enrolment: Enrolment, **options: Any) -> dict[str, Any]:
    answer = await api.get(f"/v1/enrolments/{enrolment.id}/card", **options)
    assert answer.status_code == 200, answer.text
    card: dict[str, Any] = answer.json()
    return card


async def my_card(api: Api) -> list[dict[str, Any]]:
    answer = await api.get("/v1/me/card")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def eventful(make: Make) -> Enrolment:
    """Completed training with something of everything to do."""
    enrolment = await completed(make, clock.today() - timedelta(days=100), person=await make.person())
    levels = {"baseline_level": 0, "target_level": 3}
    reached = {"reached_level": 3, "reached_at": clock.now()}
    await make.outcome(enrolment, Dimension.product, **levels, **reached)
    sent_back = await make.outcome(enrolment, Dimension.packaging, **levels)
    waiting = await make.outcome(enrolment, Dimension.branding, **levels)
    await make.outcome(enrolment, Dimension.market, **levels)
    near = {"baseline_level": 1, "target_level": 2}
    await make.outcome(enrolment, Dimension.finance, **near)
    await make.evidence(sent_back, decided_at=clock.now(), **REJECTED)
    await make.evidence(waiting, decided_at=clock.now(), **REJECTED)
    await make.evidence(waiting)
    await asked(make, enrolment)
    return enrolment


async def test_a_card_says_what_to_do_the_most_useful_first(api: Api, make: Make) -> None:
    enrolment = await eventful(make)
    me = api.as_(await make.consultant_of())

    card = await card_of(me, enrolment)

    assert [(step["kind"], step["dimension"]) for step in card["next"]] == [
        ("mend_evidence", "packaging"),
        ("answer_follow_up", None),
        ("prove_level", "finance"),  # one level short, the market three
        ("prove_level", "market"),
        ("wait_for_verification", "branding"),
    ]
    assert (card["proven"], card["of"]) == (1, 5)
    first = card["next"][0]
    assert first["words"] == first["text"]["id"] == "Perbaiki bukti kemasan: Foto ulang {sisi} belakang."
    assert first["text"]["en"] == "Mend the evidence for packaging: Foto ulang {sisi} belakang."
    for step in card["next"]:
        assert (await me.get(step["href"])).status_code == 200, step["href"]


async def test_a_card_speaks_the_language_that_was_asked_for_and_holds_both(api: Api, make: Make) -> None:
    enrolment = await eventful(make)
    me = api.as_(await make.consultant_of())

    indonesian = await card_of(me, enrolment)
    english = await card_of(me, enrolment, headers={"Accept-Language": "en"})

    steps = list(zip(indonesian["next"], english["next"], strict=True))
    assert [step["words"] for step, _ in steps] == [step["text"]["id"] for _, step in steps]
    assert [step["words"] for _, step in steps] == [step["text"]["en"] for step, _ in steps]
    assert indonesian["dimensions"] == english["dimensions"]


async def test_each_dimension_tells_where_one_stands_and_what_the_next_level_asks(api: Api, make: Make) -> None:
    enrolment = await eventful(make)
    me = api.as_(await make.consultant_of())

    product, packaging, branding, _, finance = (await card_of(me, enrolment))["dimensions"]

    assert (product["reached_level"], product["counts"], product["next_level"]["level"]) == (3, True, 4)
    assert product["stands"][0]["en"].startswith("The permit that this product must have is issued")
    assert packaging["name"] == {"id": "Kemasan", "en": "Packaging"}
    assert packaging["stands"] == [
        {"id": "Produk dijual tanpa kemasan.", "en": "The product is sold without packaging."}
    ]
    assert packaging["next_level"]["level"] == 1
    assert packaging["next_level"]["evidence"], "what can prove it"
    assert all(1 in kind["levels"] for kind in packaging["next_level"]["evidence"])
    assert packaging["rejected"]["next_step"] == REJECTED["next_step"]
    assert (branding["rejected"], branding["evidence_waiting"]) == (None, 1), "new evidence follows the rejected"
    assert (finance["baseline_level"], finance["next_level"]["level"]) == (1, 2)


async def test_before_anything_is_known_a_card_tells_of_the_next_sessions_and_of_the_assessment(
    api: Api, make: Make
) -> None:
    person, today = await make.person(), clock.today()
    program = await make.program(starts_on=today - timedelta(days=1), state=ProgramState.running)
    enrolment = await make.enrolment(program, person)
    cancelled = {"cancelled_at": clock.now(), "cancel_reason": "Listrik padam"}
    days: list[tuple[int, Shift, dict[str, Any]]] = [
        (1, Shift.afternoon, {}),
        (1, Shift.morning, {}),
        (0, Shift.morning, cancelled),
        (-1, Shift.morning, {}),
    ]
    for number, (day, shift, given) in enumerate(days):
        held_on, title = today + timedelta(days=day), f"Sesi {number}"
        await make.add(TrainingSession(program_id=program.id, held_on=held_on, shift=shift, title=title, **given))

    card = await card_of(api.as_(person), enrolment)

    assert [session["title"] for session in card["sessions"]] == ["Sesi 1", "Sesi 0"]
    assert [step["kind"] for step in card["next"]] == ["attend_session", "wait_for_assessment"]
    assert card["next"][0]["words"] == "Hadiri sesi: Sesi 1"
    assert card["next"][0]["on"] == str(today + timedelta(days=1))
    assert card["attendance"]["sessions_attended"] == 0
    assert [dimension["stands"] != [] for dimension in card["dimensions"]] == [True] * 5
    assert (card["certificate"], card["follow_up"]) == (None, None)


async def test_who_completed_sees_their_attendance_and_fetches_the_certificate(api: Api, make: Make) -> None:
    school = await training(make, sessions=2)
    (enrolment,), (person,) = school.enrolments, school.people
    await came(make, school.session, enrolment)
    me = api.as_(person)
    before = await card_of(me, enrolment)
    await came(make, school.today, enrolment)
    done = await api.as_(school.organizer).post(f"/v1/enrolments/{enrolment.id}/complete")

    card = await card_of(me, enrolment)

    assert done.status_code == 200, done.text
    assert (before["attendance"]["attended_percent"], before["certificate"]) == (50, None)
    assert (card["attendance"]["attended_percent"], card["attendance"]["asked_percent"]) == (100, 80)
    step = card["next"][0]
    assert step["kind"] == "fetch_certificate"
    assert step["words"] == f"Ambil sertifikat {card['certificate']['number']}."
    assert step["href"] == f"/v1/certificates/{card['certificate']['code']}/pdf"


async def test_a_level_that_fell_is_to_be_proven_again(api: Api, make: Make) -> None:
    person = await make.person()
    enrolment = await completed(make, clock.today() - timedelta(days=100), person=person)
    await make.outcome(
        enrolment, Dimension.packaging, baseline_level=1, target_level=3, reached_level=3, reached_at=clock.now()
    )
    follow_up = await asked(make, enrolment)
    me = api.as_(person)
    use = [{"dimension": "packaging", "answer": "partly"}]
    answers = {"business": "running", "sales": "less", "still_in_use": use}
    await me.post(f"/v1/follow-ups/{follow_up.id}/answer", answers=answers)

    card = await card_of(me, enrolment)

    assert card["proven"] == 0
    assert [step["kind"] for step in card["next"]] == ["prove_level", "wait_for_assessment"]
    assert "tingkat 3" in card["next"][0]["words"]


async def test_my_card_is_short_and_shows_all_that_i_take_part_in(api: Api, make: Make) -> None:
    person = await make.person()
    done = await completed(make, clock.today() - timedelta(days=100), person=person)
    for dimension in Dimension:
        await make.outcome(done, dimension, baseline_level=0, target_level=2)
    running = await make.enrolment(person=person)
    await make.enrolment(person=person, state=EnrolmentState.withdrawn)
    me = api.as_(person)

    rows = await my_card(me)

    assert [row["enrolment_id"] for row in rows] == [str(running.id), str(done.id)]
    assert [len(row["next"]) for row in rows] == [1, 3]
    assert [level["dimension"] for level in rows[0]["levels"]] == [each.value for each in Dimension]
    assert (await me.get(rows[1]["href"])).json()["enrolment_id"] == str(done.id)
    assert await my_card(api.as_(await make.consultant_of(person))) == []


async def test_a_card_is_for_the_participant_the_organizer_and_who_serves_them(api: Api, make: Make) -> None:
    opd = await make.organization()
    person = await make.person()
    enrolment = await make.enrolment(await make.program(opd), person)
    path = f"/v1/enrolments/{enrolment.id}/card"
    may = [person, await make.consultant_of(person), await make.staff(Role.opd, opd), await make.staff(Role.dinas)]
    may_not = [await make.person(), await make.consultant_of(await make.person()), await make.staff(Role.opd)]

    assert [(await api.as_(who).get(path)).status_code for who in may] == [200] * 4
    assert [(await api.as_(who).get(path)).status_code for who in may_not] == [404] * 3
    (shown,) = (await api.as_(person).get("/v1/me/disclosures")).json()["data"]
    assert "outcome_levels" in shown["fields"]


async def test_my_card_takes_as_many_statements_for_many_enrolments_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    person = await make.person()
    me, counts = api.as_(person), []
    await my_card(me)
    for number in (1, 4):
        for _ in range(number):
            enrolment = await completed(make, at_day := clock.today() - timedelta(days=100), person=person)
            await make.evidence(await make.outcome(enrolment, baseline_level=0, target_level=2))
            await make.enrolment(person=person)
            await asked(make, enrolment, due_on=at_day)
        statements.clear()
        await my_card(me)
        counts.append(len(statements))

    assert counts == [4, 4]

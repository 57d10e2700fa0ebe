"""What a programme asks of somebody is shown before they enrol: documents, exemptions, reserved seats."""

from typing import Any

from plut_api.actors.models import PersonSegment, SegmentKind, SegmentSource
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.programs.models import (
    EnrolmentState,
    FundSource,
    Program,
    ProgramLevel,
)
from tests.conftest import Api
from tests.factories import Make

NIB = "9120301234567"


async def _asking(make: Make, **given: Any) -> Program:
    return await make.program(fund_source=FundSource.dak_nonfisik, required_documents=["nib"], **given)


async def test_a_document_is_asked_of_who_has_a_business_without_it(api: Api, make: Make) -> None:
    program, person = await _asking(make), await make.person()
    await make.actor(person)

    shown = (await api.as_(person).get(f"/v1/programs/{program.id}/requirements")).json()

    (document,) = shown["documents"]
    assert (document["code"], document["held"], document["exemption"]) == ("nib", False, None)
    assert "oss.go.id" in document["next_step"]
    assert not shown["can_enrol"]


async def test_what_is_on_file_is_not_asked_again(api: Api, make: Make) -> None:
    program, person = await _asking(make), await make.person()
    without, _ = await make.actor(person), await make.actor(person, nib=NIB)
    me, path = api.as_(person), f"/v1/programs/{program.id}/requirements"

    of_any = (await me.get(path)).json()
    of_the_other = (await me.get(path, actor=str(without.id))).json()

    assert (of_any["documents"][0]["held"], of_any["can_enrol"]) == (True, True)
    assert (of_the_other["documents"][0]["held"], of_the_other["can_enrol"]) == (False, False)


async def test_who_has_no_business_yet_is_exempt(api: Api, make: Make) -> None:
    program, person = await _asking(make), await make.person()

    shown = (await api.as_(person).get(f"/v1/programs/{program.id}/requirements")).json()

    assert shown["documents"][0]["exemption"]["code"] == "aspiring_entrepreneur"
    assert shown["can_enrol"]


async def test_who_keeps_a_cooperative_is_exempt_although_they_have_a_business(api: Api, make: Make) -> None:
    program, person = await _asking(make), await make.person()
    await make.actor(person)
    await make.manager(await make.cooperative(), person)

    shown = (await api.as_(person).get(f"/v1/programs/{program.id}/requirements")).json()

    assert shown["documents"][0]["exemption"]["code"] == "cooperative_people"


async def test_most_programmes_ask_for_nothing(api: Api, make: Make) -> None:
    program, person = await make.program(seats=7), await make.person()

    shown = (await api.as_(person).get(f"/v1/programs/{program.id}/requirements")).json()

    assert shown == {
        "program_id": str(program.id),
        "person_id": str(person.id),
        "documents": [],
        "prerequisite": None,
        "reserved_seats": [],
        "seats_left": 7,
        "can_enrol": True,
    }


async def test_reserved_seats_show_to_whom_they_are_for(api: Api, make: Make) -> None:
    program, person = await make.program(reserved={"mothers": 5, "disability": 4}), await make.person()
    await make.add(
        PersonSegment(
            person_id=person.id, segment=SegmentKind.mothers, since=clock.today(), source=SegmentSource.self_
        ),
    )

    shown = (await api.as_(person).get(f"/v1/programs/{program.id}/requirements")).json()

    assert shown["reserved_seats"] == [{"segment": "mothers", "seats": 5, "seats_left": 5}]


async def test_the_programme_that_comes_before_is_named_and_whether_it_was_completed(api: Api, make: Make) -> None:
    basic, person = await make.program(), await make.person()
    program = await make.program(level=ProgramLevel.intermediate, prerequisite_id=basic.id)
    me, path = api.as_(person), f"/v1/programs/{program.id}/requirements"

    before = (await me.get(path)).json()
    await make.enrolment(basic, person, state=EnrolmentState.completed, completed_at=clock.now())
    after = (await me.get(path)).json()

    assert before["prerequisite"] == {"program_id": str(basic.id), "title": basic.title, "completed": False}
    assert (before["can_enrol"], after["can_enrol"], after["prerequisite"]["completed"]) == (False, True, True)


async def test_staff_see_it_of_whom_they_serve_and_say_of_whom(api: Api, make: Make) -> None:
    program, person = await _asking(make), await make.person()
    path = f"/v1/programs/{program.id}/requirements"
    mine, foreign = await make.staff_who_serve(Role.consultant, person), await make.staff(Role.consultant)

    assert (await api.as_(mine).get(path, person=str(person.id))).json()["person_id"] == str(person.id)
    refused = await api.as_(foreign).get(path, person=str(person.id))
    unnamed = await api.as_(mine).get(path)

    assert (refused.status_code, refused.json()["code"]) == (404, "person_not_found")
    assert [(e["pointer"], e["code"]) for e in unnamed.json()["errors"]] == [("/query/person", "missing")]

"""One calendar of all organizations: pages for planning, feeds for calendar apps."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.programs.calendar.feed import written
from plut_api.programs.models import ProgramHost, ProgramState, Shift
from tests.conftest import Api
from tests.facilities.building import facility, room, workday
from tests.factories import Make
from tests.programs.teaching import cancelled, session, trainer

PATH = "/v1/programs/calendar"
FEED = "/v1/programs/calendar.ics"
USUAL = {Shift.morning: (time(8), time(12)), Shift.afternoon: (time(13), time(17))}


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


def events(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_anyone_sees_what_is_public_an_opd_its_drafts_and_the_dinas_all(api: Api, make: Make) -> None:
    opd, guest = await make.organization(), await make.organization()
    public = await session(make, await make.program(opd))
    drafted = await make.program(opd, state=ProgramState.draft)
    draft = await session(make, drafted, shift="afternoon")
    await make.add(
        ProgramHost(
            program_id=drafted.id,
            organization_id=guest.id,
            added_by=new_id(),
            accepted_at=clock.now(),
            accepted_by=new_id(),
        )
    )
    both, one = [str(public.id), str(draft.id)], [str(public.id)]

    assert ids(await api.get(PATH)) == one
    assert ids(await api.as_(await make.staff(Role.bank)).get(PATH)) == one
    assert ids(await api.as_(await make.staff(Role.opd)).get(PATH)) == one
    for staff in (await make.staff(Role.opd, opd), await make.staff(Role.opd, guest), await make.staff(Role.dinas)):
        assert ids(await api.as_(staff).get(PATH)) == both
    entry = (await api.get(PATH)).json()["data"][0]
    assert (entry["organization_id"], entry["topics"], entry["program_state"]) == (
        str(opd.id),
        ["product.packaging"],
        "published",
    )


async def test_it_is_narrowed_by_whom_where_and_what(api: Api, make: Make) -> None:
    house, lalu, opd = await facility(make), await trainer(make), await make.organization()
    classroom = await room(make, house)
    one = await make.program(opd, topics=["market.digital_literacy"], regency_codes=["52.71"])
    found = await session(make, one, lalu, room_id=classroom.id)
    other = await session(make, await make.program(regency_codes=["52.02"]), await trainer(make))

    narrowed: dict[str, Any] = {
        "organization": str(opd.id),
        "room": str(classroom.id),
        "trainer": str(lalu.id),
        "facility": str(house.id),
        "topic": "market.digital_literacy",
        "regency": "52.71",
    }
    after: dict[str, Any] = {"from": (one.starts_on + timedelta(days=1)).isoformat()}

    assert ids(await api.get(PATH)) == [str(found.id), str(other.id)]
    for name, value in narrowed.items():
        assert ids(await api.get(PATH, **{name: value})) == [str(found.id)], name
        assert [str(event["UID"]) for event in events(await api.get(FEED, **{name: value}))] == [str(found.id)], name
    assert ids(await api.get(PATH, **after)) == []
    assert ids(await api.get(PATH, to=(one.starts_on - timedelta(days=1)).isoformat())) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param({"from": "2026-03-02", "to": "2026-03-01"}, "ends_before_it_starts", id="backwards"),
        pytest.param({"from": "2026-03-02", "to": "2027-03-04"}, "period_too_long", id="more than a year"),
        pytest.param({"room": "kelas-1"}, "uuid_parsing", id="a room by its code"),
    ],
)
async def test_a_period_that_cannot_be_read_is_refused(api: Api, given: dict[str, Any], code: str) -> None:
    answer = await api.get(PATH, **given)

    assert (answer.status_code, [fault["code"] for fault in answer.json()["errors"]]) == (422, [code])


async def test_pages_of_any_length_take_one_statement(api: Api, make: Make, statements: list[str]) -> None:
    program, lalu = await make.program(), await trainer(make)
    made = [
        await session(make, program, lalu, held_on=program.starts_on + timedelta(days=number), shift=shift)
        for number in range(3)
        for shift in Shift
    ]
    await api.get(PATH)  # Takes the hour's share of the quota.

    counts, seen, cursor = [], [], None
    for limit in (1, 5):
        statements.clear()
        page = (await api.get(PATH, limit=limit, **({"cursor": cursor} if cursor else {}))).json()
        counts.append(len(statements))
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]

    assert counts == [1, 1]
    assert (seen, cursor) == ([str(each.id) for each in made], None)


async def test_one_address_answers_as_json_or_as_icalendar(api: Api, make: Make) -> None:
    await session(make, await make.program(state=ProgramState.draft))
    dinas = api.as_(await make.staff(Role.dinas))

    as_ics = await dinas.get(PATH, headers={"Accept": "text/calendar"})
    neither = await dinas.get(PATH, headers={"Accept": "text/html"})

    assert [str(event["STATUS"]) for event in events(as_ics)] == ["TENTATIVE"]
    assert as_ics.headers["Cache-Control"] == "private, no-cache"
    assert "Accept" in as_ics.headers["Vary"]
    assert neither.json()["code"] == "not_acceptable"


async def test_an_app_subscribes_by_the_address_alone_and_asks_again_cheaply(api: Api, make: Make) -> None:
    await session(make, await make.program())
    await session(make, await make.program(state=ProgramState.draft))

    first = await api.get(FEED)
    again = await api.get(FEED, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert len(events(first)) == 1
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


async def test_an_event_keeps_its_uid_as_it_moves_and_is_struck_out_when_it_is_off(api: Api, make: Make) -> None:
    program = await make.program()
    held = await session(make, program, await trainer(make))
    me = api.as_(await make.staff(Role.dinas))

    (before,) = events(await api.get(FEED))
    moved = await me.patch(f"/v1/sessions/{held.id}", etag='"1"', shift="afternoon")
    (after,) = events(await api.get(FEED))
    await me.post(f"/v1/sessions/{held.id}/cancel", reason="Pengajar sakit.")
    (off,) = events(await api.get(FEED))

    assert moved.status_code == 200
    assert {str(event["UID"]) for event in (before, after, off)} == {str(held.id)}
    assert [event["SEQUENCE"] for event in (before, after, off)] == [1, 2, 3]
    assert [str(event["STATUS"]) for event in (before, after, off)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(before["SUMMARY"]) == f"{program.title}: Hari pertama"
    assert "Pengajar: Lalu Contoh" in str(before["DESCRIPTION"])
    assert "Pengajar sakit." in str(off["DESCRIPTION"])


async def test_shifts_have_the_hours_of_their_building_and_else_the_usual_ones_in_wita(api: Api, make: Make) -> None:
    classroom, day = await room(make, await facility(make)), workday()
    program = await make.program(starts_on=day, ends_on=day)
    await session(make, program, shift="afternoon", room_id=classroom.id)
    await session(make, program, held_on=day)

    answer = await api.get(FEED)
    morning, afternoon = events(answer)

    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Makassar\r\n" in answer.text
    assert f"DTSTART;TZID=Asia/Makassar:{day:%Y%m%d}T080000\r\n" in answer.text
    assert morning["DTEND"].dt.astimezone(UTC) == datetime.combine(day, time(4), UTC)
    assert (afternoon["DTSTART"].dt.astimezone(UTC), afternoon["DTEND"].dt.astimezone(UTC)) == (
        datetime.combine(day, time(5), UTC),
        datetime.combine(day, time(9), UTC),
    )


async def test_sessions_of_a_cancelled_programme_leave_the_public_calendar(api: Api, make: Make) -> None:
    await session(make, await make.program(state=ProgramState.cancelled), **cancelled())

    assert events(await api.get(FEED)) == []
    assert len(ids(await api.as_(await make.staff(Role.dinas)).get(PATH))) == 1


@settings(max_examples=50, deadline=None)
@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200))
def test_titles_survive_being_folded_and_escaped(title: str) -> None:
    told = written([_row(title)], USUAL, "PLUT NTB")

    (event,) = Calendar.from_ical(told).walk("VEVENT")
    assert all(len(line) <= 75 for line in told.split(b"\r\n"))
    assert str(event["SUMMARY"]) == f"{title}: {title}"
    assert str(event["LOCATION"]) == title


def _row(title: str) -> Any:
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    return SimpleNamespace(
        id=new_id(),
        version=1,
        created_at=at,
        updated_at=at,
        held_on=date(2026, 3, 2),
        shift=Shift.morning,
        since=None,
        until=None,
        title=title,
        program_title=title,
        program_state=ProgramState.published,
        organization_name=title,
        trainers=[{"id": "1", "name": title}],
        topics=["product.packaging"],
        place=title,
        cancelled_at=None,
        cancel_reason=None,
    )

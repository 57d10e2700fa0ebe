"""The catalogue: what is published is everybody's, the rest its organizer's and the Dinas's to see."""

from datetime import timedelta
from typing import Any

import pytest

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import OrganizationKind
from plut_api.programs.models import ProgramState, ProgramTransition, Shift, TrainingSession
from tests.conftest import Api
from tests.factories import Make

DAY = clock.today() + timedelta(days=30)


@pytest.mark.parametrize(
    ("state", "public"),
    [(state, state in ("published", "running", "completed")) for state in ProgramState],
)
async def test_anyone_sees_a_programme_only_from_its_publication_on(
    api: Api, make: Make, state: ProgramState, public: bool
) -> None:
    opd = await make.organization()
    program = await make.program(opd, state=state)
    seeing = [api.as_(await make.staff(Role.opd, opd)), api.as_(await make.staff(Role.dinas))]
    others = [
        api,
        api.as_(await make.staff(Role.opd)),
        api.as_(await make.person()),
        api.as_(await make.staff(Role.bank)),
    ]

    for reader in seeing:
        assert (await reader.get(f"/v1/programs/{program.id}")).status_code == 200
        assert len((await reader.get("/v1/programs")).json()["data"]) == 1
    for reader in others:
        answer = await reader.get(f"/v1/programs/{program.id}")
        assert (answer.status_code, answer.json().get("code")) == (
            (200, None) if public else (404, "program_not_found")
        )
        assert len((await reader.get("/v1/programs")).json()["data"]) == int(public)


async def test_a_machine_without_the_scope_sees_what_anyone_sees(api: Api, make: Make) -> None:
    opd = await make.organization()
    program = await make.program(opd, state=ProgramState.draft)
    knowing, other = await make.client(opd, "programs:read"), await make.client(opd, "outcomes:read")

    assert (await api.as_(knowing, OrganizationKind.opd).get(f"/v1/programs/{program.id}")).status_code == 200
    assert (await api.as_(other, OrganizationKind.opd).get(f"/v1/programs/{program.id}")).status_code == 404


async def test_who_was_to_come_can_read_that_it_is_cancelled(api: Api, make: Make) -> None:
    program, person = await make.program(state=ProgramState.cancelled), await make.person()
    await make.enrolment(program, person)

    assert (await api.as_(person).get(f"/v1/programs/{program.id}")).json()["state"] == "cancelled"
    assert (await api.as_(await make.person()).get(f"/v1/programs/{program.id}")).status_code == 404


async def test_a_programme_that_never_was_is_not_found(api: Api) -> None:
    answer = await api.get(f"/v1/programs/{new_id()}")

    assert (answer.status_code, answer.json()["code"]) == (404, "program_not_found")


async def test_the_catalogue_is_narrowed_by_each_filter(api: Api, make: Make) -> None:
    opd = await make.organization()
    here = await make.program(opd, topics=["product.branding"], segments=["youth"], regency_codes=["52.71"])
    anywhere = await make.program(
        regency_codes=[], starts_on=DAY + timedelta(days=60), ends_on=DAY + timedelta(days=61)
    )
    elsewhere = await make.program(regency_codes=["52.06"], state=ProgramState.running)
    late = (DAY + timedelta(days=50)).isoformat()

    async def found(**query: Any) -> set[str]:
        return {row["id"] for row in (await api.get("/v1/programs", **query)).json()["data"]}

    a, b, c = str(here.id), str(anywhere.id), str(elsewhere.id)
    assert await found() == {a, b, c}
    assert await found(state="running") == {c}
    assert await found(state=["running", "published"]) == {a, b, c}
    assert await found(topic="product.branding") == {a}
    assert await found(organization=str(opd.id)) == {a}
    assert await found(regency="52.71") == {a, b}
    assert await found(segment="youth") == {a}
    assert await found(**{"from": late}) == {b}
    assert await found(to=late) == {a, c}
    assert await found(state="draft") == set()


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (1, None, True),  # already under way on that day
        (2, None, True),
        (3, None, False),  # over by then
        (None, 0, True),
        (None, -1, False),  # not begun yet
        (1, 1, True),
    ],
)
async def test_a_period_finds_what_takes_place_on_any_of_its_days(
    api: Api, make: Make, first: int | None, last: int | None, found: bool
) -> None:
    await make.program(starts_on=DAY, ends_on=DAY + timedelta(days=2))
    bounds = {"from": first, "to": last}
    period: dict[str, Any] = {
        name: (DAY + timedelta(days=n)).isoformat() for name, n in bounds.items() if n is not None
    }

    answer = await api.get("/v1/programs", **period)

    assert len(answer.json()["data"]) == int(found)


async def test_a_misspelt_title_is_found_the_likest_first(api: Api, make: Make) -> None:
    exact = await make.program(title="Pelatihan Kemasan Pangan")
    await make.program(title="Tenun Sumbawa")

    answer = await api.get("/v1/programs", q="kemasn pangan")

    assert [row["id"] for row in answer.json()["data"]] == [str(exact.id)]


@pytest.mark.parametrize(("sort", "order"), [("starts_on", [0, 1, 1, 2, 3]), ("-starts_on", [3, 2, 1, 1, 0])])
async def test_pages_follow_the_first_day_without_gap_or_repeat(
    api: Api, make: Make, sort: str, order: list[int]
) -> None:
    for days in (2, 0, 1, 3, 1):
        await make.program(starts_on=DAY + timedelta(days=days), ends_on=DAY + timedelta(days=9))

    seen: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await api.get("/v1/programs", sort=sort, limit=2, **cursor)).json()
        seen += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert [row["starts_on"] for row in seen] == [(DAY + timedelta(days=n)).isoformat() for n in order]
    assert len({row["id"] for row in seen}) == 5


async def test_shared_caches_keep_only_what_anyone_sees(api: Api, make: Make) -> None:
    officer = api.as_(await make.staff(Role.dinas))
    program = await make.program()

    for path in ("/v1/programs", f"/v1/programs/{program.id}", f"/v1/programs/{program.id}/sessions"):
        anyone, signed_in = await api.get(path), await officer.get(path)
        assert anyone.headers["cache-control"].startswith("public")
        assert signed_in.headers["cache-control"] == "private, no-cache"
        assert "Authorization" in anyone.headers["vary"]
        again = await officer.get(path, headers={"If-None-Match": signed_in.headers["etag"]})
        assert again.status_code == 304


async def test_a_copy_grows_stale_when_a_seat_is_taken(api: Api, make: Make) -> None:
    program = await make.program()
    path = f"/v1/programs/{program.id}"
    before = await api.get(path)

    await api.as_(await make.person()).post(f"{path}/enrolments")
    after = await api.get(path, headers={"If-None-Match": before.headers["etag"]})

    assert (after.status_code, after.json()["seats_taken"]) == (200, 1)


async def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    opd = await make.organization()
    officer = api.as_(await make.staff(Role.opd, opd))
    program = await make.program(opd)
    one = f"/v1/programs/{program.id}"
    paths = ["/v1/programs", "/v1/enrolments", f"{one}/enrolments", f"{one}/sessions", f"{one}/transitions"]
    for path in paths:
        await officer.get(path)  # The first call of a caller also counts it.

    counts = []
    for fill in range(2):
        for n in range(3):
            await make.enrolment(program)
            await make.program(opd)
            day = program.starts_on + timedelta(days=n)
            await make.add(
                TrainingSession(program_id=program.id, held_on=day, shift=list(Shift)[fill], title="Praktik"),
                ProgramTransition(
                    program_id=program.id,
                    from_state=ProgramState.submitted,
                    to_state=ProgramState.rejected,
                    caller_id=new_id(),
                    reason="Karena begitu.",
                ),
            )
        statements.clear()
        for path in paths:
            rows = (await officer.get(path)).json()["data"]
            assert len(rows) >= 3 * (fill + 1)
        counts.append(len(statements))

    assert counts[0] == counts[1]

"""The preview changes nothing, says what the merge then does, and is asked for by it."""

from datetime import timedelta

from plut_api.kit import clock
from tests.actors.merging.records import Sessions, merge, merged_by, preview, whole_database
from tests.conftest import Api
from tests.factories import Make


async def test_a_preview_changes_nothing(api: Api, make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    program, bank = await make.program(), await make.bank()
    for person in (one, other):
        actor = await make.actor(person)
        await make.enrolment(program, person, actor)
        await make.consent(actor, bank)
    before = await whole_database(sessions)

    answer = await preview(dinas, "people", one, other)

    assert answer.status_code == 200, answer.text
    assert await whole_database(sessions) == before
    assert (await dinas.get("/v1/merges")).json()["data"] == []


async def test_the_merge_does_what_the_preview_said(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    program = await make.program()
    for person in (one, other):
        await make.enrolment(program, person, await make.actor(person))

    said = (await preview(dinas, "people", one, other)).json()
    done = await merge(dinas, "people", one, other)

    detail = (await dinas.get(f"/v1/merges/{done['id']}")).json()
    assert detail["moved"] == said["moved"]
    assert detail["collisions"] == said["collisions"]
    assert {row["kind"] for row in said["moved"]} == {"enrolments", "ownerships"}


async def test_what_changed_since_the_preview_asks_for_another_look(api: Api, make: Make) -> None:
    one, other, third = await make.person(), await make.person(), await make.person()
    dinas = api.as_(await make.staff())
    token = (await preview(dinas, "people", one, other)).json()["preview_token"]
    foreign = (await preview(dinas, "people", one, third)).json()["preview_token"]
    await make.enrolment(person=other)

    answers = [
        await dinas.post(f"/v1/people/{one.id}/merge", merged_id=str(other.id), preview_token=given)
        for given in (token, foreign, "made-up")
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(412, "merge_preview_stale")] * 3
    assert (await merged_by(dinas, "people", one, other)).status_code == 201


async def test_the_number_of_statements_does_not_grow_with_the_rows(
    api: Api, make: Make, statements: list[str]
) -> None:
    dinas = api.as_(await make.staff())
    await merge(dinas, "people", await make.person(), await make.person())  # What is read once a process is read now.
    counts = []
    for rows in (1, 6):
        one, other, bank = await make.person(), await make.person(), await make.bank()
        program = await make.program()
        await make.enrolment(program, one)
        await make.enrolment(program, other)
        actors = [await make.actor(other) for _ in range(rows)]
        for number, actor in enumerate(actors):
            await make.outcome(await make.enrolment(person=other, actor=actor))
            await make.figure(actor, year=2000 + number)
            await make.consent(actor, bank, expires_at=clock.now() + timedelta(days=9))
        statements.clear()
        await merge(dinas, "people", one, other)
        counts.append(len(statements))
        businesses = [await make.actor(one), await make.actor(one)]
        for _ in range(rows):
            await make.outcome(await make.enrolment(person=one, actor=businesses[1]))
            await make.figure(businesses[1])
            await make.consent(businesses[1], await make.bank())
        statements.clear()
        done = await merge(dinas, "actors", *businesses)
        counts.append(len(statements))
        statements.clear()
        await dinas.post(f"/v1/merges/{done['id']}/undo")
        counts.append(len(statements))

    assert counts[:3] == counts[3:]

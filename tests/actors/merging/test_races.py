"""Several at once: one merge wins and the others learn of it; who writes meanwhile loses nothing."""

from asyncio import create_task, gather, sleep
from collections import Counter

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from plut_api.actors.merging import service
from plut_api.actors.models import Actor
from plut_api.kit.answers import problem_of
from plut_api.kit.database import constraint_of, unit_of_work
from plut_api.kit.merging import Of
from plut_api.kit.survivors import REFERS_TO_MERGED
from tests.actors.merging.records import Sessions, merge, merged_by, naming, preview, undo
from tests.conftest import Api
from tests.factories import Make, caller_for


async def test_of_many_who_merge_one_pair_one_wins_and_the_others_learn_of_it(api: Api, make: Make) -> None:
    one, other = await make.person(), await make.person()
    dinas = [api.as_(await make.staff()) for _ in range(4)]
    tokens = [(await preview(each, "people", one, other)).json()["preview_token"] for each in dinas]

    answers = await gather(
        *(
            each.post(f"/v1/people/{one.id}/merge", merged_id=str(other.id), preview_token=token)
            for each, token in zip(dinas, tokens, strict=True)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    (won,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {(body["code"], body["merge_id"]) for body in lost} == {("already_merged", won)}


@pytest.mark.parametrize("attempt", range(3))
async def test_of_two_who_merge_each_others_way_one_wins(api: Api, make: Make, attempt: int) -> None:
    one, other, dinas = await make.actor(), await make.actor(), api.as_(await make.staff())
    there = (await preview(dinas, "actors", one, other)).json()["preview_token"]
    back = (await preview(dinas, "actors", other, one)).json()["preview_token"]

    answers = await gather(
        dinas.post(f"/v1/actors/{one.id}/merge", merged_id=str(other.id), preview_token=there),
        dinas.post(f"/v1/actors/{other.id}/merge", merged_id=str(one.id), preview_token=back),
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    won, lost = sorted((answer.json() for answer in answers), key=lambda body: "code" in body)
    assert (lost["code"], lost["merge_id"]) == ("already_merged", won["id"])


async def test_who_takes_a_seat_or_consents_meanwhile_is_moved_along_or_led_on(
    api: Api, make: Make, sessions: Sessions
) -> None:
    dinas, bank = api.as_(await make.staff()), await make.bank()
    for _ in range(4):
        one, other = await make.person(), await make.person()
        mine, theirs = await make.actor(one), await make.actor(other)
        program = await make.program()

        merged, seat, figures, joined = await gather(
            merged_by(dinas, "people", one, other),
            dinas.post(f"/v1/programs/{program.id}/enrolments", person_id=str(other.id)),
            dinas.post(f"/v1/actors/{theirs.id}/annual-figures", year=2025, sales_idr=5),
            merged_by(dinas, "actors", mine, theirs),
        )
        consent = await api.as_(one).post(
            f"/v1/actors/{theirs.id}/consents", organization_id=str(bank.id), text_version="1"
        )

        # A row that came between preview and merge asks for another look: nothing happened then.
        assert {merged.status_code, joined.status_code} <= {201, 412}
        assert seat.status_code in (201, 404, 409)
        assert figures.status_code in (201, 308, 409)
        assert consent.status_code in (201, 308, 404)
        if merged.status_code == 201:
            assert await naming(sessions, other.id) == {}
        if joined.status_code == 201:
            assert await naming(sessions, theirs.id) == {}
        async with sessions() as db:
            seats = text(
                "SELECT seats_taken = (SELECT count(*) FROM enrolments e WHERE e.program_id = p.id "
                "AND e.state <> 'withdrawn') FROM programs p"
            )
            assert set(await db.scalars(seats)) == {True}


async def test_who_looked_before_the_merge_cannot_write_to_the_old_id_after_it(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one, other, dinas = await make.actor(), await make.actor(), api.as_(await make.staff())
    async with sessions() as db, db.begin():
        assert await db.scalar(select(Actor.merged_into).where(Actor.id == other.id)) is None
        await merge(dinas, "actors", one, other)

        with pytest.raises(IntegrityError) as refused:
            await db.execute(CHANNEL, {"id": other.id})

        await db.rollback()
    assert constraint_of(refused.value) == REFERS_TO_MERGED
    assert problem_of(refused.value).code == "merged_meanwhile"


async def test_what_is_being_written_to_the_old_id_is_waited_for_and_moved(make: Make, sessions: Sessions) -> None:
    one, other, dinas = await make.actor(), await make.actor(), caller_for(await make.staff())

    async def merge_now() -> None:
        async with unit_of_work(sessions) as db:
            await service.merge(db, dinas, Of.actors, one.id, other.id)

    async with sessions() as db, db.begin():
        await db.execute(CHANNEL, {"id": other.id})
        merging = create_task(merge_now())
        await sleep(0.7)
        assert not merging.done()
    await merging

    async with sessions() as db:
        assert list(await db.scalars(text("SELECT actor_id FROM sales_channels"))) == [one.id]


CHANNEL = text(
    "INSERT INTO sales_channels (id, actor_id, kind, name, recorded_by, version) "
    "VALUES (gen_random_uuid(), :id, 'shop', 'Toko', gen_random_uuid(), 1)"
)


async def test_who_undoes_a_merge_twice_at_once_undoes_it_once(api: Api, make: Make) -> None:
    one, other, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    done = (await merged_by(dinas, "people", one, other)).json()

    answers = await gather(*(dinas.post(f"/v1/merges/{done['id']}/undo") for _ in range(3)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 2}
    again = (await merged_by(dinas, "people", one, other)).json()
    await undo(dinas, again["id"])

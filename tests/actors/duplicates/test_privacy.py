"""What a person learns of pairs with them, and what becomes of these when they are erased."""

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.duplicates.models import DuplicatePair, FoundBy, Kind, PairState
from plut_api.actors.duplicates.pairs import Suspicion, keep_pairs
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make
from tests.identity.signing_in import sent_code

Sessions = async_sessionmaker[AsyncSession]
PHONE = "+6281977700011"


async def test_a_person_learns_of_pairs_with_them_and_nothing_of_the_other(
    api: Api, make: Make, sessions: Sessions
) -> None:
    one, other = await make.person(), await make.person(full_name="Orang Lain")
    async with unit_of_work(sessions) as db:
        await keep_pairs(db, Kind.person, [Suspicion(one.id, other.id, ["phone"], 0.5)], FoundBy.sweep)
    pair = await _only_pair(sessions)
    decided = await api.as_(await make.staff(Role.dinas)).post(
        f"/v1/duplicates/{pair.id}/not-the-same", headers={"If-Match": '"1"'}, note="Adik Orang Lain."
    )

    answer = await api.as_(one).get("/v1/me/data")

    (row,) = next(s["rows"] for s in answer.json()["sections"] if s["name"] == "duplicate_pairs")
    assert decided.status_code == 200
    assert (row["reasons"], row["sureness"], row["state"]) == (["phone"], 0.5, "not_the_same")
    assert str(other.id) not in answer.text
    assert "Orang Lain" not in answer.text


async def test_pairs_of_who_is_erased_are_gone_without_what_was_written_about_them(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    one, other = await make.person(phone=PHONE), await make.person()
    async with unit_of_work(sessions) as db:
        await keep_pairs(db, Kind.person, [Suspicion(one.id, other.id, ["phone"], 0.5)], FoundBy.sweep)
    pair = await _only_pair(sessions)
    dinas = api.as_(await make.staff(Role.dinas))
    await dinas.post(f"/v1/duplicates/{pair.id}/not-the-same", headers={"If-Match": '"1"'}, note="Adik.")

    await api.as_(one).post("/v1/me/erasure")
    erased = await api.as_(one).post("/v1/me/erasure/confirm", code=sent_code(app, PHONE))

    gone = await _only_pair(sessions)
    shown = await dinas.get(f"/v1/duplicates/{pair.id}")
    assert erased.status_code == 200, erased.text
    assert (gone.state, gone.note) == (PairState.gone, None)
    assert {shown.json()["a_name"], shown.json()["b_name"]} == {None, other.full_name}
    assert {field["verdict"] for field in shown.json()["fields"]} == {"one_only"}


async def _only_pair(sessions: Sessions) -> DuplicatePair:
    async with sessions() as db:
        return (await db.scalars(select(DuplicatePair))).one()

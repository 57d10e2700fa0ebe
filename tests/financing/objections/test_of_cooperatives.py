"""A manager objects for their cooperative; any consultant may answer, for nobody has cooperatives in their care."""

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.objections.objecting import WHY, a_fact, answer_to
from tests.identity.messages.test_notices import inbox_of, told

RULE = "C-G01"


async def test_a_manager_objects_and_hears_the_answer(
    api: Api, app: FastAPI, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    manager, colleague, cooperative = await make.person(), await make.person(), await make.cooperative()
    for person in (manager, colleague):
        await make.manager(cooperative, person)
    consultant, path = api.as_(await make.staff(Role.consultant)), f"/v1/cooperatives/{cooperative.id}/readiness"

    made = await api.as_(manager).post(f"{path}/objections", rule=RULE, reason=WHY)
    shown = {gate["code"]: gate["objection_id"] for gate in (await api.as_(manager).get(path)).json()["gates"]}
    listed = (await api.as_(colleague).get(f"{path}/objections")).json()["data"]
    upheld = await answer_to(consultant, made.json(), "uphold", fact=a_fact(made.json()))
    await work_off(app.state.settings)

    assert (made.status_code, made.json()["subject"], made.json()["cooperative_id"]) == (
        *(201, "cooperative", str(cooperative.id)),
    )
    assert shown[RULE] == made.json()["id"]
    assert [row["id"] for row in listed] == [made.json()["id"]]
    assert upheld.json()["state"] == "upheld"
    assert sorted(await told(sessions, "objection_answered"), key=str) == sorted((manager.id, colleague.id), key=str)
    assert RULE in (await inbox_of(api, manager))[0]


async def test_neither_the_dinas_nor_a_stranger_objects_for_a_cooperative(api: Api, make: Make) -> None:
    cooperative = await make.cooperative()
    await make.manager(cooperative, await make.person())
    path = f"/v1/cooperatives/{cooperative.id}/readiness/objections"

    stranger = await api.as_(await make.person()).post(path, rule=RULE, reason=WHY)
    dinas = await api.as_(await make.staff(Role.dinas)).post(path, rule=RULE, reason=WHY)

    assert (stranger.status_code, stranger.json()["code"]) == (404, "cooperative_not_found")
    assert dinas.status_code == 403

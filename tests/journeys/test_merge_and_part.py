"""Two records of one woman, each with a business and a history, become one and are parted again; a bank pulls along."""

from typing import Any

from fastapi import FastAPI

from plut_api.actors.models import Ownership
from plut_api.kit.caller import Role
from plut_api.outcomes.models import Dimension
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.actors.merging.records import Sessions, merge, preview, undo, whole_database
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import apply, bank_and_machine, changes, consent, whole
from tests.financing.story import Business, confirmed_business


class Bank:
    """A bank that keeps a copy of the ready list, and whether it is right."""

    def __init__(self, machine: Api) -> None:
        self.machine = machine
        self.known: dict[str, Any] = {}
        self.token = ""

    async def pull(self) -> dict[str, str]:
        """Take over what changed; the reasons of tombstones by id. The copy equals the whole list then."""
        if not self.token:
            self.known, self.token = await whole(self.machine)
            return {}
        found, self.token = await changes(self.machine, self.token)
        apply(self.known, found)
        assert self.known == (await whole(self.machine))[0]
        return {item["id"]: item["reason"] for item in found if item["removed"]}


async def refer(api: Api, business: Business, bank: Any) -> str:
    answer = await api.as_(business.owner).post(
        "/v1/financing/referrals",
        actor_id=str(business.actor.id),
        bank_id=str(bank.id),
        amount_idr=50_000_000,
        tenor_months=24,
        purpose="Mesin kemasan.",
    )
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def test_two_records_of_one_woman_merge_and_are_parted(
    api: Api, app: FastAPI, make: Make, sessions: Sessions, settings: Settings
) -> None:
    one, other = await confirmed_business(api, make, 1), await confirmed_business(api, make, 2)
    (shared, machine), (wooed, second_machine) = await bank_and_machine(api, make), await bank_and_machine(api, make)
    bank, other_bank = Bank(machine), Bank(second_machine)
    dinas = api.as_(await make.staff(Role.dinas))
    # Her second record was never compared with a card. It has the second business together with her husband.
    woman, again = one.owner, await make.person(full_name="Bq. Pemilik", birth_date=None)
    await make.add(Ownership(actor_id=other.actor.id, person_id=again.id))

    # Both records trained in one programme, both businesses let one bank see them, and the second also another.
    program = await make.program(seats=3)
    seats = [await make.enrolment(program, *who) for who in ((woman, one.actor), (again, other.actor))]
    await make.evidence(await make.outcome(seats[1], Dimension.branding, baseline_level=1, target_level=3))
    await consent(api, one, shared)
    await consent(api, other, shared)
    await consent(api, other, wooed)
    requests = [await refer(api, one, shared), await refer(api, other, shared)]
    await work_off(settings)
    await bank.pull()
    await other_bank.pull()
    assert str(other.actor.id) in other_bank.known
    before = await whole_database(sessions)

    # First the woman: what is hers moves, one of the two seats is given back.
    looked = (await preview(dinas, "people", woman, again)).json()
    assert {"one_seat_given_back", "second_account_off"} <= {row["rule"] for row in looked["collisions"]}
    persons = await merge(dinas, "people", woman, again)
    await work_off(settings)
    await bank.pull()
    await other_bank.pull()
    owned = (await api.as_(woman).get("/v1/actors")).json()["data"]
    assert {row["id"] for row in owned} == {str(one.actor.id), str(other.actor.id)}
    moved = await dinas.get(f"/v1/people/{again.id}")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/v1/people/{woman.id}")
    program_now = (await dinas.get(f"/v1/programs/{program.id}")).json()
    assert program_now["seats_taken"] == 1

    # Then the business: one request to the bank goes on, the other bank knows the survivor by its consent alone.
    business = await merge(dinas, "actors", one.actor, other.actor)
    await work_off(settings)
    assert str(other.actor.id) in await bank.pull()
    assert (await other_bank.pull())[str(other.actor.id)] == "merged"
    assert str(one.actor.id) in bank.known
    assert str(one.actor.id) in other_bank.known
    states = {row["id"]: row["state"] for row in (await api.as_(woman).get("/v1/financing/referrals")).json()["data"]}
    assert sorted(states.values()) == ["submitted", "withdrawn"]
    assert set(states) == set(requests)
    led = await api.as_(woman).get(f"/v1/actors/{other.actor.id}/consents")
    assert (led.status_code, led.headers["location"]) == (308, f"/v1/actors/{one.actor.id}/consents")
    held = (await api.as_(woman).get(led.headers["location"])).json()["data"]
    assert {row["organization_id"] for row in held if row["withdrawn_at"] is None} == {str(shared.id), str(wooed.id)}

    # It was a mistake. Both are what they were, for the banks too.
    shown = (await dinas.get(f"/v1/merges/{business['id']}")).json()["undoing"]
    assert (shown["hindrance"], shown["kept"]) == (None, [])
    await undo(dinas, business["id"])
    await undo(dinas, persons["id"])
    await work_off(settings)
    await bank.pull()
    await other_bank.pull()
    after = await whole_database(sessions)
    assert before.pop("consents") < (consents := after.pop("consents"))
    assert after == before
    assert len(consents) == 4  # That the other bank saw the survivor for a while has left a trace.
    assert str(other.actor.id) in other_bank.known
    assert str(one.actor.id) not in other_bank.known
    assert (await dinas.get(f"/v1/actors/{other.actor.id}")).status_code == 200
    assert (await dinas.get(f"/v1/people/{again.id}")).status_code == 200

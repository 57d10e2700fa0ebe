"""What happened to somebody is told to them: by the worker, once, and to nobody else."""

from datetime import timedelta
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Ownership, Person
from plut_api.actors.notices import remind_of_consents
from plut_api.financing.models import Referral, ReferralState
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.messages.models import Message
from plut_api.organizations.models import Organization
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.kit.messages.steps import without_account

Sessions = async_sessionmaker[AsyncSession]


async def told(sessions: Sessions, template: str) -> list[UUID | None]:
    """Who has a message of a template."""
    async with sessions() as db:
        query = select(Message.recipient_id).where(Message.template == template).order_by(Message.id)
        return list(await db.scalars(query))


async def inbox_of(api: Api, person: Person) -> list[str]:
    """The texts in somebody's inbox, newest first."""
    return [each["text"] for each in (await api.as_(person).get("/v1/me/messages")).json()["data"]]


async def submitted(make: Make, actor: Actor, bank: Organization, owner: Person) -> Referral:
    """A request of a business that lies with a bank."""
    referral = Referral(
        id=new_id(),
        actor_id=actor.id,
        bank_id=bank.id,
        amount_idr=25_000_000,
        tenor_months=24,
        purpose="Mesin kemas",
        state=ReferralState.submitted,
        made_by=owner.account_id,
    )
    await make.add(referral)
    return referral


async def test_a_person_hears_who_accompanies_them(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    person = await make.person()
    consultant = await make.staff(Role.consultant)
    dinas = api.as_(await make.staff())

    answer = await dinas.post(f"/v1/people/{person.id}/assignments", consultant_id=str(consultant.id))
    await work_off(app.state.settings)
    await work_off(app.state.settings)

    assert answer.status_code == 201, answer.text
    assert await told(sessions, "assignment_made") == [person.id]
    assert "Petugas Contoh" in (await inbox_of(api, person))[0]


async def test_who_asked_about_their_data_hears_of_the_answer(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    person = await make.person()
    dinas = api.as_(await make.staff())
    asked = (await api.as_(person).post("/v1/me/data-requests", kind="rectification", text="NIK saya keliru.")).json()

    path = f"/v1/data-requests/{asked['id']}/transitions"
    await dinas.post(path, to="in_progress")
    await work_off(app.state.settings)
    before = await told(sessions, "data_request_answered")
    await dinas.post(path, to="refused", answer="Sudah benar.")
    await work_off(app.state.settings)

    assert (before, await told(sessions, "data_request_answered")) == ([], [person.account_id])
    assert "ditolak" in (await inbox_of(api, person))[0]
    assert "Sudah benar" not in (await inbox_of(api, person))[0]


async def test_owners_hear_what_the_bank_decided(api: Api, app: FastAPI, make: Make, sessions: Sessions) -> None:
    owner = await make.person()
    actor, bank = await make.actor(owner, name="Kopi Sembalun"), await make.bank()
    referral = await submitted(make, actor, bank, owner)
    teller = api.as_(await make.staff(Role.bank, bank))
    path = f"/v1/financing/referrals/{referral.id}"

    etag = (await teller.get(path)).headers["etag"]
    answer = await teller.post(f"{path}/transitions", headers={"If-Match": etag}, to="received")
    await work_off(app.state.settings)

    assert answer.status_code == 200, answer.text
    assert await told(sessions, "referral_moved") == [owner.id]
    assert "pengajuan pembiayaan Kopi Sembalun ke" in (await inbox_of(api, owner))[0]
    assert "diterima bank" in (await inbox_of(api, owner))[0]


async def test_an_event_that_is_handled_twice_is_told_once(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    actor, bank = await make.actor(owner), await make.bank()
    referral = await submitted(make, actor, bank, owner)
    async with unit_of_work(sessions) as db:
        await outbox.record(db, "referral.rejected", referral.id, by=None, actor_id=actor.id)
    await work_off(app.state.settings)
    async with unit_of_work(sessions) as db:
        event = (await db.scalars(select(outbox.Event).where(outbox.Event.name == "referral.rejected"))).one()
        for handler in outbox.HANDLERS["referral.rejected"]:
            await handler(db, event)

    assert await told(sessions, "referral_moved") == [owner.id]


async def test_owners_are_reminded_once_of_a_consent_that_is_about_to_end(
    api: Api, app: FastAPI, make: Make, sessions: Sessions
) -> None:
    owner, absent = await make.person(), await without_account(make, "+6281200000077")
    actor = await make.actor(owner, name="Tenun Sukarara")
    await make.add(Ownership(actor_id=actor.id, person_id=absent.id))
    bank, other, far = await make.bank(), await make.bank(), await make.bank()
    for house, days, withdrawn_at in ((bank, 13, None), (far, 15, None), (other, 5, clock.now())):
        ends = {"expires_at": clock.now() + timedelta(days=days), "withdrawn_at": withdrawn_at}
        await make.consent(actor, house, given_by=owner.account_id, **ends)
    enter_runtime(Runtime(app.state.settings, app.state.engine))

    await remind_of_consents(0)
    await remind_of_consents(0)

    assert set(await told(sessions, "consent_expiring")) == {owner.id, absent.id}
    assert len(await told(sessions, "consent_expiring")) == 2
    (text,) = await inbox_of(api, owner)
    assert "persetujuan Tenun Sukarara kepada" in text

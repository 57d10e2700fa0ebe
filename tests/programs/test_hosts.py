"""Co-hosts: invited by the owner or named by the Dinas, they run a programme together and see who takes part."""

from asyncio import gather
from collections import Counter

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import OrganizationKind
from plut_api.programs.models import ProgramHost, ProgramState
from tests.conftest import Api
from tests.factories import Make


async def test_an_invitation_counts_once_it_is_accepted(api: Api, make: Make) -> None:
    owner, guest = await make.organization(), await make.organization()
    program = await make.program(owner, state=ProgramState.draft)
    us, them = api.as_(await make.staff(Role.opd, owner)), api.as_(await make.staff(Role.opd, guest))
    path = f"/v1/programs/{program.id}"

    before = await them.get(path)
    invited = await us.post(f"{path}/hosts", organization_id=str(guest.id))
    meanwhile = await them.post(f"{path}/submit")
    seen = await them.get(path)
    accepted = await them.post(f"{path}/hosts/{guest.id}/accept")
    submitted = await them.post(f"{path}/submit")

    assert before.status_code == 404
    assert (invited.status_code, invited.json()["state"], invited.json()["organization_name"]) == (
        201,
        "invited",
        guest.name,
    )
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (403, "organizer_only")
    assert (seen.status_code, seen.json()["host_organization_ids"]) == (200, [])
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert (submitted.status_code, submitted.json()["host_organization_ids"]) == (200, [str(guest.id)])


async def test_the_dinas_names_a_co_host_without_asking(api: Api, make: Make) -> None:
    guest, program = await make.organization(), await make.program()

    named = await api.as_(await make.staff(Role.dinas)).post(
        f"/v1/programs/{program.id}/hosts", organization_id=str(guest.id)
    )

    assert (named.status_code, named.json()["state"]) == (201, "accepted")
    assert (await api.get(f"/v1/programs/{program.id}")).json()["host_organization_ids"] == [str(guest.id)]
    assert len((await api.get("/v1/programs", organization=str(guest.id))).json()["data"]) == 1


async def test_a_co_host_sees_the_participants_as_the_owner_does_and_nobody_else(api: Api, make: Make) -> None:
    guest, invited = await make.organization(), await make.organization()
    program, elsewhere = await make.program(), await make.enrolment()
    person = await make.person()
    actor = await make.actor(person)
    enrolment = await make.enrolment(program, person, actor)
    by = {"program_id": program.id, "added_by": new_id()}
    await make.add(
        ProgramHost(organization_id=guest.id, accepted_at=clock.now(), accepted_by=new_id(), **by),
        ProgramHost(organization_id=invited.id, **by),
    )
    co_host, asked = [api.as_(await make.staff(Role.opd, one)) for one in (guest, invited)]

    assert [row["id"] for row in (await co_host.get("/v1/enrolments")).json()["data"]] == [str(enrolment.id)]
    listed = (await co_host.get(f"/v1/programs/{program.id}/enrolments")).json()["data"]
    assert [row["person_name"] for row in listed] == [person.full_name]
    assert (await co_host.get(f"/v1/people/{person.id}")).status_code == 200
    assert (await co_host.get(f"/v1/people/{elsewhere.person_id}")).status_code == 404
    assert (await co_host.get(f"/v1/programs/{program.id}/transitions")).status_code == 200
    assert (await asked.get("/v1/enrolments")).json()["data"] == []
    assert (await asked.get(f"/v1/people/{person.id}")).status_code == 404
    assert (await asked.get(f"/v1/programs/{program.id}/enrolments")).status_code == 403


async def test_who_owns_it_who_was_asked_and_the_dinas_end_it(api: Api, make: Make) -> None:
    owner = await make.organization()
    program = await make.program(owner)
    path = f"/v1/programs/{program.id}/hosts"
    us, dinas = api.as_(await make.staff(Role.opd, owner)), api.as_(await make.staff(Role.dinas))
    guests = [await make.organization() for _ in range(3)]
    officers = [api.as_(await make.staff(Role.opd, guest)) for guest in guests]
    for guest in guests:
        await us.post(path, organization_id=str(guest.id))

    foreign = await officers[1].delete(f"{path}/{guests[0].id}")
    ends = [
        await ending.delete(f"{path}/{guest.id}")
        for ending, guest in zip((us, officers[1], dinas), guests, strict=True)
    ]
    again = await us.delete(f"{path}/{guests[0].id}")

    assert (foreign.status_code, foreign.json()["code"]) == (404, "host_not_found")  # an invitation of others
    assert [answer.status_code for answer in ends] == [204, 204, 204]
    assert (again.status_code, again.json()["code"]) == (404, "host_not_found")
    assert (await dinas.get(path)).json()["data"] == []


async def test_a_co_host_neither_invites_nor_removes_others(api: Api, make: Make) -> None:
    program, guest, other = await make.program(), await make.organization(), await make.organization()
    dinas, co_host = api.as_(await make.staff(Role.dinas)), api.as_(await make.staff(Role.opd, guest))
    path = f"/v1/programs/{program.id}/hosts"
    for one in (guest, other):
        await dinas.post(path, organization_id=str(one.id))

    invites = await co_host.post(path, organization_id=str((await make.organization()).id))
    removes = await co_host.delete(f"{path}/{other.id}")

    assert [answer.json()["code"] for answer in (invites, removes)] == ["organizer_only", "organizer_only"]


async def test_what_cannot_co_host_is_told(api: Api, make: Make) -> None:
    owner = await make.organization()
    program = await make.program(owner)
    path, dinas = f"/v1/programs/{program.id}/hosts", api.as_(await make.staff(Role.dinas))
    bank, gone = await make.bank(), await make.organization(OrganizationKind.opd, is_active=False)

    codes = []
    for organization_id in (bank.id, gone.id, new_id(), owner.id):
        answer = await dinas.post(path, organization_id=str(organization_id))
        codes.append(answer.json()["errors"][0]["code"])

    assert codes == ["cannot_host", "cannot_host", "cannot_host", "owner_already"]


async def test_an_invitation_is_answered_by_whom_it_went_to_once(api: Api, make: Make) -> None:
    owner, guest = await make.organization(), await make.organization()
    program = await make.program(owner)
    us, them = api.as_(await make.staff(Role.opd, owner)), api.as_(await make.staff(Role.opd, guest))
    path = f"/v1/programs/{program.id}/hosts"
    await us.post(path, organization_id=str(guest.id))

    ours = await us.post(f"{path}/{guest.id}/accept")
    strangers = await api.as_(await make.staff(Role.opd)).post(f"{path}/{guest.id}/accept")
    theirs = await gather(*(them.post(f"{path}/{guest.id}/accept") for _ in range(3)))

    assert (ours.status_code, ours.json()["code"]) == (403, "invited_only")
    assert (strangers.status_code, strangers.json()["code"]) == (404, "host_not_found")
    assert Counter(answer.status_code for answer in theirs) == {200: 1, 409: 2}
    assert {answer.json()["code"] for answer in theirs if answer.is_error} == {"invitation_answered"}


async def test_of_many_invitations_of_one_organization_at_once_one_is_made(api: Api, make: Make) -> None:
    guest, program = await make.organization(), await make.program()
    officers = [api.as_(await make.staff(Role.dinas)) for _ in range(4)]

    answers = await gather(
        *(o.post(f"/v1/programs/{program.id}/hosts", organization_id=str(guest.id)) for o in officers)
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"already_host"}


async def test_hosts_of_what_is_over_stay_as_they_were(api: Api, make: Make) -> None:
    program, guest = await make.program(state=ProgramState.completed), await make.organization()
    dinas = api.as_(await make.staff(Role.dinas))

    answer = await dinas.post(f"/v1/programs/{program.id}/hosts", organization_id=str(guest.id))

    assert (answer.status_code, answer.json()["code"]) == (409, "program_over")


async def test_open_invitations_show_to_those_concerned_in_as_many_statements_for_many(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner, guest = await make.organization(), await make.organization()
    program = await make.program(owner)
    by = {"program_id": program.id, "added_by": new_id()}
    await make.add(ProgramHost(organization_id=guest.id, **by))
    us, them = api.as_(await make.staff(Role.opd, owner)), api.as_(await make.staff(Role.opd, guest))
    stranger = api.as_(await make.staff(Role.opd))
    path, counts = f"/v1/programs/{program.id}/hosts", []
    await us.get(path)

    for fill in range(2):
        for _ in range(3):
            other = await make.organization()
            await make.add(ProgramHost(organization_id=other.id, accepted_at=clock.now(), accepted_by=new_id(), **by))
        statements.clear()
        assert len((await us.get(path)).json()["data"]) == 1 + 3 * (fill + 1)
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert len((await them.get(path)).json()["data"]) == 7
    assert len((await stranger.get(path)).json()["data"]) == 6

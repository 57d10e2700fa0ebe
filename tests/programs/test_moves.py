"""The life of a programme: every move by whose it is, every other refused with the moves that are possible."""

from asyncio import gather
from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from plut_api.programs.models import ProgramState
from plut_api.programs.states import MOVES, Hand, ProgramMove, allowed_moves
from tests.conftest import Api
from tests.factories import Make

LIFE = ["submit", "reject", "submit", "approve", "publish", "start", "complete"]
EVENTS = ["submitted", "rejected", "submitted", "approved", "published", "started", "completed"]


async def test_a_programme_goes_from_proposal_to_completion_and_every_move_is_kept(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    opd = await make.organization()
    program = await make.program(opd, state=ProgramState.draft)
    organizer, dinas = await make.staff(Role.opd, opd), await make.staff(Role.dinas)

    for move in LIFE:
        who = dinas if move in ("approve", "reject") else organizer
        answer = await api.as_(who).post(f"/v1/programs/{program.id}/{move}", reason=f"Karena {move}.")
        assert answer.status_code == 200
    moves = (await api.as_(organizer).get(f"/v1/programs/{program.id}/transitions")).json()["data"]
    async with sessions() as db:
        told = (await db.scalars(select(Event).where(Event.subject_id == program.id).order_by(Event.id))).all()

    assert answer.json()["state"] == "completed"
    assert answer.headers["etag"] == '"8"'
    assert [m["to_state"] for m in moves] == [MOVES[ProgramMove(move)].leads_to for move in LIFE]
    assert [m["from_state"] for m in moves] == ["draft", *(m["to_state"] for m in moves[:-1])]
    assert [m["reason"] for m in moves] == [f"Karena {move}." for move in LIFE]
    assert {m["caller_id"] for m in moves} == {str(organizer.id), str(dinas.id)}
    assert [event.name for event in told] == [f"program.{name}" for name in EVENTS]
    assert told[-1].facts == {"program_id": str(program.id), "organization_id": str(opd.id)}


@pytest.mark.parametrize("state", list(ProgramState))
@pytest.mark.parametrize("hand", list(Hand))
async def test_from_each_state_exactly_the_allowed_moves_are_made(
    api: Api, make: Make, state: ProgramState, hand: Hand
) -> None:
    opd = await make.organization()
    staff = await make.staff(Role.dinas) if hand is Hand.dinas else await make.staff(Role.opd, opd)
    me, possible = api.as_(staff), allowed_moves(state, hand)

    for move in ProgramMove:
        program = await make.program(opd, state=state)
        answer = await me.post(f"/v1/programs/{program.id}/{move}", reason="Karena begitu.")

        if hand is Hand.organizer and MOVES[move].by == {Hand.dinas}:
            assert answer.status_code == 403
        elif move in possible:
            assert (answer.status_code, answer.json()["state"]) == (200, MOVES[move].leads_to)
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "program_move_not_allowed")
            assert answer.json()["allowed_moves"] == possible


@pytest.mark.parametrize(
    ("state", "hand", "moves"),
    [
        (ProgramState.draft, Hand.organizer, ["submit", "cancel"]),
        (ProgramState.submitted, Hand.organizer, ["cancel"]),
        (ProgramState.submitted, Hand.dinas, ["approve", "reject", "cancel"]),
        (ProgramState.published, Hand.organizer, ["start", "cancel"]),
        (ProgramState.running, Hand.dinas, ["cancel", "complete"]),
        (ProgramState.completed, Hand.dinas, []),
        (ProgramState.cancelled, Hand.dinas, []),
    ],
)
def test_the_moves_of_a_state_are_these(state: ProgramState, hand: Hand, moves: list[str]) -> None:
    assert allowed_moves(state, hand) == moves


@pytest.mark.parametrize("move", ["reject", "cancel"])
async def test_a_rejection_and_a_cancellation_need_a_reason(api: Api, make: Make, move: str) -> None:
    program = await make.program(state=ProgramState.submitted)

    answer = await api.as_(await make.staff(Role.dinas)).post(f"/v1/programs/{program.id}/{move}")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/reason")


async def test_a_refused_move_speaks_both_languages(api: Api, make: Make) -> None:
    program = await make.program(state=ProgramState.draft)
    me, path = api.as_(await make.staff(Role.dinas)), f"/v1/programs/{program.id}/publish"

    indonesian = await me.post(path)
    english = await me.post(path, headers={"Accept-Language": "en"})

    assert indonesian.json()["detail"] == "Program ini berstatus draft; langkah Anda yang mungkin: submit, cancel"
    assert english.json()["detail"] == "This programme is draft; what you can do with it now: submit, cancel"


async def test_others_move_nothing_and_do_not_read_the_moves(api: Api, make: Make) -> None:
    hidden, open_one = await make.program(state=ProgramState.draft), await make.program()

    for who in (await make.staff(Role.opd), await make.person(), await make.staff(Role.consultant)):
        unseen = await api.as_(who).post(f"/v1/programs/{hidden.id}/submit")
        seen = await api.as_(who).post(f"/v1/programs/{open_one.id}/start")
        moves = await api.as_(who).get(f"/v1/programs/{open_one.id}/transitions")
        assert (unseen.status_code, unseen.json()["code"]) == (404, "program_not_found")
        assert (seen.status_code, seen.json()["code"]) == (403, "organizer_only")
        assert (moves.status_code, moves.json()["code"]) == (403, "organizer_only")


async def test_of_two_that_approve_at_once_one_does(api: Api, make: Make) -> None:
    program = await make.program(state=ProgramState.submitted)
    officers = [api.as_(await make.staff(Role.dinas)) for _ in range(4)]

    answers = await gather(*(officer.post(f"/v1/programs/{program.id}/approve") for officer in officers))
    moves = (await officers[0].get(f"/v1/programs/{program.id}/transitions")).json()["data"]

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    assert len(moves) == 1

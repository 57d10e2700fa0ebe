"""The rule of the board, over any board there can be: what SQL finds is what the rule says in so many words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.records.models import CooperativeOfficer, Organ, Post, VillageOffice
from plut_api.financing.rules.compiling import judge
from plut_api.financing.rules.loading import newest_valid
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.reference.rules import rule_values
from tests.cooperatives.records.keeping import BOARD
from tests.factories import Make

Sessions = async_sessionmaker[AsyncSession]
TODAY = clock.today()


@dataclass(frozen=True)
class Seat:
    """Who sits where: people are told apart by a number."""

    organ: Organ
    post: Post
    who: int
    kin: bool | None = False
    office: VillageOffice | None = VillageOffice.none
    in_office: bool = True
    verified: bool = True


board_of_five = st.permutations(range(5)).map(
    lambda people: [Seat(Organ.board, post, who) for post, who in zip(BOARD, people, strict=True)]
)
boards_with_gaps = st.lists(st.sampled_from(BOARD), unique=True, max_size=5).flatmap(
    lambda posts: st.tuples(
        *(st.builds(Seat, st.just(Organ.board), st.just(post), st.integers(0, 9)) for post in posts)
    )
)
members = st.lists(st.builds(Seat, st.just(Organ.board), st.just(Post.member), st.integers(3, 12)), max_size=3)
chairs = st.lists(st.builds(Seat, st.just(Organ.supervisors), st.just(Post.chair), st.integers(20, 22)), max_size=1)
supervisors = st.lists(
    st.builds(Seat, st.just(Organ.supervisors), st.just(Post.member), st.integers(8, 29)), max_size=2
)
blemish = st.tuples(
    st.integers(0, 9),
    st.sampled_from(
        [
            {"kin": True},
            {"kin": None},
            {"office": VillageOffice.head},
            {"office": VillageOffice.other},
            {"office": None},
            {"in_office": False},
            {"verified": False},
        ]
    ),
)


@st.composite
def organs(draw: st.DrawFn) -> list[Seat]:
    """A board and its supervisors: mostly as they should be, with up to two things about them that are not."""
    seats = [*draw(st.one_of(board_of_five, board_of_five, boards_with_gaps)), *draw(members)]
    seats += [*draw(chairs), *draw(supervisors)]
    for place, changed in draw(st.lists(blemish, max_size=2)):
        if place < len(seats):
            seats[place] = Seat(**vars(seats[place]) | changed)
    return seats


def expected(seats: list[Seat]) -> str:
    """The rule in words: odd, at least five, the posts filled by different people, no kin, nobody who leads the village
    but its head in the supervisors' chair, all of it seen on paper; what nobody declared is unknown.
    """
    there = [seat for seat in seats if seat.in_office]
    board = [seat for seat in there if seat.organ is Organ.board]
    people = {seat.who for seat in board}
    sound = (
        len(people) >= 5,
        len(people) % 2 == 1,
        {seat.post for seat in board} >= set(BOARD) and len(people) == len(board),
        not any(seat.kin for seat in there),
        not any(leads_village(seat) for seat in there),
        all(seat.verified for seat in there),
    )
    declared = all(seat.kin is not None for seat in there), all(seat.office is not None for seat in there)
    if board and not all(sound):
        return "fail"
    if not board:
        return "fail" if there and not all(sound[3:]) else "unknown"
    return "pass" if all(declared) else "unknown"


def leads_village(seat: Seat) -> bool:
    if seat.office is VillageOffice.head:
        return (seat.organ, seat.post) != (Organ.supervisors, Post.chair)
    return seat.office is VillageOffice.other


def row_of(seat: Seat, cooperative: Cooperative) -> CooperativeOfficer:
    return CooperativeOfficer(
        cooperative_id=cooperative.id,
        organ=seat.organ,
        post=seat.post,
        full_name=f"Contoh {seat.who}",
        since=date(2025, 6, 2),
        until=None if seat.in_office else date(2025, 12, 31),
        has_kin=seat.kin,
        village_office=seat.office,
        recorded_by=new_id(),
        verified_at=clock.now() if seat.verified else None,
        verified_by=new_id() if seat.verified else None,
    )


@pytest.fixture
async def asked(make: Make, sessions: Sessions) -> Any:
    """What the rule finds of a board, by the statement that judges everybody."""
    cooperative = await make.cooperative()
    async with sessions() as db:
        values = await rule_values(db, "")
    query = judge(newest_valid("cooperative"), values, Cooperative.id == cooperative.id)

    async def find(seats: list[Seat]) -> str:
        async with sessions() as db, db.begin() as transaction:
            await db.execute(delete(CooperativeOfficer))
            db.add_all([row_of(seat, cooperative) for seat in seats])
            await db.flush()
            row = (await db.execute(query, {"today": TODAY})).one()
            await transaction.rollback()
        found: str = next(result["result"] for result in row.results if result["code"] == "C-G03")
        return found

    return find


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seats=organs())
async def test_the_rule_finds_what_it_says_of_any_board(asked: Any, seats: list[Seat]) -> None:
    assert await asked(seats) == expected(seats)


async def test_the_head_of_the_village_chairs_the_supervisors_and_sits_nowhere_else(asked: Any) -> None:
    board = [Seat(Organ.board, post, who) for who, post in enumerate(BOARD)]
    chair = Seat(Organ.supervisors, Post.chair, 20, office=VillageOffice.head)
    member = Seat(Organ.supervisors, Post.member, 21, office=VillageOffice.head)
    secretary = Seat(Organ.supervisors, Post.chair, 20, office=VillageOffice.other)

    assert [await asked([*board, *more]) for more in ([], [chair], [chair, member], [secretary])] == [
        "pass",
        "pass",
        "fail",
        "fail",
    ]

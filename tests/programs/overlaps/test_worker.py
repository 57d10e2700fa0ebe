"""What the worker does about overlaps, and how candidates are found."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit.caller import Role
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.outbox import Event
from plut_api.programs.models import Program, ProgramState
from plut_api.programs.overlaps.jobs import compare_all, let_go, renew_words
from plut_api.programs.overlaps.likeness import _BOUND, Draft, _given, overlap_rules
from plut_api.settings import Settings
from tests.conftest import Api
from tests.factories import Make
from tests.programs.overlaps.proposing import findings, handed_in, moved


@pytest.fixture
def working(settings: Settings, app: object) -> None:
    """This process is the worker."""
    enter_runtime(Runtime(settings, app.state.engine))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("working")
async def test_every_night_proposals_are_compared_by_the_rules_and_words_of_the_day(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    opd = await make.staff(Role.opd)
    earlier = await handed_in(api, make)
    later = await handed_in(api, make, opd, title="Ekspor", aim="Dokumen.", topics=["market.export"])
    same = {"title": "Kemasan pangan layak jual", "topics": ["product.packaging.labelling"]}
    async with sessions() as db, db.begin():  # As if the rules or the synonyms had become others over night.
        aim = (await db.get_one(Program, earlier)).aim
        await db.execute(update(Program).where(Program.id == later).values(**same, aim=aim, overlap_words="lama"))

    await compare_all(0)

    (found,) = await findings(api, opd, later)
    assert (found["program_id"], found["score"], found["verdict"]) == (later, 100, "block")
    assert await renew_words() == 0


@pytest.mark.usefixtures("working")
async def test_what_was_sent_back_leaves_nothing_open_and_what_came_back_keeps_what_it_has(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    dinas, opd = await make.staff(Role.dinas), await make.staff(Role.opd)
    await handed_in(api, make)
    second = await handed_in(api, make, opd)
    event = Event(name="program.rejected", subject_id=second, facts={})
    await moved(api, dinas, second, "reject", reason="Mirip.")

    async with sessions() as db, db.begin():
        await let_go(db, event)
    gone = await findings(api, opd, second)
    await moved(api, opd, second, "submit")
    async with sessions() as db, db.begin():
        await let_go(db, event)  # Told late, when the programme is there again.
    back = await findings(api, opd, second)

    assert ([one["state"] for one in gone], [one["state"] for one in back]) == (["past"], ["open"])


_MANY = text(
    """
    INSERT INTO programs (id, organization_id, title, aim, topics, level, starts_on, ends_on, seats, seats_taken,
        seats_reserved, general_taken, fund_source, attendance_percent, state, version, overlap_words)
    SELECT gen_random_uuid(), organization_id, md5(n::text), aim, ARRAY['finance.literacy'], level, starts_on, ends_on,
        seats, 0, 0, 0, fund_source, attendance_percent, state, 1, md5(n::text)
    FROM programs CROSS JOIN generate_series(1, 3000) AS n WHERE programs.id = :id
    """
)


async def test_candidates_are_found_by_topics_and_by_words_through_their_indexes(
    make: Make, owning: async_sessionmaker[AsyncSession]
) -> None:
    program = await make.program(state=ProgramState.submitted, title="Kemasan", aim="Label")
    async with owning() as db:
        await db.execute(_MANY, {"id": program.id})
        await db.execute(text("SELECT gin_clean_pending_list('ix_programs_overlap_words')"))  # As a vacuum does.
        await db.execute(text("ANALYZE programs"))
        await db.execute(text("SET LOCAL enable_seqscan = off"))
        given = _given(Draft.of(program), await overlap_rules(db)) | {"most": 10}
        query = text(f"EXPLAIN {_BOUND.text}").bindparams(*_BOUND._bindparams.values())
        plan = "\n".join(await db.scalars(query, given))
        await db.rollback()

    assert "ix_programs_topics" in plan
    assert "ix_programs_overlap_words" in plan

"""What each side plans: a trainer its OPD keeps, a public session that they teach in, and one of a draft; a series."""

from datetime import timedelta

from plut_api.facilities.models import BookingSeries, Shift
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from plut_api.programs.models import Program
from tests.access.rows import Rows, Side
from tests.facilities import building
from tests.programs import teaching


async def rows_of_sessions(rows: Rows, side: Side) -> dict[str, Model]:
    """Both sides have one of each."""
    made, program, draft = rows.make, side.rows["program"], side.rows["draft_program"]
    assert isinstance(program, Program)
    assert isinstance(draft, Program)
    trainer = await teaching.trainer(made, organization_id=side.opd.id)
    return {
        "trainer": trainer,
        "session": await teaching.session(made, program, trainer),
        "draft_session": await teaching.session(made, draft, trainer, held_on=draft.starts_on + timedelta(days=1)),
        "booking_series": await series_of(rows, side),
    }


async def series_of(rows: Rows, side: Side) -> BookingSeries:
    """A series of the side's person with one booking still to come."""
    account_id = side.person.account_id
    room = await building.room(rows.make, await building.facility(rows.make))
    series: BookingSeries = await rows.add(
        BookingSeries(id=new_id(), room_id=room.id, rule="FREQ=WEEKLY", shift=Shift.morning, booked_by=account_id)
    )
    await rows.add(building.booking(room, account_id, series_id=series.id))
    return series

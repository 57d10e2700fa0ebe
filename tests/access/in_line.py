"""What a side has of waiting lists: its person waits for a seat in a programme of its OPD, and has one in another."""

from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from plut_api.programs.models import Shift, TrainingSession
from plut_api.programs.waiting.models import WaitingEntry
from tests.access.rows import Rows, Side


async def rows_in_line(rows: Rows, side: Side) -> dict[str, Model]:
    """The rows, by kind."""
    make = rows.make
    waited, attended = await make.program(side.opd, seats=1), await make.program(side.opd)
    await make.enrolment(attended, side.person)
    entry = WaitingEntry(program_id=waited.id, person_id=side.person.id, asked_by=side.person.account_id)
    session = TrainingSession(
        id=new_id(), program_id=attended.id, held_on=attended.starts_on, shift=Shift.morning, title="Hari pertama"
    )
    await make.add(entry, session)
    elsewhere = await make.program(seats=1)
    await make.add(WaitingEntry(program_id=elsewhere.id, person_id=side.keeper.id, asked_by=side.keeper.account_id))
    return {"waiting_entry": entry, "waited_program": waited, "coming_session": session}

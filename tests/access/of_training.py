"""What each side's training left behind: who came, a certificate of who completed, a no-show, a score."""

from datetime import timedelta

from plut_api.kit import clock
from plut_api.kit.database import Model, unit_of_work
from plut_api.kit.ids import new_id
from plut_api.programs.attendance.models import Attendance, How, NoShow
from plut_api.programs.certificates.issuing import issue
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, TrainingSession
from tests.access.rows import Rows, Side


async def rows_of_training(rows: Rows, side: Side) -> dict[str, Model]:
    """Both sides have one of each; the enrolment is completed."""
    session, enrolment = side.rows["session"], side.rows["enrolment"]
    assert isinstance(session, TrainingSession)
    assert isinstance(enrolment, Enrolment)
    now = clock.now()
    said = {"came": True, "at": now, "recorded_at": now, "how": How.organizer, "recorded_by": side.officer.id}
    attendance = await rows.add(Attendance(session_id=session.id, enrolment_id=enrolment.id, **said))
    return {
        "attendance": attendance,
        "certificate": await certificate_of(rows, enrolment),
        "no_show": await no_show_of(rows, side),
    }


async def certificate_of(rows: Rows, enrolment: Enrolment) -> Certificate:
    """A certificate of an enrolment that is completed."""
    async with unit_of_work(rows.sessions) as db:
        (issued,) = await issue(db, None, Enrolment.id == enrolment.id)
        return await db.get_one(Certificate, issued)


async def no_show_of(rows: Rows, side: Side) -> NoShow:
    """The side's person never came."""
    program = await rows.make.program(side.opd)
    enrolment = await rows.make.enrolment(program, side.person, state=EnrolmentState.incomplete)
    today = clock.today()
    made = NoShow(
        id=new_id(),
        enrolment_id=enrolment.id,
        person_id=side.person.id,
        program_id=program.id,
        noted_at=clock.now(),
        counts_until=today + timedelta(days=365),
        appeal_until=today + timedelta(days=14),
    )
    await rows.add(made)
    return made

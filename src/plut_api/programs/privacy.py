"""What this room holds of a person, and what becomes of it when they are erased."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Row, Subject, erasing, holds_nothing_to_tell, personal_data, rows_of
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.programs.service.enrolments import withdraw

holds_nothing_to_tell("training_sessions", "days, shifts and places")
holds_nothing_to_tell("session_trainers", "where trainers teach")
holds_nothing_to_tell("trainers", "staff, or experts without an account, named by the organization they train for")
holds_nothing_to_tell("program_transitions", "moves of programmes, made by staff")
holds_nothing_to_tell("programs", "proposed by staff, for their organization")


@personal_data(
    "enrolments",
    "enrolments",
    about=Text(id="Program yang Anda ikuti.", en="The programmes that you take or took part in."),
)
async def held_enrolments(db: AsyncSession, subject: Subject) -> list[Row]:
    """Seats of the person, with the titles of the programmes."""
    rows = await rows_of(db, Enrolment, Enrolment.person_id == subject.person_id, subject)
    named = select(Program.id, Program.title).where(Program.id.in_([row["program_id"] for row in rows]))
    titles = {str(program_id): title for program_id, title in (await db.execute(named)).all()}
    return [row | {"program_title": titles.get(row["program_id"])} for row in rows]


@erasing(order=30)
async def give_seats_back(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Free the seats that the person holds; that somebody took part stays, for the counts of programmes."""
    mine = select(Enrolment).where(Enrolment.person_id == subject.person_id).order_by(Enrolment.program_id)
    rows = list(await db.scalars(mine)) if subject.person_id else []
    for enrolment in rows:
        if enrolment.state is EnrolmentState.enrolled:
            await withdraw(db, caller, enrolment.id)
    kept = Kept(
        "enrolments",
        Text(
            id="Bahwa seseorang mengikuti program, tanpa nama, untuk laporan kursi dan jangkauan.",
            en="That somebody took part in a programme, without a name, for reports of seats and reach.",
        ),
        "UU 27/2022 art. 44; Permenkop UKM 9/2023",
    )
    return Erased("enrolments", kept=[kept] if rows else [])

"""What a bank of each side signed and pays for, and a consultation of its person."""

from plut_api.kit import clock
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from plut_api.programs.sponsors.models import ProgramSponsor
from tests.access.rows import Rows, Side
from tests.consulting import visits
from tests.organizations.agreements import papers


async def rows_of_partners(rows: Rows, side: Side) -> dict[str, Model]:
    """An agreement of the side's bank with seats, which pay for a programme of its OPD, and a consultation."""
    agreement = await papers.agreement(rows.make, side.bank, starts_on=clock.today())
    commitment = await papers.commitment(rows.make, agreement)
    sponsor = sponsoring(side, commitment.id, side.id("program"))
    await rows.add(sponsor)
    consultation = await visits.consultation(rows.make, side.person, side.consultant, actor_id=side.actor.id)
    made: dict[str, Model] = {"agreement": agreement, "commitment": commitment, "sponsor": sponsor}
    return made | {"consultation": consultation}


def sponsoring(side: Side, commitment_id: object, program_id: object) -> ProgramSponsor:
    """The side's bank pays for two seats of a programme."""
    bank = {"organization_id": side.bank.id, "commitment_id": commitment_id, "added_by": new_id()}
    return ProgramSponsor(id=new_id(), program_id=program_id, seats=2, **bank)

"""What the cooperative of each side has on file: everything that readiness asks for, and its keeper on the board."""

from datetime import date
from typing import Any

from plut_api.cooperatives.records.models import CooperativeOfficer, CooperativeRevision, Organ, Post, VillageOffice
from plut_api.cooperatives.records.service import BEFORE
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import Model
from plut_api.kit.ids import new_id
from tests.access.rows import Rows, Side
from tests.cooperatives.records.keeping import complete_file


async def rows_of_cooperative(rows: Rows, side: Side) -> dict[str, Model]:
    """A complete file of the side's cooperative. Its keeper supervises it, so that officers can be told by name."""
    made = await complete_file(rows.make, side.cooperative, side.consultant)
    officer = await rows.add(officer_of(side))
    revision = CooperativeRevision(
        id=new_id(),
        cooperative_id=side.cooperative.id,
        kind="officers",
        row_id=officer.id,
        row_version=1,
        before_sealed=vault().seal_bytes(BEFORE, b'{"post":"member"}'),
        changed_by=side.consultant.id,
    )
    found: dict[str, Model] = {f"cooperative_{kind}": row for kind, row in made.items()}
    return found | {"cooperative_officers": officer, "cooperative_revisions": await rows.add(revision)}


def officer_of(side: Side, **given: Any) -> CooperativeOfficer:
    """The keeper of a side as a supervisor."""
    values: dict[str, Any] = {
        "id": new_id(),
        "cooperative_id": side.cooperative.id,
        "organ": Organ.supervisors,
        "post": Post.member,
        "person_id": side.keeper.id,
        "since": date(2025, 6, 2),
        "has_kin": False,
        "village_office": VillageOffice.none,
        "recorded_by": side.consultant.id,
        "verified_at": clock.now(),
        "verified_by": side.consultant.id,
    }
    return CooperativeOfficer(**values | given)

"""What waits for PLUT's staff in attendance: appeals against no-shows."""

from typing import Any

from sqlalchemy import Select

from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task
from plut_api.programs.attendance.access import no_shows_visible_to
from plut_api.programs.attendance.models import NoShow, NoShowState
from plut_api.programs.models import Program


@offers(
    "no_show.appealed",
    to=[Role.dinas, Role.consultant],
    title=Text(id="Keberatan atas ketidakhadiran", en="Appeal against a no-show"),
    sentence=Text(id="Putuskan keberatan atas {title}.", en="Decide the appeal about {title}."),
    href="/v1/no-shows/{row_id}",
    within="work.no_show_appealed.days",
)
def appeals(asked: Asked) -> Select[Any]:
    """Appeals of people within the rows of who asks. Leans on ix_no_shows_appealed."""
    waiting = task(NoShow.id, NoShow.appealed_at, person=NoShow.person_id, title=Program.title)
    return waiting.join_from(NoShow, Program, Program.id == NoShow.program_id).where(
        NoShow.state == NoShowState.appealed, no_shows_visible_to(asked.caller)
    )

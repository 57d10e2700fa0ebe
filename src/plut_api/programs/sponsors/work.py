"""What waits for the Dinas of partners' commitments: those that are behind."""

from typing import Any

from sqlalchemy import DateTime, Select, cast, func

from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.i18n import Text
from plut_api.kit.work_lists import Asked, offers, task
from plut_api.programs.sponsors.progress import BEHIND, progress
from plut_api.programs.sponsors.words import KINDS


@offers(
    "commitment.behind",
    to=[Role.dinas],
    title=Text(id="Komitmen mitra tertinggal", en="Commitments of partners that are behind"),
    sentence=Text(
        id="Bicarakan dengan mitra: {kind} baru {achieved}%, waktunya sudah {elapsed}%.",
        en="Talk to the partner: {kind} at {achieved}% when {elapsed}% of the time is over.",
    ),
    href="/v1/agreements/{agreement_id}/progress",
    spoken={"kind": KINDS},
)
def commitments_behind(asked: Asked) -> Select[Any]:
    """Commitments of active agreements of which more time has passed than was achieved, by the day they are due."""
    row = progress(asked.today, asked.values[BEHIND]).subquery("behind")
    due = cast(func.timezone(clock.WITA.key, cast(row.c.due_on, DateTime)), DateTime(timezone=True))
    facts = {"kind": row.c.kind, "achieved": row.c.achieved_percent, "elapsed": row.c.elapsed_percent}
    late = task(row.c.id, due, agreement_id=row.c.agreement_id, **facts)
    return late.where(row.c.is_behind)

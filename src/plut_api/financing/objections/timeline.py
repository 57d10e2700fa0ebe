"""What a business's timeline tells of objections: that there was one, and how it ended."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from plut_api.financing.objections.models import Objection, ObjectionState
from plut_api.kit.i18n import Text
from plut_api.kit.timeline import Business, Telling, entry, tells

_ENDS: Mapping[str, Text] = {
    ObjectionState.upheld: Text(id="diterima", en="was upheld"),
    ObjectionState.dismissed: Text(id="tidak diterima", en="was dismissed"),
    ObjectionState.withdrawn: Text(id="ditarik", en="was withdrawn"),
}
_HREF = "/v1/readiness-objections/{row_id}"


@tells(
    "readiness_objections",
    kinds={
        "objection.made": Telling(
            _HREF, Text(id="Keberatan atas syarat {rule} diajukan.", en="Rule {rule} was objected to.")
        ),
        "objection.ended": Telling(
            _HREF,
            Text(id="Keberatan atas syarat {rule} {state}.", en="The objection to rule {rule} {state}."),
            {"state": _ENDS},
        ),
    },
)
def objections(actor_id: Business) -> Iterator[Select[Any]]:
    """Objections, made and ended; their words stay where they are."""
    row = Objection
    made = entry("objection.made", row.id, row.created_at, by=row.made_by, rule=row.rule_code)
    yield made.where(row.actor_id == actor_id)
    ended = entry("objection.ended", row.id, row.ended_at, by=row.answered_by, rule=row.rule_code, state=row.state)
    yield ended.where(row.actor_id == actor_id, row.ended_at.is_not(None))

"""What of this room hangs on a person or a business, for who decides whether two records are one."""

from plut_api.actors.duplicates.holdings import holds
from plut_api.actors.duplicates.models import Kind

holds(
    "outcomes",
    of=Kind.person,
    rows="SELECT e.person_id AS id FROM outcomes o JOIN enrolments e ON e.id = o.enrolment_id",
)
holds("outcomes", of=Kind.actor, rows="SELECT actor_id AS id FROM outcomes")

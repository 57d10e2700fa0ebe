"""What of this room hangs on a person or a business, for who decides whether two records are one."""

from plut_api.actors.duplicates.holdings import holds
from plut_api.actors.duplicates.models import Kind

holds("consultations", of=Kind.person, rows="SELECT person_id AS id FROM consultations")
holds("consultations", of=Kind.actor, rows="SELECT actor_id AS id FROM consultations")

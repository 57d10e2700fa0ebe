"""What of this room hangs on a person or a business, for who decides whether two records are one."""

from plut_api.actors.duplicates.holdings import holds
from plut_api.actors.duplicates.models import Kind

holds(
    "referrals",
    of=Kind.person,
    rows="SELECT o.person_id AS id FROM referrals r "
    "JOIN ownerships o ON o.actor_id = r.actor_id AND o.role = 'owner' AND o.until IS NULL",
)
holds("referrals", of=Kind.actor, rows="SELECT actor_id AS id FROM referrals")

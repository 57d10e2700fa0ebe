"""A merge that was, for lists and reads of merges; what it moved is told elsewhere."""

from datetime import timedelta

from plut_api.actors.merging.models import MergeRecord
from plut_api.actors.models import Person
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.ids import new_id
from plut_api.kit.merging import Of


def merge_into(person: Person, dinas: Account) -> MergeRecord:
    """Another record was merged into this person long ago."""
    long_ago = clock.now() - timedelta(days=60)
    return MergeRecord(
        kind=Of.people,
        survivor_id=person.id,
        merged_id=new_id(),
        merged_at=long_ago,
        merged_by=dinas.id,
        undo_until=long_ago + timedelta(days=30),
    )

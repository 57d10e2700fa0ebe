"""Whose objections a caller reaches.

Owners and managers their own, the Dinas all. A consultant those of businesses in their care, and those that nobody
else could answer: of cooperatives, and of businesses whose own consultant's word is objected to, while they are open;
what they answered stays theirs to read.
"""

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from plut_api.actors.access import actors_reached_by, owned_by_account
from plut_api.actors.models import owns
from plut_api.cooperatives.access import cooperatives_kept_by
from plut_api.financing.objections.models import Objection, ObjectionFile, ObjectionState
from plut_api.kit.caller import Caller, Role
from plut_api.kit.files import readable_through
from plut_api.kit.privacy import Subject


def objections_visible_to(caller: Caller) -> ColumnElement[bool]:
    """The condition on objections that a caller may read them."""
    return _reached(caller, Objection)


def objected_by(caller: Caller) -> ColumnElement[bool]:
    """The condition that the caller stands on the side that objects: an owner, a guardian of one, a manager."""
    if not caller.is_person:
        return false()
    owned = owned_by_account(caller.id, Objection.actor_id, holds=owns)
    return or_(owned, cooperatives_kept_by(caller, Objection.cooperative_id))


def answered_by_another_than(caller: Caller) -> ColumnElement[bool]:
    """The condition that a result does not rest on the caller's own word."""
    return func.array_position(Objection.word_of, caller.id).is_(None)


def _reached(caller: Caller, row: type[Objection]) -> ColumnElement[bool]:
    if caller.role is Role.dinas:
        return true()
    if caller.role is Role.consultant:
        orphaned = or_(row.cooperative_id.is_not(None), func.cardinality(row.word_of) > 0)
        return or_(
            actors_reached_by(caller, row.actor_id),
            and_(row.state == ObjectionState.open, orphaned),
            row.answered_by == caller.id,
        )
    if not caller.is_person:
        return false()
    return or_(actors_reached_by(caller, row.actor_id), cooperatives_kept_by(caller, row.cooperative_id))


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    theirs = select(Objection.id).where(Objection.actor_id.in_(subject.sole_actor_ids))
    return ObjectionFile.objection_id.in_(theirs)


@readable_through(ObjectionFile.file_id, of_subject=_of_subject)
def files_of_reached_objections(caller: Caller) -> ColumnElement[bool]:
    """Whoever reads an objection reads its files."""
    held = aliased(Objection)
    return exists().where(held.id == ObjectionFile.objection_id, _reached(caller, held))

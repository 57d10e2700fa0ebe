"""Reads of the actors room that deserve SQL of their own."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, literal, select, true, union_all

from plut_api.actors.models import Actor, Ownership, Person

MOST_DUPLICATES = 200
"""More look-alikes than a person can compare; every one of fewer is shown."""


def look_alikes(actor: Actor, visible: ColumnElement[bool]) -> Select[UUID, str, bool, bool, float]:
    """Businesses that may be the same as one, likest name first: id, name, by name, by phone, likeness of the names.

    Alike are those with a similar name in the same village, and those with an owner of the same phone. Leans on
    ix_actors_village_name_trgm and ix_people_phone_index, each in a branch of its own: an OR would scan all
    businesses. What counts as similar is the transaction's pg_trgm.similarity_threshold.
    """
    phones = (
        select(Person.phone_index)
        .join(Ownership, Ownership.person_id == Person.id)
        .where(Ownership.actor_id == actor.id, Person.phone_index.is_not(None))
    )
    by_name = select(Actor.id.label("id"), true().label("by_name"), false().label("by_phone")).where(
        Actor.village_code == actor.village_code, Actor.name.bool_op("%")(actor.name)
    )
    by_phone = (
        select(Ownership.actor_id, false(), true())
        .join(Person, Person.id == Ownership.person_id)
        .where(Person.phone_index.in_(phones))
    )
    found = union_all(by_name, by_phone).cte("found")
    likeness = func.similarity(Actor.name, literal(actor.name)).label("likeness")
    return (
        select(
            Actor.id,
            Actor.name,
            func.bool_or(found.c.by_name).label("by_name"),
            func.bool_or(found.c.by_phone).label("by_phone"),
            likeness,
        )
        .join(found, found.c.id == Actor.id)
        .where(Actor.id != actor.id, visible)
        .group_by(Actor.id)
        .order_by(likeness.desc(), Actor.id)
        .limit(MOST_DUPLICATES)
    )

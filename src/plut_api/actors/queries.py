"""Reads of the actors room that deserve SQL of their own: who may be the same as a record that is being entered.

One statement each, without a round trip for the threshold: it reads the weights of the day, sets by them what counts as
similar (a materialised CTE that every trigram search is joined to, so that it is settled first), and looks along one
index in each branch, since an OR would scan the table. Villages are searched by ix_people_village_name_trgm and
ix_actors_village_name_trgm, which hold names as `plain_name` gives them. Names of one birth date are compared
backwards, as ix_people_birth_date_name holds them, lest the trigram index without a village be thought as good.
"""

from typing import Any

from sqlalchemy import ARRAY, Date, Double, LargeBinary, Select, Text, Uuid, bindparam, column, select, text

from plut_api.actors.access import actors_visible_to, people_visible_to
from plut_api.actors.duplicates.models import Kind
from plut_api.actors.duplicates.scoring import rules_cte, scored
from plut_api.actors.models import Actor, Person
from plut_api.kit.caller import Caller

MOST_CANDIDATES = 200
"""More candidates than a person can compare; every one of fewer is shown."""

_PEOPLE = f"""
    WITH {rules_cte(Kind.person)},
    asked AS MATERIALIZED (
        SELECT set_config('pg_trgm.similarity_threshold', CAST(likeness AS text), true) AS threshold,
            plain_name(:name) AS plain, :village AS village_code, :birth_date AS birth_date, :number AS number_index
        FROM rules
    ),
    met AS (
        SELECT p.id, false AS same_phone FROM asked q
            JOIN people p ON p.village_code = q.village_code AND plain_name(p.full_name) % q.plain
        UNION ALL SELECT p.id, false FROM asked q
            JOIN people p ON p.birth_date = q.birth_date AND reverse(plain_name(p.full_name)) = reverse(q.plain)
        UNION ALL SELECT p.id, true FROM people p WHERE p.phone_index = ANY (:phones)
        UNION ALL SELECT p.id, false FROM people p WHERE p.nik_index = :number
    )
    SELECT p.id, s.likeness, s.named, s.reasons, s.sureness, s.sureness >= r.enough AS suspected
    FROM (SELECT id, bool_or(same_phone) AS same_phone FROM met GROUP BY id) f
    JOIN people p ON p.id = f.id CROSS JOIN asked q CROSS JOIN rules r {scored(Kind.person)}
    WHERE p.erased_at IS NULL AND p.merged_into IS NULL AND p.id IS DISTINCT FROM :id
"""  # noqa: S608 (fragments of ours, values are bound)

_ACTORS = f"""
    WITH {rules_cte(Kind.actor)},
    asked AS MATERIALIZED (
        SELECT set_config('pg_trgm.similarity_threshold', CAST(likeness AS text), true) AS threshold,
            plain_name(:name) AS plain, :village AS village_code, :number AS number_index
        FROM rules
    ),
    phones AS (
        SELECT h.phone_index FROM ownerships o JOIN people h ON h.id = o.person_id
            WHERE o.actor_id = :id AND o.role = 'owner' AND o.until IS NULL AND h.phone_index IS NOT NULL
        UNION SELECT unnest(:phones)
    ),
    met AS (
        SELECT p.id, false AS same_phone FROM asked q
            JOIN actors p ON p.village_code = q.village_code AND plain_name(p.name) % q.plain
        UNION ALL SELECT o.actor_id, true FROM phones
            JOIN people h ON h.phone_index = phones.phone_index AND h.merged_into IS NULL
            JOIN ownerships o ON o.person_id = h.id AND o.role = 'owner' AND o.until IS NULL
        UNION ALL SELECT p.id, false FROM actors p WHERE p.nib_index = :number
    )
    SELECT p.id, s.likeness, s.named, s.reasons, s.sureness, s.sureness >= r.enough AS suspected
    FROM (SELECT id, bool_or(same_phone) AS same_phone FROM met GROUP BY id) f
    JOIN actors p ON p.id = f.id CROSS JOIN asked q CROSS JOIN rules r {scored(Kind.actor)}
    WHERE p.erased_at IS NULL AND p.merged_into IS NULL AND p.id IS DISTINCT FROM :id
"""  # noqa: S608 (fragments of ours, values are bound)

_ASKED = {
    "day": Date(),
    "id": Uuid(),
    "name": Text(),
    "village": Text(),
    "number": LargeBinary(),
    "phones": ARRAY(LargeBinary()),
}
_FOUND: tuple[Any, ...] = (
    column("id", Uuid()),
    column("likeness", Double()),
    column("named"),
    column("reasons", ARRAY(Text())),
    column("sureness", Double()),
    column("suspected"),
)


def _bound(statement: str, **more: Any) -> Any:
    typed = {**_ASKED, **more}
    return text(statement).bindparams(*(bindparam(name, type_=kind) for name, kind in typed.items())).columns(*_FOUND)


_LIKE_PERSON = _bound(_PEOPLE, birth_date=Date()).cte("found")
_LIKE_ACTOR = _bound(_ACTORS).cte("found")


def people_alike(caller: Caller) -> Select[Any]:
    """People who may be the same as `:name`, `:village`, `:birth_date`, `:phones`, `:number` (NIK), without `:id`.

    Surest first: id, name, village, reasons, sureness, likeness, whether the name is alike, whether it is sure enough
    for a pair, and whether the caller may see them.
    """
    visible = people_visible_to(caller).label("visible")
    found = select(*_LIKE_PERSON.c, Person.full_name.label("name"), Person.village_code, visible)
    return _surest(found.join(Person, Person.id == _LIKE_PERSON.c.id), _LIKE_PERSON)


def actors_alike(caller: Caller) -> Select[Any]:
    """Businesses that may be the same as `:name`, `:village`, `:number` (NIB), by phone also those of the owners of
    `:id` and of `:phones`; the same columns.
    """
    visible = actors_visible_to(caller).label("visible")
    found = select(*_LIKE_ACTOR.c, Actor.name, Actor.village_code, visible)
    return _surest(found.join(Actor, Actor.id == _LIKE_ACTOR.c.id), _LIKE_ACTOR)


def _surest(query: Select[Any], found: Any) -> Select[Any]:
    """What the caller sees comes first, so that what they do not see cannot crowd it out."""
    order = (text("visible DESC"), found.c.sureness.desc(), found.c.likeness.desc(), found.c.id)
    return query.order_by(*order).limit(MOST_CANDIDATES)

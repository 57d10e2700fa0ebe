"""Which staged rows are of businesses and people that the register knows. Never the first match: one, or a fault.

A business is known by its NIB, else by its row key, else by owner, name and village; an owner by the NIK, else by phone
and name, one in the village before others. Of a business that is known the owner is one of its owners.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.integration.loads.actors.judging import share_a_word
from plut_api.integration.loads.report import Report

_OPEN = "NOT s.is_known AND s.refused IS NULL"
_LIVING = "p.erased_at IS NULL AND p.merged_into IS NULL"
_OWNS = "o.until IS NULL AND o.role = 'owner'"
_NO_OTHER_NIK = "(p.nik_index IS NULL OR s.nik_index IS NULL OR p.nik_index = s.nik_index)"

BY_NIB = f"""
UPDATE staged_actors s SET is_known = true, actor_id = coalesce(a.merged_into, a.id) FROM actors a
WHERE a.nib_index = s.nib_index AND {_OPEN}
"""  # noqa: S608
BY_ROW_KEY = f"""
UPDATE staged_actors s SET is_known = true, actor_id = coalesce(a.merged_into, a.id) FROM actors a
WHERE a.row_key = s.row_key AND {_OPEN}
"""  # noqa: S608
OWNER_BY_NIK = f"""
UPDATE staged_actors s SET owner_known = true, person_id = coalesce(p.merged_into, p.id) FROM people p
WHERE p.nik_index = s.nik_index AND {_OPEN}
"""  # noqa: S608
OWNER_BY_PHONE = f"""
WITH candidates AS (
    SELECT s.line, p.id, coalesce(p.village_code = s.village_code, false) AS here
    FROM staged_actors s JOIN people p ON p.phone_index = s.phone_index AND lower(p.full_name) = lower(s.owner_name)
    WHERE {_OPEN} AND NOT s.owner_known AND (s.nik_index IS NULL OR p.nik_index IS NULL) AND {_LIVING}
), told AS (
    SELECT line, count(*) AS found, count(*) FILTER (WHERE here) AS here,
        (array_agg(id ORDER BY here DESC, id))[1] AS nearest
    FROM candidates GROUP BY line
)
UPDATE staged_actors s SET
    owner_known = t.here = 1 OR t.found = 1,
    person_id = CASE WHEN t.here = 1 OR t.found = 1 THEN t.nearest ELSE s.person_id END,
    refused = CASE WHEN t.here = 1 OR t.found = 1 THEN NULL ELSE 'ambiguous_owner' END
FROM told t WHERE t.line = s.line
"""  # noqa: S608
# Two NIKs cannot both be that of one person who is known by phone and name alone.
TWO_NIKS = """
UPDATE staged_actors s SET refused = 'ambiguous_owner' FROM (
    SELECT person_id FROM staged_actors WHERE owner_known AND NOT is_known AND nik_index IS NOT NULL
    GROUP BY person_id HAVING count(DISTINCT nik_index) > 1
) t WHERE t.person_id = s.person_id AND s.nik_index IS NOT NULL
"""
# An owner without NIK may be one whom another row of the file names with it.
OWNER_IN_FILE = f"""
WITH told AS (
    SELECT s.line, count(DISTINCT t.person_id) AS found, (array_agg(t.person_id))[1] AS person_id,
        bool_or(t.owner_known) AS owner_known
    FROM staged_actors s
    JOIN staged_actors t ON t.phone_index = s.phone_index AND lower(t.owner_name) = lower(s.owner_name)
        AND t.nik_index IS NOT NULL AND t.refused IS NULL AND NOT t.is_known
    WHERE {_OPEN} AND NOT s.owner_known AND s.nik_index IS NULL GROUP BY s.line
)
UPDATE staged_actors s SET
    person_id = CASE WHEN t.found = 1 THEN t.person_id ELSE s.person_id END,
    owner_known = t.found = 1 AND t.owner_known,
    refused = CASE WHEN t.found = 1 THEN NULL ELSE 'ambiguous_owner' END
FROM told t WHERE t.line = s.line
"""  # noqa: S608
_SETTLE_BY_OWNER = """
UPDATE staged_actors s SET
    is_known = t.found = 1,
    actor_id = CASE WHEN t.found = 1 THEN t.actor_id ELSE s.actor_id END,
    refused = CASE WHEN t.found = 1 THEN NULL ELSE 'ambiguous_business' END
FROM told t WHERE t.line = s.line
"""
_SAME_BUSINESS = (
    "lower(a.name) = lower(s.name) AND a.village_code = s.village_code "
    "AND (a.nib_index IS NULL OR s.nib_index IS NULL) AND a.erased_at IS NULL AND a.merged_into IS NULL"
)
BY_KNOWN_OWNER = f"""
WITH told AS (
    SELECT s.line, count(DISTINCT a.id) AS found, (array_agg(a.id))[1] AS actor_id
    FROM staged_actors s JOIN ownerships o ON o.person_id = s.person_id AND {_OWNS}
    JOIN actors a ON a.id = o.actor_id AND {_SAME_BUSINESS}
    WHERE {_OPEN} AND s.owner_known GROUP BY s.line
) {_SETTLE_BY_OWNER}
"""  # noqa: S608
# Of an owner who was never given a NIK, or whose file gives none: the name, unless a NIK or phone says otherwise.
BY_NAME_OF_OWNER = f"""
WITH told AS (
    SELECT s.line, count(DISTINCT a.id) AS found, (array_agg(a.id))[1] AS actor_id
    FROM staged_actors s JOIN actors a ON {_SAME_BUSINESS}
    JOIN ownerships o ON o.actor_id = a.id AND {_OWNS}
    JOIN people p ON p.id = o.person_id AND lower(p.full_name) = lower(s.owner_name) AND {_NO_OTHER_NIK}
        AND (p.phone_index IS NULL OR s.phone_index IS NULL OR p.phone_index = s.phone_index)
    WHERE {_OPEN} AND NOT s.owner_known GROUP BY s.line
) {_SETTLE_BY_OWNER}
"""  # noqa: S608
# Of the owners of a known business: who has the NIK, else the name, else the phone, else a part of the name.
OWNER_OF_KNOWN = f"""
WITH ranked AS (
    SELECT s.line, p.id, CASE WHEN p.nik_index = s.nik_index THEN 0
        WHEN NOT {_NO_OTHER_NIK} THEN 9
        WHEN lower(p.full_name) = lower(s.owner_name) THEN 1
        WHEN p.phone_index = s.phone_index THEN 2
        WHEN string_to_array(lower(p.full_name), ' ') && string_to_array(lower(s.owner_name), ' ') THEN 3
        ELSE 9 END AS likeness
    FROM staged_actors s JOIN ownerships o ON o.actor_id = s.actor_id AND {_OWNS} JOIN people p ON p.id = o.person_id
    WHERE s.is_known AND s.refused IS NULL
), told AS (
    SELECT DISTINCT ON (line) line, likeness, count(*) AS found, (array_agg(id))[1] AS person_id
    FROM ranked GROUP BY line, likeness ORDER BY line, likeness
)
UPDATE staged_actors s SET
    owner_known = t.likeness < 9 AND t.found = 1,
    person_id = CASE WHEN t.likeness < 9 AND t.found = 1 THEN t.person_id ELSE s.person_id END,
    refused = CASE WHEN t.likeness = 9 THEN 'owner_mismatch' WHEN t.found > 1 THEN 'ambiguous_owner' END
FROM told t WHERE t.line = s.line
"""  # noqa: S608
WITHOUT_OWNER = """
UPDATE staged_actors SET refused = 'owner_mismatch' WHERE is_known AND NOT owner_known AND refused IS NULL
"""
NIK_OF_ANOTHER = """
UPDATE staged_actors s SET refused = 'owner_mismatch' FROM people p
WHERE p.nik_index = s.nik_index AND p.id <> s.person_id AND s.owner_known AND s.refused IS NULL
"""
TWICE_IN_FILE = """
UPDATE staged_actors s SET refused = 'duplicate_business' FROM (
    SELECT line, row_number() OVER (PARTITION BY actor_id ORDER BY line) AS place
    FROM staged_actors WHERE is_known AND refused IS NULL
) t WHERE t.line = s.line AND t.place > 1
"""
_OTHER_NAMES = """
SELECT s.line, s.owner_name, p.full_name FROM staged_actors s JOIN people p ON p.id = s.person_id
WHERE s.owner_known AND s.refused IS NULL AND lower(p.full_name) <> lower(s.owner_name) ORDER BY s.line
"""
_REFUSE = "UPDATE staged_actors SET refused = 'owner_mismatch' WHERE line = ANY(:lines)"
_REFUSED = "SELECT line, refused FROM staged_actors WHERE refused IS NOT NULL ORDER BY line"
_COLUMN_OF = {
    "ambiguous_owner": "owner_name",
    "owner_mismatch": "owner_nik",
    "ambiguous_business": "business_name",
    "unknown_id": "id",
    "outside_id_taken": "outside_id",
    "nib_of_another": "nib",
}


async def recognise(db: AsyncSession, *, skip: bool, some_without_nik: bool, known: int = 0) -> None:
    """Mark what is known and what cannot be told; with `skip` known businesses are not looked at any further.

    `known` are those that a file named in ways of its own. A statement that has nothing to look at is spared: over a
    new register only the first of each kind run.
    """
    for statement in (BY_NIB, BY_ROW_KEY):
        known += await _run(db, statement)
    owners = await _run(db, OWNER_BY_NIK)
    if by_phone := await _run(db, OWNER_BY_PHONE):
        await _run(db, TWO_NIKS)
    if some_without_nik:
        owners += await _run(db, OWNER_IN_FILE)
    if owners + by_phone:
        known += await _run(db, BY_KNOWN_OWNER)
    known += await _run(db, BY_NAME_OF_OWNER)
    if known and not skip:
        for statement in (OWNER_OF_KNOWN, WITHOUT_OWNER, NIK_OF_ANOTHER, TWICE_IN_FILE):
            await _run(db, statement)


async def _run(db: AsyncSession, statement: str) -> int:
    """Run a statement; how many rows it met."""
    met = await (await db.connection()).execute(text(statement))
    return met.rowcount


async def compare_names(db: AsyncSession, report: Report) -> None:
    """Note where a NIK or phone is known under another name: as a fault if the names have no word in common."""
    others: list[int] = []
    for line, given, known in await db.execute(text(_OTHER_NAMES)):
        if share_a_word(given, known):
            report.add(line, "owner_name", "owner_name_differs")
        else:
            others.append(line)
    if others:
        await db.execute(text(_REFUSE), {"lines": others})


async def note_refused(db: AsyncSession, report: Report) -> int:
    """Note every row that was refused by comparing it with the register; how many."""
    refused = (await db.execute(text(_REFUSED))).all()
    for line, code in refused:
        report.refuse(line, _COLUMN_OF.get(code), code)
    return len(refused)

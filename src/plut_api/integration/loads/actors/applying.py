"""Writing what was staged and compared, table by table. The audit log names what was loaded, block by block.

Of people and businesses it names each, and which fields were changed; ownerships and figures are told by them.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import SizeCause
from plut_api.actors.size import SizeRules
from plut_api.actors.size_changes import derive_sizes, first_sizes
from plut_api.actors.size_law import let_law_speak
from plut_api.integration.loads.actors.columns import FIGURES
from plut_api.kit import audit

_NEW = "NOT s.is_known AND s.refused IS NULL"
_PEOPLE = f"""
INSERT INTO people (id, full_name, nik_sealed, nik_index, phone_sealed, phone_index, sex, birth_date, village_code,
    import_id, version)
SELECT DISTINCT ON (person_id) person_id, owner_name, nik_sealed, nik_index, phone_sealed, phone_index, sex, birth_date,
    village_code, import_id, 1
FROM staged_actors s WHERE {_NEW} AND NOT owner_known ORDER BY person_id, nik_index IS NULL, line
"""  # noqa: S608
_ACTORS = f"""
INSERT INTO actors (id, name, village_code, regency_code, address, legal_form, status, kbli_version, kbli_code,
    started_on, nib_sealed, nib_index, npwp_sealed, npwp_index, size_class, size_by_sales, size_by_capital, size_basis,
    import_id, row_key, version)
SELECT actor_id, name, village_code, substr(village_code, 1, 5), address, 'individual', 'active', kbli_version,
    kbli_code, started_on, nib_sealed, nib_index, npwp_sealed, npwp_index, size_class, by_sales, by_capital, size_basis,
    import_id, row_key, 1
FROM staged_actors s WHERE {_NEW} ORDER BY village_code, name
"""  # noqa: S608
_OWNERSHIPS = f"""
INSERT INTO ownerships (id, actor_id, person_id, since)
SELECT ownership_id, actor_id, person_id, started_on FROM staged_actors s WHERE {_NEW}
"""  # noqa: S608
_FIGURES = f"""
INSERT INTO annual_figures (id, actor_id, year, capital_idr, sales_idr, assets_idr, workers_female, workers_male,
    source, import_id)
SELECT figure_id, actor_id, year, capital_idr, sales_idr, assets_idr, workers_female, workers_male, :source, import_id
FROM staged_actors s WHERE {_NEW} AND year IS NOT NULL
"""  # noqa: S608
_TO_CORRECT = """
SELECT DISTINCT s.actor_id FROM staged_actors s JOIN staged_changes c USING (line)
WHERE c.kind = 'figures' AND c.action <> 'keep'
"""
# A correction is a whole new row of its year: what is not told stays as it was known, or what is told fills its gaps.
_JOINED = ", ".join(
    f"CASE WHEN s.overwrite THEN coalesce(s.{name}, g.{name}) ELSE coalesce(g.{name}, s.{name}) END" for name in FIGURES
)
_CORRECTIONS = f"""
INSERT INTO annual_figures (id, actor_id, year, capital_idr, sales_idr, assets_idr, workers_female, workers_male,
    workers_disability, source, import_id)
SELECT s.figure_id, s.actor_id, s.year, {_JOINED}, g.workers_disability, :source, s.import_id
FROM staged_actors s
JOIN (SELECT DISTINCT line FROM staged_changes WHERE kind = 'figures' AND action <> 'keep') c USING (line)
LEFT JOIN LATERAL (
    SELECT g.* FROM counting_figures g WHERE g.actor_id = s.actor_id AND g.year = s.year OFFSET 0
) g ON true
RETURNING actor_id
"""  # noqa: S608


def _changed(table: str, columns: dict[str, tuple[str, ...]], more: str = "") -> str:
    """SQL: change the records of a table as `staged_changes` says; by field, the columns that it moves, from the row
    that told it. Answers with the ids by the fields that were changed.
    """
    sources = {"owner_name": {"full_name": "owner_name"}}
    picks, sets = [], []
    for field, moved in columns.items():
        for name in moved:
            source = sources.get(field, {}).get(name, name)
            picks.append(f"(array_agg(s.{source}) FILTER (WHERE c.field = '{field}'))[1] AS new_{name}")
            sets.append(f"{name} = CASE WHEN '{field}' = ANY(c.fields) THEN c.new_{name} ELSE t.{name} END")
    return f"""
        WITH told AS (
            SELECT c.target, array_agg(c.field ORDER BY c.field) AS fields, {", ".join(picks)}
            FROM staged_changes c JOIN staged_actors s USING (line)
            WHERE c.kind = '{table}' AND c.action IN ('fill', 'update') GROUP BY c.target
        ), changed AS (
            UPDATE {table} t SET {", ".join(sets)}{more}, version = t.version + 1, updated_at = now()
            FROM told c WHERE c.target = t.id RETURNING t.id, c.fields
        )
        SELECT fields, array_agg(id) AS ids FROM changed GROUP BY fields ORDER BY fields
    """  # noqa: S608


_VILLAGE = (
    ", regency_code = CASE WHEN 'village_code' = ANY(c.fields) THEN substr(c.new_village_code, 1, 5) "
    "ELSE t.regency_code END"
)
_CHANGES = {
    "people": _changed(
        "people",
        {
            "owner_name": ("full_name",),
            "owner_nik": ("nik_sealed", "nik_index"),
            "owner_phone": ("phone_sealed", "phone_index"),
            "owner_sex": ("sex",),
            "owner_birth_date": ("birth_date",),
        },
    ),
    "actors": _changed(
        "actors",
        {
            "name": ("name",),
            "village_code": ("village_code",),
            "address": ("address",),
            "kbli_code": ("kbli_version", "kbli_code"),
            "started_on": ("started_on",),
            "nib": ("nib_sealed", "nib_index"),
            "npwp": ("npwp_sealed", "npwp_index"),
        },
        _VILLAGE,
    ),
}


async def add_new(db: AsyncSession, import_id: UUID, source: str, rules: SizeRules) -> None:
    """Insert people, businesses, ownerships and figures that are new, with the size class that follows."""
    for table, statement in (("people", _PEOPLE), ("actors", _ACTORS)):
        for ids in await db.scalars(text(_in_blocks(statement)), {"block": audit.AT_ONCE}):
            audit.record(db, audit.Action.created, table, ids, import_id=import_id)
    connection = await db.connection()
    await connection.execute(text(_OWNERSHIPS))
    await connection.execute(text(_FIGURES), {"source": source})
    await connection.execute(first_sizes(rules, "staged_actors", _NEW))


async def change_known(db: AsyncSession, import_id: UUID, source: str) -> None:
    """Fill and overwrite fields of known people and businesses, and add the figures that are news of them."""
    for table, statement in _CHANGES.items():
        for fields, ids in (await db.execute(text(statement))).all():
            audit.record(db, audit.Action.changed, table, ids, after={"fields": fields}, import_id=import_id)
    await let_law_speak(db, list(await db.scalars(text(_TO_CORRECT))))
    connection = await db.connection()
    with_figures = (await connection.execute(text(_CORRECTIONS), {"source": source})).scalars().all()
    audit.record(db, audit.Action.changed, "actors", with_figures, after={"fields": ["figures"]}, import_id=import_id)
    if with_figures:
        await derive_sizes(db, sorted(with_figures), SizeCause.import_)


def _in_blocks(statement: str) -> str:
    """The statement that loads a table, answering with the ids of what it loaded, so many (`:block`) in each row."""
    return f"""
        WITH loaded AS ({statement} RETURNING id)
        SELECT array_agg(id) FROM (SELECT id, (row_number() OVER () - 1) / :block AS block FROM loaded) numbered
        GROUP BY block
    """  # noqa: S608

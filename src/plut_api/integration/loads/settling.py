"""The statements that settle staged businesses: recognise what is known, then insert the rest, table by table."""

from collections.abc import Mapping
from dataclasses import dataclass

STAGED = [
    "line",
    "import_id",
    "person_id",
    "actor_id",
    "ownership_id",
    "figure_id",
    "owner_name",
    "nik_sealed",
    "nik_index",
    "phone_sealed",
    "phone_index",
    "sex",
    "birth_date",
    "name",
    "village_code",
    "address",
    "kbli_version",
    "kbli_code",
    "started_on",
    "nib_sealed",
    "nib_index",
    "npwp_sealed",
    "npwp_index",
    "row_key",
    "year",
    "capital_idr",
    "sales_idr",
    "workers_female",
    "workers_male",
    "size_class",
    "size_basis",
]
STAGE = """
CREATE TEMPORARY TABLE staged_actors (
    line int, import_id uuid, person_id uuid, actor_id uuid, ownership_id uuid, figure_id uuid, owner_name text,
    nik_sealed bytea, nik_index bytea, phone_sealed bytea, phone_index bytea, sex text, birth_date date, name text,
    village_code text, address text, kbli_version text, kbli_code text, started_on date, nib_sealed bytea,
    nib_index bytea, npwp_sealed bytea, npwp_index bytea, row_key text, year int, capital_idr bigint, sales_idr bigint,
    workers_female int, workers_male int, size_class text, size_basis text,
    is_known boolean NOT NULL DEFAULT false, owner_known boolean NOT NULL DEFAULT false
) ON COMMIT DROP
"""


@dataclass(frozen=True)
class Settling:
    """Statements in the order in which they run."""

    recognise: tuple[str, ...]
    count_known: str
    load: Mapping[str, str]
    """By table."""


def in_blocks(statement: str) -> str:
    """The statement that loads a table, answering with the ids of what it loaded, so many (`:block`) in each row."""
    return f"""
        WITH loaded AS ({statement} RETURNING id)
        SELECT array_agg(id) FROM (SELECT id, (row_number() OVER () - 1) / :block AS block FROM loaded) numbered
        GROUP BY block
    """  # noqa: S608


SETTLE = Settling(
    recognise=(
        "UPDATE staged_actors s SET is_known = true FROM actors a WHERE a.nib_index = s.nib_index",
        "UPDATE staged_actors s SET is_known = true FROM actors a WHERE a.row_key = s.row_key AND NOT s.is_known",
        """
        UPDATE staged_actors s SET person_id = p.id, owner_known = true
        FROM people p WHERE p.nik_index = s.nik_index AND NOT s.is_known
        """,
    ),
    count_known="SELECT count(*) FROM staged_actors WHERE is_known",
    load={
        "people": """
        INSERT INTO people (id, full_name, nik_sealed, nik_index, phone_sealed, phone_index, sex, birth_date,
            village_code, import_id, version)
        SELECT DISTINCT ON (person_id) person_id, owner_name, nik_sealed, nik_index, phone_sealed, phone_index, sex,
            birth_date, village_code, import_id, 1
        FROM staged_actors WHERE NOT is_known AND NOT owner_known ORDER BY person_id, line
        """,
        "actors": """
        INSERT INTO actors (id, name, village_code, regency_code, address, legal_form, status, kbli_version, kbli_code,
            started_on, nib_sealed, nib_index, npwp_sealed, npwp_index, size_class, size_basis, import_id, row_key,
            version)
        SELECT actor_id, name, village_code, substr(village_code, 1, 5), address, 'individual', 'active', kbli_version,
            kbli_code, started_on, nib_sealed, nib_index, npwp_sealed, npwp_index, size_class, size_basis, import_id,
            row_key, 1
        FROM staged_actors WHERE NOT is_known ORDER BY village_code, name
        """,
        "ownerships": """
        INSERT INTO ownerships (id, actor_id, person_id, since)
        SELECT ownership_id, actor_id, person_id, started_on FROM staged_actors WHERE NOT is_known
        """,
        "annual_figures": """
        INSERT INTO annual_figures (id, actor_id, year, capital_idr, sales_idr, workers_female, workers_male, source,
            import_id)
        SELECT figure_id, actor_id, year, capital_idr, sales_idr, workers_female, workers_male, 'import', import_id
        FROM staged_actors WHERE NOT is_known AND year IS NOT NULL
        """,
    },
)

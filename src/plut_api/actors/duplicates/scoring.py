"""How sure it is that two records are the same: one scoring in SQL, for entry, imports and sweeps alike.

A number that only one record can have (NIK, NIB) makes it certain: 1. Otherwise every piece of evidence leaves a share
of doubt, and what is sure is what all of them together do not leave:

    sureness = (1 - (1 - name * likeness) (1 - village) (1 - birth_date) (1 - phone)) * differs

- `likeness` of the names is the trigram similarity of both without titles and legal forms (`plain_name`), from 0 to 1.
  Names less alike than `min_likeness_percent` count for nothing, and then neither do village and birth date: many
  people live in a village.
- `village` and `birth_date` count where both records have the same one, `phone` where both have the same (of a
  business: where an owner of each has).
- `differs` is 1, less where both records have a NIK (NIB, birth date) and these are not the same: people who are named
  alike are often two, but numbers are also mistyped.

Weights are the dated rule values `duplicates.…_percent` of the day asked; no constant repeats them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plut_api.actors.duplicates.models import Kind

NUMBERS = ("nik", "nib", "phone")
"""Reasons that are exact numbers; one that comes to agree reopens what was decided to be two."""


@dataclass(frozen=True)
class Words:
    """How the records of a kind are called in SQL: table, column of the name, the number that only one can have."""

    table: str
    name: str
    number: str
    number_index: str
    rules: str
    born: bool


WORDS: Mapping[Kind, Words] = {
    Kind.person: Words("people", "full_name", "nik", "nik_index", "duplicates.people.", born=True),
    Kind.actor: Words("actors", "name", "nib", "nib_index", "duplicates.actors.", born=False),
}
_WEIGHTS = ("name", "village", "birth_date", "phone", "number_differs", "birth_date_differs")


def rules_cte(kind: Kind) -> str:
    """SQL: the CTE `rules`, one row of what holds on `:day`.

    `near` is the likeness from which name and village alone are enough for a pair.
    """
    own = ", ".join(_weight(f"{WORDS[kind].rules}{name}_percent", name) for name in _WEIGHTS)
    return f"""
        weights AS MATERIALIZED (
            SELECT {_weight("duplicates.min_likeness_percent", "likeness")},
                {_weight("duplicates.min_sureness_percent", "enough")},
                {_number("duplicates.max_phone_holders", "holders")},
                {_number("duplicates.max_pairs_of_one", "most")}, {own}
            FROM (
                SELECT DISTINCT ON (code) code, CAST(value AS float8) AS value FROM rule_values
                WHERE code LIKE 'duplicates.%' AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)
                ORDER BY code, valid_from DESC
            ) held
        ),
        rules AS MATERIALIZED (
            SELECT *, greatest(likeness, least(1, (1 - (1 - enough) / (1 - village)) / name)) AS near FROM weights
        )
    """  # noqa: S608 (codes are ours)


def _weight(code: str, name: str) -> str:
    return f"max(value) FILTER (WHERE code = '{code}') / 100 AS {name}"


def _number(code: str, name: str) -> str:
    return f"max(value) FILTER (WHERE code = '{code}') AS {name}"


def scored(kind: Kind) -> str:
    """SQL: laterals that end in `s.likeness`, `s.reasons` and `s.sureness` of a record `p` compared with a row `q`.

    `q` has `plain`, `village_code`, `number_index`, for people `birth_date`; `f.same_phone` says whether a phone is the
    same; `r` is the row of `rules`. `OFFSET 0` keeps the likeness from being worked out anew wherever it is named.
    """
    words = WORDS[kind]
    same_birth_date = "coalesce(p.birth_date = q.birth_date, false)" if words.born else "false"
    other_birth_date = "coalesce(p.birth_date <> q.birth_date, false)" if words.born else "false"
    return f"""
        CROSS JOIN LATERAL (
            SELECT CAST(similarity(plain_name(p.{words.name}), q.plain) AS float8) AS likeness OFFSET 0
        ) n
        CROSS JOIN LATERAL (
            SELECT coalesce(p.{words.number_index} = q.number_index, false) AS number,
                coalesce(p.{words.number_index} <> q.number_index, false) AS other_number,
                n.likeness >= r.likeness AS named,
                n.likeness >= r.likeness AND coalesce(p.village_code = q.village_code, false) AS village,
                n.likeness >= r.likeness AND {same_birth_date} AS birth_date,
                {other_birth_date} AS other_birth_date OFFSET 0
        ) e
        CROSS JOIN LATERAL (
            SELECT n.likeness, e.named, array_remove(ARRAY[
                    CASE WHEN e.number THEN '{words.number}' END, CASE WHEN f.same_phone THEN 'phone' END,
                    CASE WHEN e.named THEN 'name' END, CASE WHEN e.village THEN 'village' END,
                    CASE WHEN e.birth_date THEN 'birth_date' END
                ], NULL) AS reasons,
                CASE WHEN e.number THEN 1.0 ELSE CAST(round(CAST((1
                    - (1 - CASE WHEN e.named THEN r.name * n.likeness ELSE 0 END)
                    * (1 - CASE WHEN e.village THEN r.village ELSE 0 END)
                    * (1 - CASE WHEN e.birth_date THEN r.birth_date ELSE 0 END)
                    * (1 - CASE WHEN f.same_phone THEN r.phone ELSE 0 END))
                    * CASE WHEN e.other_number THEN r.number_differs ELSE 1 END
                    * CASE WHEN e.other_birth_date THEN r.birth_date_differs ELSE 1 END
                AS numeric), 3) AS float8) END AS sureness
        ) s
    """

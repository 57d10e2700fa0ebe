"""Names are compared without what people write before and after them, by one function on both sides."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from plut_api.settings import Settings

TITLES = (
    *("Bpk.", "Bapak", "Pak", "Ibu", "Bu", "Sdr.", "Sdri", "Saudari", "Tn.", "Ny."),
    *("H.", "Hj.", "Haji", "UD.", "CV", "PT", "PD"),
)
FORMS = (", UD", " CV", ", PT.", " PD")
_TAKEN = {"bpk", "bapak", "pak", "ibu", "sdr", "sdri", "saudara", "saudari", "haji", "hajah"}
letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
words = st.text(letters, min_size=3, max_size=12).filter(lambda word: word.lower() not in _TAKEN)
names = st.lists(words, min_size=1, max_size=4).map(" ".join)


@pytest.fixture(scope="module")
def plain(app: FastAPI, settings: Settings) -> Iterator["Plain"]:
    """`plain_name` of the migrated database."""
    assert settings.database_migrate_url is not None
    with psycopg.connect(settings.database_migrate_url.get_secret_value(), autocommit=True) as connection:
        yield Plain(connection)


class Plain:
    """The function, and what the trigrams make of two names."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def __call__(self, name: str) -> str:
        row = self._connection.execute("SELECT plain_name(%s)", [name]).fetchone()
        assert row is not None
        return str(row[0])

    def likeness(self, one: str, other: str) -> float:
        row = self._connection.execute("SELECT similarity(plain_name(%s), plain_name(%s))", [one, other]).fetchone()
        assert row is not None
        return float(row[0])


@given(names, st.lists(st.sampled_from(TITLES), max_size=3), st.sampled_from(("", *FORMS)))
def test_titles_and_legal_forms_make_no_difference(plain: Plain, name: str, titles: list[str], form: str) -> None:
    written = " ".join([*titles, name]) + form

    assert plain(written) == plain(name) == name.lower()
    assert plain.likeness(written, name) == 1


@given(names, st.sampled_from((" ", "  ", " - ", ". ", ", ", "\t")))
def test_case_blanks_and_punctuation_make_no_difference(plain: Plain, name: str, between: str) -> None:
    assert plain(between.join(name.upper().split())) == plain(name)
    assert plain(f"  {name}.") == plain(name)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_a_plain_name_is_plain_already(plain: Plain, name: str) -> None:
    assert plain(plain(name)) == plain(name)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Bpk. H. Amaq Contoh", "amaq contoh"),
        ("HJ. SITI", "siti"),
        ("CV. Maju-Jaya", "maju jaya"),
        ("Maju Jaya, UD", "maju jaya"),
        ("Haji", "haji"),  # Somebody's whole name stays.
        ("UD", "ud"),
        ("Ahmad H", "ahmad h"),  # Behind a name it is part of it.
        ("Hartono", "hartono"),
        ("!!", ""),
    ],
)
def test_what_is_left_of_a_name(plain: Plain, written: str, expected: str) -> None:
    assert plain(written) == expected


def test_a_name_is_not_told_apart_from_another_by_chance(plain: Plain) -> None:
    assert plain.likeness("Kopi Sembalun", "Kopi Sembalon") > 0.6
    assert plain.likeness("Kopi Sembalun", "Bengkel Motor") < 0.1

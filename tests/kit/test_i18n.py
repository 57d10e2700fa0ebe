"""Two languages."""

import pytest

from plut_api.kit.i18n import Text, locale_of
from tests.conftest import Api


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("id-ID, en;q=0.9", "id"),
        ("en;q=0.5, id;q=0.9", "id"),
        ("de, en;q=0.3", "en"),  # The best of what we speak.
        ("de", "id"),
        ("*", "id"),
        ("en;q=0", "id"),  # Refused outright.
        ("en;q=nan, en;q=much", "id"),
        ("en;q=7", "en"),
        (",;,en;;q=", "en"),
        ("en" * 5000, "id"),
    ],
)
def test_the_language_is_the_best_of_ours_that_is_accepted(header: str | None, locale: str) -> None:
    assert locale_of(header) == locale


def test_values_fill_the_sentence_and_are_never_read_as_a_pattern() -> None:
    words = Text(id="Bentuk {pattern}", en="Form {pattern}").filled(pattern=r"^[A-Z]{2}$")

    assert words.in_locale("id") == r"Bentuk ^[A-Z]{2}$"
    assert words.in_locale("en") == r"Form ^[A-Z]{2}$"


async def test_a_problem_speaks_the_language_that_was_asked_for(api: Api) -> None:
    indonesian = (await api.get("/v1/regions/99")).json()
    english = (await api.get("/v1/regions/99", headers={"Accept-Language": "en"})).json()
    fault_in_english = (await api.get("/v1/regions/x", headers={"Accept-Language": "en"})).json()

    assert indonesian["title"] == "Kode wilayah tidak ditemukan di NTB"
    assert english["title"] == "No region of NTB has this code"
    assert indonesian["code"] == english["code"]
    assert fault_in_english["errors"][0]["message"].startswith("It must have the form")

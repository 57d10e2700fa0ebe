"""Every template, in both languages, with the longest values it may get: nothing missing, nothing too long."""

import re
from datetime import date
from typing import Any

import pytest

from plut_api.kit.i18n import Locale
from plut_api.kit.messages.models import Channel, Kind
from plut_api.kit.messages.sms import is_gsm, plain, segments
from plut_api.kit.messages.templates import LANGUAGES, Template, Variable, render, templates, words
from plut_api.kit.messages.templates import _folder as folder

EVERY = [(name, language) for name in templates() for language in LANGUAGES]
PLACE = re.compile(r"\$(?:\{)?([a-z_]+)")


def longest(variable: Variable, language: Locale) -> Any:
    """The longest value of a variable."""
    if variable.type == "word":
        return max(variable.words, key=lambda word: len(variable.words[word][language]))
    by_type = {"date": date(2026, 9, 30), "instant": "2026-09-30T16:00:00+00:00", "idr": 1_000_000_000_000}
    return by_type.get(variable.type, "W" * variable.longest)


def filled(of: Template, language: Locale) -> dict[str, Any]:
    """The longest facts."""
    return {name: longest(variable, language) for name, variable in of.variables.items()}


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_text_is_complete_and_no_longer_than_its_parts(name: str, language: Locale) -> None:
    of = templates()[name]

    rendered = render(of, language, filled(of, language))

    assert not PLACE.search(rendered.subject + rendered.text + rendered.mail)
    assert 0 < len(rendered.subject) <= 200
    if of.channels != (Channel.email,):
        assert is_gsm(plain(rendered.text)), "a text that no name in it makes UCS-2"
        assert segments(plain(rendered.text)) <= of.segments
        assert len(plain(rendered.text)) <= (160 if of.segments == 1 else 306)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_text_uses_exactly_the_variables_that_are_listed(name: str, language: Locale) -> None:
    of, written = templates()[name], words(name, language)

    used = set(PLACE.findall(written.subject + written.text + written.mail))

    assert used <= set(of.variables)
    assert set(of.variables) - used <= {"invitation_id"}, "what only a maker needs"
    assert of.made <= set(of.variables)


def test_both_languages_name_the_same_facts() -> None:
    for name in templates():
        named = [set(PLACE.findall(words(name, language).text)) for language in LANGUAGES]
        assert named[0] == named[1], name


def test_every_file_belongs_to_a_template_and_each_has_its_texts() -> None:
    files = {path.name for path in folder().iterdir() if path.name.endswith(".txt")}
    wanted = {f"{name}.{language}.txt" for name, language in EVERY}

    assert wanted <= files
    assert {file for file in files - wanted if not file.endswith(".mail.txt")} == set()


def test_only_codes_have_facts_that_are_made_at_the_last_moment() -> None:
    assert {of.kind for of in templates().values() if of.made} == {Kind.code}


def test_too_long_a_value_is_cut_and_white_space_folded() -> None:
    of = templates()["certificate_ends"]

    text = render(of, "id", {"business": "Kopi \n\t Sembalun " * 20, "certificate": "X", "ends_on": "2026-09-30"}).text

    assert "Kopi Sembalun Kopi Sembalun" in text
    assert segments(text) == 1


def test_a_place_in_a_value_stays_what_it_is() -> None:
    facts = {"business": "$certificate ${ends_on} {0}", "certificate": "P-IRT", "ends_on": "2026-09-30"}

    assert "$certificate ${ends_on} {0}" in render(templates()["certificate_ends"], "id", facts).text


def test_days_and_amounts_are_written_as_the_language_does() -> None:
    of = templates()["spending_cap"]
    facts = {"day": "2026-03-02", "cap_idr": 1_500_000}

    assert "2 Maret 2026" in render(of, "id", facts).text
    assert "2 March 2026" in render(of, "en", facts).text
    assert "Rp1.500.000" in render(of, "en", facts).text


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        render(templates()["certificate_ends"], "id", {"business": "Kopi"})

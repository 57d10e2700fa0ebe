"""Shared shapes of what crosses the wire."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import Field, TypeAdapter, ValidationError

from plut_api.kit.faults import WORDS, faults_of
from plut_api.kit.wire import Idr, Instant, Name, Note, Patch, RegencyCode, RegionCode, VillageCode


class Change(Patch):
    """A change with a field that can be emptied and one that cannot."""

    name: Name = Field(default_factory=str)
    note: Note | None = None


def accepted(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@given(some.text(some.characters(codec="utf-8"), max_size=250))
def test_a_name_is_one_trimmed_line_of_one_to_two_hundred_letters(text: str) -> None:
    if accepted(Name, text):
        name = TypeAdapter(Name).validate_python(text)
        assert 1 <= len(name) <= 200
        assert name == name.strip()
        assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in name)


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        (Idr, 0, True),
        (Idr, 10**15, True),
        (Idr, 10**15 + 1, False),
        (Idr, "5", False),
        (Idr, True, False),
        (RegionCode, "52", True),
        (RegionCode, "52.71.01", True),
        (RegionCode, "52.71.01.1001", True),
        (RegionCode, "52.71.01.1001\n", False),
        (RegionCode, "5271", False),
        (RegionCode, "٥٢", False),  # Digits, but not those of a code.
        (VillageCode, "52.71.01", False),
        (RegencyCode, "52.71", True),
        (RegencyCode, "52.71.01", False),
        (Note, "Dua\nbaris", True),
        (Note, "Bel \x07", False),
        (Note, "", False),
        (Note, " \n ", False),
    ],
)
def test_a_value_is_good_or_not(kind: Any, value: Any, good: bool) -> None:
    assert accepted(kind, value) is good


def test_an_instant_leaves_as_utc_to_the_microsecond() -> None:
    adapter = TypeAdapter(Instant)

    assert adapter.dump_json(datetime(2026, 3, 2, 1, 30, tzinfo=UTC)) == b'"2026-03-02T01:30:00.000000Z"'


def test_an_instant_given_in_another_zone_leaves_as_the_same_instant_in_utc() -> None:
    wita = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Makassar"))

    assert TypeAdapter(Instant).dump_json(wita) == b'"2026-03-02T01:30:00.000000Z"'


def test_a_patch_tells_what_was_sent_from_what_was_left_out() -> None:
    assert Change.model_validate({"name": "Kopi"}).changes() == {"name": "Kopi"}
    assert Change.model_validate({"note": None}).changes() == {"note": None}


@pytest.mark.parametrize("body", [{}, {"name": None}, {"colour": "red"}])
def test_a_patch_without_a_known_change_is_refused(body: dict[str, Any]) -> None:
    assert not accepted(Change, body)


def test_every_word_of_a_fault_fills_from_what_the_finding_brings() -> None:
    findings = [
        {"type": kind, "loc": ("body", "x"), "ctx": dict.fromkeys(_NAMES, 3), "msg": "", "input": None}
        for kind in WORDS
    ]

    for fault in faults_of(findings):
        assert "{" not in fault.message.id + fault.message.en


def test_a_finding_of_an_unknown_kind_still_has_words_and_a_code_of_our_form() -> None:
    (fault,) = faults_of([{"type": "new.kind", "loc": ("query", "a/b~c", 0), "msg": "", "input": None}])

    assert (fault.pointer, fault.code) == ("/query/a~1b~0c/0", "new_kind")
    assert "new_kind" in fault.message.id


_NAMES = ("min_length", "max_length", "pattern", "ge", "le", "gt", "lt", "expected")

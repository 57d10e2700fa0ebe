"""Reads one cell of a file as a typed value.

A reader returns the value, raises CellFault where the cell cannot be used, or Normalised where it was written in
another way that can be read in one way only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from plut_api.kit import clock

Reader = Callable[[str], Any]

_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_OTHERWISE = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})\s+([a-z]+)\s+(\d{4})", re.IGNORECASE | re.ASCII)
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.0+)?", re.ASCII)
_SERIAL_ZERO = date(1899, 12, 30)  # Day 0 of the 1900 system for every day after its invented 29 February 1900.
_MONTHS = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february", "pebruari"),
    ("mar", "maret", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("agu", "agt", "ags", "agustus", "aug", "august"),
    ("sep", "sept", "september"),
    ("okt", "oktober", "oct", "october"),
    ("nov", "november", "nopember"),
    ("des", "desember", "dec", "december"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}


class CellFault(ValueError):
    """The cell cannot be used; `code` is explained in `fault_words`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Normalised(Exception):
    """The cell was written in another way; `value` is what it means."""

    def __init__(self, code: str, value: Any) -> None:
        super().__init__(code)
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True)
class Field:
    """A column: how its cells are read, what an empty one means, and whether its values are personal data."""

    name: str
    read: Reader
    missing: str | None = None
    """The fault of an empty cell; None where the column may be empty."""
    personal: bool = False
    free_text: bool = False
    """Whether a spreadsheet would take a leading `=`, `+` or `@` for a formula, and nobody means it."""
    required: bool = False
    """Whether a file without this column is refused as a whole."""


def day_reader(allowed: Callable[[date], bool], out_of_range: str, *, short_years: bool = False) -> Reader:
    """A reader of days that lie where `allowed` says; two-digit years are of this century, if taken at all."""

    def read(text: str) -> date:
        try:
            day = _day(text, short_years)
        except Normalised as note:
            if not allowed(note.value):
                raise CellFault(out_of_range) from None
            raise
        if not allowed(day):
            raise CellFault(out_of_range)
        return day

    return read


def number_reader(low: int, high: int, fault: str) -> Reader:
    """A reader of whole numbers in plain digits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > 18:
            raise CellFault(fault)
        number = int(text)
        if not low <= number <= high:
            raise CellFault(fault)
        return number

    return read


def pattern_reader(pattern: str, fault: str) -> Reader:
    """A reader of text that has one form from end to end."""
    form = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        if form.fullmatch(text) is None:
            raise CellFault(fault)
        return text

    return read


def text_reader(longest: int) -> Reader:
    """A reader of any text up to a length."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise CellFault("text_too_long")
        return text

    return read


def choice_reader(words: dict[str, Any], fault: str) -> Reader:
    """A reader of one of several words, in upper or lower case."""

    def read(text: str) -> Any:
        try:
            return words[text.casefold()]
        except KeyError:
            raise CellFault(fault) from None

    return read


def not_in_future(day: date) -> bool:
    """Whether a day has come, and lies after 1900."""
    return date(1900, 1, 1) <= day <= clock.today()


def _day(text: str, short_years: bool) -> date:
    if _ISO.fullmatch(text):
        return _real(int(text[:4]), int(text[5:7]), int(text[8:]))
    if match := _ISO_OTHERWISE.fullmatch(text):
        raise Normalised("date_not_iso", _real(*(int(part) for part in match.groups())))
    if match := _NUMERIC.fullmatch(text):
        raise Normalised("date_not_iso", _day_first(match[1], match[2], match[3], short_years))
    if match := _WORDS.fullmatch(text):
        month = _MONTH_OF.get(match[2].lower())
        if month is None:
            raise CellFault("date_format")
        raise Normalised("date_in_words", _real(int(match[3]), month, int(match[1])))
    if match := _SERIAL.fullmatch(text):
        raise Normalised("date_excel_serial", _SERIAL_ZERO + timedelta(days=int(match[1])))
    raise CellFault("date_format")


def _day_first(first: str, second: str, year: str, short_years: bool) -> date:
    if len(year) == 2 and not short_years:
        raise CellFault("date_ambiguous")
    whole_year = int(year) if len(year) == 4 else 2000 + int(year)
    day, month = int(first), int(second)
    if day <= 12 and month <= 12 and day != month:
        raise CellFault("date_ambiguous")
    if month > 12:
        day, month = month, day
    return _real(whole_year, month, day)


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellFault("date_impossible") from None

"""Texts of messages: files of `plut_api/messages`, one for each template and language, and a list of their variables.

`templates.yaml` says of each template its kind, its variables with their type and greatest length, and where needed the
channels it may go by and who makes part of its facts at the last moment. `<name>.<language>.txt` is a line
`Subject: …`, a blank line, and the text; `<name>.<language>.mail.txt`, where there is one, is a longer text for mails.
Places are those of `string.Template`; texts come with a release, never from users.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from string import Template as Places
from typing import Any, Literal

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field

from plut_api.kit import clock
from plut_api.kit.i18n import Locale
from plut_api.kit.messages.models import Channel, Kind

LANGUAGES: tuple[Locale, ...] = ("id", "en")
_MONTHS: Mapping[Locale, str] = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


class Variable(BaseModel):
    """A place in a text: what stands there, and how many characters it takes at most (the rest is cut off)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["text", "date", "instant", "number", "idr", "word"] = "text"
    longest: int = Field(default=40, ge=1, le=600)
    words: Mapping[str, Mapping[Locale, str]] = {}


class Template(BaseModel):
    """One message: why it is sent, its variables, and by which channels it may go (none: by any).

    `made` are variables that a room makes where the message is sent, because they may lie in no table.
    `segments` is how many parts of a text message it may take.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Kind
    variables: Mapping[str, Variable] = {}
    made: frozenset[str] = frozenset()
    channels: tuple[Channel, ...] = ()
    segments: int = Field(default=1, ge=1, le=2)

    @property
    def given(self) -> frozenset[str]:
        """The facts that come with the message."""
        return frozenset(self.variables) - self.made


@dataclass(frozen=True)
class Words:
    """A template's words in one language, as the files have them."""

    subject: str
    text: str
    mail: str


@dataclass(frozen=True)
class Rendered:
    """A message in one language, every place filled."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    mail: str = field(repr=False)


@cache
def templates() -> Mapping[str, Template]:
    """Every template by its name. Raises ValueError where the list is malformed."""
    listed = yaml.safe_load((_folder() / "templates.yaml").read_text(encoding="utf-8"))
    return {name: Template(name=name, **described) for name, described in listed.items()}


def template(name: str) -> Template:
    """One template. Raises LookupError."""
    found = templates().get(name)
    if found is None:
        raise LookupError(f"there is no message template {name!r}")
    return found


@cache
def words(name: str, language: Locale) -> Words:
    """What the files of a template say in a language. Raises FileNotFoundError, ValueError."""
    written = (_folder() / f"{name}.{language}.txt").read_text(encoding="utf-8")
    head, _, text = written.partition("\n\n")
    subject = re.fullmatch(r"Subject: (\S[^\n]*)", head)
    if subject is None or not text.strip():
        raise ValueError(f"{name}.{language}.txt has no subject, or no text")
    longer = _folder() / f"{name}.{language}.mail.txt"
    mail = longer.read_text(encoding="utf-8") if longer.is_file() else text
    return Words(subject[1], text.strip(), mail.strip() + "\n")


def packed(facts: Mapping[str, Any]) -> str:
    """Facts as they are sealed."""
    return orjson.dumps(dict(facts), default=str).decode()


def render(of: Template, language: Locale, facts: Mapping[str, Any]) -> Rendered:
    """A template's texts with every place filled, each value cut to its greatest length.

    Raises KeyError where a fact is missing.
    """
    values = {name: _shown(variable, facts[name], language) for name, variable in of.variables.items()}
    written = words(of.name, language)
    subject, text, mail = (Places(part).substitute(values) for part in (written.subject, written.text, written.mail))
    return Rendered(subject, text, mail)


def _folder() -> Any:
    return files("plut_api") / "messages"


def _shown(variable: Variable, value: Any, language: Locale) -> str:
    if variable.type == "word":
        said = variable.words.get(str(value))
        return said[language] if said else str(value)[: variable.longest]
    if variable.type == "idr":
        return f"Rp{int(value):,}".replace(",", ".")
    if variable.type == "date":
        return _day(date.fromisoformat(str(value)), language)
    if variable.type == "instant":
        local = datetime.fromisoformat(str(value)).astimezone(clock.WITA)
        return f"{_day(local.date(), language)} {local:%H.%M} WITA"
    return _cut(re.sub(r"\s+", " ", str(value)).strip(), variable.longest)


def _day(day: date, language: Locale) -> str:
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 2].rstrip() + ".."

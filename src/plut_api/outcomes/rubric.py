"""The rubric: what each level of each outcome asks for, and what can prove it.

Its words are data, a file a version; `rubrics.yaml` says from when each is in force. An outcome names the version that
it is judged by, and stays with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from plut_api.kit import clock
from plut_api.kit.files.models import MEDIA_TYPES
from plut_api.kit.i18n import Text

_FOLDER = files("plut_api.outcomes")
_MEDIA: Mapping[str, frozenset[str]] = {
    "picture": frozenset(media for media in MEDIA_TYPES if media.startswith("image/")),
    "paper": frozenset(media for media in MEDIA_TYPES if not media.startswith("image/")),
}


@dataclass(frozen=True)
class ProofKind:
    """A kind of evidence: for which levels it is taken, and how it is handed in."""

    kind: str
    words: Text
    levels: tuple[int, ...]
    media_types: frozenset[str]
    takes_link: bool
    is_system: bool

    @property
    def takes_files(self) -> bool:
        """Whether it can be handed in as files."""
        return bool(self.media_types)


@dataclass(frozen=True)
class Rubric:
    """One version of the rubric; `content` is its file as it is told."""

    version: str
    valid_from: date
    content: Mapping[str, Any]
    kinds: Mapping[str, Mapping[str, ProofKind]]  # By dimension, then by code.

    @property
    def counts_from_level(self) -> int:
        """The lowest level at which an outcome counts."""
        return int(self.content["counts_from_level"])


@cache
def rubrics() -> tuple[Rubric, ...]:
    """Every version, the oldest first."""
    listed = yaml.safe_load((_FOLDER / "rubrics.yaml").read_text(encoding="utf-8"))
    found = [read_rubric(entry["version"], entry["valid_from"], _content(entry["file"])) for entry in listed]
    return tuple(sorted(found, key=lambda known: known.valid_from))


def read_rubric(version: str, valid_from: date, content: dict[str, Any]) -> Rubric:
    """A version from its file. Raises ValueError if the file is of another version."""
    if content["version"] != version:
        raise ValueError(f"the file of rubric {version} says that it is of version {content['version']}")
    dimensions = []
    kinds: dict[str, Mapping[str, ProofKind]] = {}
    for dimension in content["dimensions"]:
        known = {entry["kind"]: _kind(entry) for entry in dimension["evidence"]}
        kinds[dimension["dimension"]] = MappingProxyType(known)
        dimensions.append(dimension | {"evidence": [_told(kind) for kind in known.values()]})
    return Rubric(version, valid_from, content | {"valid_from": valid_from, "dimensions": dimensions}, kinds)


def rubric_of(version: str) -> Rubric | None:
    """A version, None if there is none of that name."""
    return next((known for known in rubrics() if known.version == version), None)


def rubric_in_force(on: date | None = None) -> Rubric:
    """The version that holds on a day, today by default. Raises LookupError before the first."""
    day = on or clock.today()
    for known in reversed(rubrics()):
        if known.valid_from <= day:
            return known
    raise LookupError(f"no rubric is in force on {day}")


def rubric() -> Mapping[str, Any]:
    """What the version in force says."""
    return rubric_in_force().content


def version_in_force() -> str:
    """The version that a new outcome names."""
    return rubric_in_force().version


def counts(baseline: int | None, target: int | None, reached: int | None, version: str | None = None) -> bool:
    """Whether an outcome counts: proven at the target or above, above the baseline, at the lowest level that counts.

    Source: the rubric of that version (the one in force by default), "counts_from_level". Levels are 0 to 4; None is
    not known.
    """
    if baseline is None or target is None or reached is None:
        return False
    judged_by = (rubric_of(version) if version else None) or rubric_in_force()
    return reached >= target and reached > baseline and reached >= judged_by.counts_from_level


def _content(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def _kind(entry: Mapping[str, Any]) -> ProofKind:
    media: frozenset[str] = frozenset().union(*(_MEDIA[name] for name in entry.get("files", ())))
    words = Text(id=entry["id"], en=entry["en"])
    levels = tuple(entry["levels"])
    return ProofKind(entry["kind"], words, levels, media, entry.get("link", False), entry.get("system", False))


def _told(kind: ProofKind) -> dict[str, Any]:
    """A kind as the contract tells it."""
    return {
        "kind": kind.kind,
        "id": kind.words.id,
        "en": kind.words.en,
        "levels": list(kind.levels),
        "media_types": sorted(kind.media_types),
        "takes_link": kind.takes_link,
        "is_system": kind.is_system,
    }

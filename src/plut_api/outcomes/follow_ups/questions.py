"""The questions of follow-ups. Their words are data, in `questions_v1.yaml`."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

IN_FORCE = "1"


@cache
def questions(version: str = IN_FORCE) -> list[dict[str, Any]]:
    """The questions of a version, in the order they are asked.

    Raises FileNotFoundError for a version that there is not, ValueError for a file that holds another.
    """
    source = files("plut_api.outcomes.follow_ups") / f"questions_v{version}.yaml"
    loaded = yaml.safe_load(source.read_text(encoding="utf-8"))
    if str(loaded["version"]) != version:
        raise ValueError(f"questions_v{version}.yaml holds version {loaded['version']}")
    asked: list[dict[str, Any]] = loaded["questions"]
    return asked

"""The rubric in force: what each level of each outcome asks for. Its words are data, in `rubric_v1.yaml`."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

IN_FORCE = "rubric_v1.yaml"


@cache
def rubric() -> dict[str, Any]:
    """The rubric by which outcomes are judged today."""
    text = (files("plut_api.outcomes") / IN_FORCE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def version_in_force() -> str:
    """The version that a new outcome names."""
    return str(rubric()["version"])


def counts(baseline: int | None, target: int | None, reached: int | None) -> bool:
    """Whether an outcome counts: verified at the target or above, above the baseline, at the lowest level that counts.

    Source: the rubric, section "counts_from_level". Levels are 0 to 4; None is not known.
    """
    if baseline is None or target is None or reached is None:
        return False
    return reached >= target and reached > baseline and reached >= int(rubric()["counts_from_level"])

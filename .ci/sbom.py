"""Checks a bill of materials against the lock: all that is shipped, in its version, with a licence, and no more."""

import json
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def pinned(lock: str) -> dict[str, str]:
    """Name and version of what the lock installs on this platform."""
    lines = re.findall(r"^[A-Za-z0-9][^\\\n]*", lock, flags=re.MULTILINE)
    needed = [Requirement(line.strip()) for line in lines]
    here = [requirement for requirement in needed if requirement.marker is None or requirement.marker.evaluate()]
    return {canonicalize_name(each.name): next(iter(each.specifier)).version for each in here}


def faults(sbom: dict[str, object], expected: dict[str, str]) -> list[str]:
    """What is wrong with the bill."""
    components = sbom.get("components")
    if sbom.get("bomFormat") != "CycloneDX" or not isinstance(components, list):
        return ["this is no CycloneDX document"]
    found = {canonicalize_name(part["name"]): part["version"] for part in components}
    wrong = [f"{name} {version} is missing" for name, version in expected.items() if found.get(name) != version]
    wrong += [f"{name} is not shipped" for name in found.keys() - expected.keys()]
    wrong += [f"{part['name']} has no licence" for part in components if not part.get("licenses")]
    if not sbom.get("dependencies"):
        wrong.append("it does not say what depends on what")
    return wrong


def main(sbom: str, lock: str) -> int:
    """Print what is wrong; 1 if anything is."""
    expected = pinned(Path(lock).read_text(encoding="utf-8"))
    wrong = faults(json.loads(Path(sbom).read_text(encoding="utf-8")), expected)
    print("\n".join(wrong) or f"{sbom}: {len(expected)} packages, each with its version and licence.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

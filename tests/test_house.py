"""Rules of the house that no linter knows: lengths, settings in the README, routes that forget nothing."""

import ast
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from plut_api.identity.routes import SignInRoute
from plut_api.kit.web import KitRoute
from plut_api.settings import Settings

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MAX_FILE, MAX_FUNCTION = 300, 40


def test_no_file_outgrows_three_hundred_lines() -> None:
    long = {str(path.relative_to(ROOT)): count for path in SOURCES if (count := _lines(path)) > MAX_FILE}

    assert long == {}


def test_no_function_outgrows_forty_lines_of_code() -> None:
    long = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > MAX_FUNCTION:
                long[f"{path.relative_to(ROOT)}:{node.name}"] = _length(node)

    assert long == {}


def test_the_readme_names_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in Settings.model_fields if f"`PLUT_{name.upper()}`" not in readme] == []


async def test_every_operation_is_a_route_of_kit(app: FastAPI) -> None:
    strangers = [
        context.path
        for context in iter_route_contexts(app.routes)
        if getattr(context.original_route, "include_in_schema", False)
        and not isinstance(context.original_route, KitRoute | SignInRoute)
    ]

    assert strangers == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the end."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1

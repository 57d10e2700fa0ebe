"""Every operation, called by every kind of caller, answers as matrix.yaml says, and shows no more than that."""

from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from tests.access.calls import CALLS
from tests.access.markers import masked
from tests.access.matrix import PATH, Cell, MatrixFaulty, matrix, read_matrix
from tests.access.running import Operation, Operations, prepared_for, send
from tests.access.world import SIDES, World


async def test_the_matrix_has_a_row_for_every_operation_and_for_no_other(operations: Operations) -> None:
    assert sorted(matrix().cells) == sorted(operations)


async def test_every_row_can_be_called(operations: Operations) -> None:
    assert sorted(CALLS) == sorted(operations)


def test_a_row_that_forgets_a_caller_is_refused() -> None:
    given = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    given["operations"]["getActor"]["404"] = []
    del given["operations"]["getActor"][404]

    with pytest.raises(MatrixFaulty, match="getActor: nothing said about person_other"):
        read_matrix(given)


def test_a_row_that_names_a_caller_twice_is_refused() -> None:
    given = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    given["operations"]["getActor"][403] = ["opds", "banks", "outsiders", "unscoped", "person_self"]

    with pytest.raises(MatrixFaulty, match="getActor: person_self"):
        read_matrix(given)


@pytest.mark.parametrize("operation", sorted(matrix().cells))
async def test_every_caller_gets_what_the_matrix_says(operation: str, world: World, operations: Operations) -> None:
    faults = [
        f for cell in matrix().cells[operation].values() for f in await _faults(world, operations[operation], cell)
    ]

    assert not faults, "\n".join(faults)


async def _faults(world: World, operation: Operation, cell: Cell) -> list[str]:
    """What is wrong with one cell."""
    api, call = await prepared_for(world, operation, cell)
    answer = await send(api, operation, call)
    faults = _shown(world, cell, answer)
    if answer.status_code != cell.status:
        faults.append(f"answered {answer.status_code}, not {cell.status}: {answer.text[:300]}")
    elif cell.status == 404 and call.about is not None:
        faults += _alike(answer, await send(api, operation, call.about_nothing()))
    if cell.kind is not None:
        faults += await _rows(world, cell, answer)
    return [f"{cell.operation} as {cell.caller}: {fault}" for fault in faults]


def _alike(foreign: httpx.Response, unknown: httpx.Response) -> list[str]:
    """Somebody else's object and none at all are told in the same words and headers."""
    mine, theirs = (_comparable(answer) for answer in (foreign, unknown))
    return [] if mine == theirs else [f"a foreign id tells more than an unknown one: {mine} {theirs}"]


def _comparable(answer: httpx.Response) -> tuple[int, dict[str, Any], set[str]]:
    body = {name: value for name, value in answer.json().items() if name not in ("request_id", "instance")}
    return answer.status_code, body, {name for name in answer.headers if name not in ("date", "content-length")}


def _shown(world: World, cell: Cell, answer: httpx.Response) -> list[str]:
    """Personal values in an answer are those of the view, of the side that the cell names, and no others."""
    sides = {"own": ["own"], "other": ["other"], "both": list(SIDES), "none": [world.home(cell.caller).name]}
    seen = sides[cell.rows or "own"] if cell.succeeds else []
    faults = []
    for name, side in world.sides.items():
        for kind, value in side.markers.items():
            hidden = masked(kind, value)
            wanted = "whole" if name in seen and kind in cell.view.shows else "absent"
            if name in seen and kind in cell.view.masks:
                wanted = "masked"
            found = "whole" if value in answer.text else "absent"
            if found == "absent" and hidden is not None and hidden in answer.text:
                found = "masked"
            if found != wanted:
                faults.append(f"{kind} of the {name} side is {found}, should be {wanted}")
    return faults


async def _rows(world: World, cell: Cell, answer: httpx.Response) -> list[str]:
    """Which of the two objects a list holds. Both are in the database, so that absence says something."""
    assert cell.kind is not None
    if not await world.exists(cell.kind):
        return [f"the {cell.kind} of a side has gone from the database"]
    listed = {name for name, side in world.sides.items() if _holds(answer, side.id(cell.kind))}
    wanted = {"own": {"own"}, "other": {"other"}, "both": set(SIDES), "none": set[str](), None: set[str]()}[cell.rows]
    return (
        [] if listed == wanted else [f"lists {sorted(listed) or 'neither'}, should list {sorted(wanted) or 'neither'}"]
    )


def _holds(answer: httpx.Response, wanted: UUID) -> bool:
    if not answer.is_success:
        return str(wanted) in answer.text
    return any(row["id" if "id" in row else "person_id"] == str(wanted) for row in answer.json()["data"])

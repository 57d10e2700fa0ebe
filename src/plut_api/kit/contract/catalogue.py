"""The problem catalogue: what the `type` URIs of problems lead to, and what their stable codes mean."""

from typing import Annotated, Any

from fastapi import Depends, Path
from pydantic import BaseModel, Field

from plut_api.kit.contract.refusals import meaning
from plut_api.kit.problems import CATALOGUE, NotFound, Problem
from plut_api.kit.web import Router, cacheable

router = Router(tag="problems")

Code = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_]+$", description="Stable code.", examples=["not_found"])]
Line = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Title(BaseModel):
    """A title in both languages."""

    id: Annotated[Line, Field(description="Indonesian.", examples=["Data tidak ditemukan"])]
    en: Annotated[Line, Field(description="English.", examples=["Not found"])]


class ProblemKind(BaseModel):
    """One kind of problem."""

    code: Code
    status: Annotated[
        int, Field(ge=400, le=599, json_schema_extra={"format": "int32"}, description="HTTP status.", examples=[404])
    ]
    title: Annotated[Title, Field(description="Its short name.")]
    description: Annotated[
        Line, Field(description="When it comes and what to do.", examples=["There is no such thing."])
    ]


class ProblemCatalogue(BaseModel):
    """Every kind of problem this API can answer with."""

    data: Annotated[list[ProblemKind], Field(max_length=1000, description="The kinds, by code.")]


@router.get("/problems", dependencies=[Depends(cacheable(3600))])
async def read_problem_catalogue() -> ProblemCatalogue:
    """Every kind of problem with its stable code. A client shows `detail` and decides by `code`."""
    return ProblemCatalogue(data=_kinds())


@router.get("/problems/{code}", dependencies=[Depends(cacheable(3600))])
async def read_problem_kind(
    code: Annotated[
        str, Path(max_length=64, pattern=r"^[a-z0-9_]+$", description="Stable code.", examples=["not_found"])
    ],
) -> ProblemKind:
    """One kind of problem; the `type` of every problem is the address of this page."""
    problem = CATALOGUE.get(code)
    if problem is None:
        raise NotFound
    return _kind(problem)


def problem_catalogue() -> dict[str, Any]:
    """All registered problems by code; complete once every room is imported, as `create_app` does."""
    kinds = (kind.model_dump() for kind in _kinds())
    return {"problems": {kind.pop("code"): kind for kind in kinds}}


def _kinds() -> list[ProblemKind]:
    """The product's own kinds by code; a test may have registered others."""
    product = __name__.partition(".")[0] + "."
    return [_kind(problem) for _, problem in sorted(CATALOGUE.items()) if problem.__module__.startswith(product)]


def _kind(problem: type[Problem]) -> ProblemKind:
    title = Title(id=problem.title.id, en=problem.title.en)
    return ProblemKind(code=problem.code, status=problem.status, title=title, description=meaning(problem))

"""Work lists on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Read

KIND = r"^[a-z_]+\.[a-z_]+$"
Kind = Annotated[
    str,
    Field(
        max_length=48,
        pattern=KIND,
        description="Kind of work. Open: expect new values.",
        examples=["evidence.to_verify"],
    ),
]
CalledBy = Annotated[str, Field(max_length=200, pattern=LINE, description="Name.", examples=["Baiq Rinjani"])]
Tasks = Annotated[
    int,
    Field(ge=0, le=10_001, json_schema_extra={"format": "int32"}, description="A number of tasks.", examples=[12]),
]


class Named(Read):
    """Whom or what a task is about."""

    id: Id
    name: CalledBy


class WorkItem(Read):
    """Something that waits for the caller."""

    kind: Kind
    due_at: Instant
    overdue: Annotated[bool, Field(description="Whether its term has passed.", examples=[False])]
    person: Named | None = Field(description="The person it is about, or an owner of the business.")
    actor: Named | None = Field(description="The business it is about.", examples=[None])
    row_id: Id
    href: Annotated[
        str,
        Field(
            max_length=300,
            pattern=r"^/v1/[A-Za-z0-9/_-]+$",
            description="Where the row behind it is.",
            examples=["/v1/evidence/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
        ),
    ]
    words: Annotated[
        str,
        Field(
            max_length=1000,
            pattern=r"^[^\x00]*$",
            description="What is to be done, in the language asked for.",
            examples=["Periksa bukti untuk kemasan."],
        ),
    ]


class WorkPage(Page[WorkItem]):
    """One page of a work list, the longest due first."""


class WorkCount(Read):
    """How much of one kind waits."""

    kind: Kind
    title: Annotated[
        str,
        Field(
            max_length=200,
            pattern=LINE,
            description="The kind in words, in the language asked for.",
            examples=["Bukti menunggu verifikasi"],
        ),
    ]
    tasks: Tasks
    overdue: Tasks
    is_more: Annotated[
        bool, Field(description="Whether there are more than 10,000, which are not counted.", examples=[False])
    ]


class WorkSummary(Read):
    """What waits, by kind; kinds of which nothing waits are there with 0."""

    data: Annotated[list[WorkCount], Field(max_length=50, description="The kinds, by code.", examples=[[]])]

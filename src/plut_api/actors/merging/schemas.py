"""Merges on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.merging.fields import Side
from plut_api.kit.merging import Of
from plut_api.kit.pages import Page
from plut_api.kit.wire import ANYTHING, LINE, Count, Id, Instant, Read, Wire

Word = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$", description="A word.", examples=["phone"])]
Sentence = Annotated[
    str, Field(max_length=500, pattern=LINE, description="In the language of the request.", examples=["Nomor dipakai."])
]
Token = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Opaque: stands for both records as they were at the preview.",
        examples=["AbCdEfGh"],
    ),
]
MergedId = Annotated[Id, Field(description="The record that is merged into the one in the path; its id answers 308.")]
Choices = Annotated[
    dict[Word, Side],
    Field(
        max_length=60,
        description="Whose value wins, by field, where the preview's default is not wanted.",
        examples=[{"phone": "merged"}],
    ),
]
Value = Annotated[
    str | None,
    Field(max_length=500, pattern=ANYTHING, description="As it stands; numbers are masked.", examples=["081••••4321"]),
]


class MergePreviewCreate(Wire):
    """Which record would be merged into the one in the path."""

    merged_id: MergedId
    choices: Choices = Field(default_factory=dict)


class MergeCreate(MergePreviewCreate):
    """Which record is merged into the one in the path, as previewed."""

    preview_token: Token


class Kinds(Read):
    """How many rows of a kind."""

    kind: Annotated[Word, Field(description="What the rows are, such as `enrolments`. Open.", examples=["enrolments"])]
    count: Count


class FieldDifference(Read):
    """A field in which the two records differ."""

    field: Word
    survivor: Value
    merged: Value
    winner: Annotated[Side, Field(description="Whose value stays, by default or as chosen.", examples=["survivor"])]


class Collision(Read):
    """Rows that cannot both stay as they are, and the rule by which that is settled."""

    rule: Annotated[Word, Field(description="Stable code of the rule. Open.", examples=["one_seat_given_back"])]
    words: Sentence
    kind: Annotated[Word, Field(description="What the rows are. Open.", examples=["enrolments"])]
    count: Count


class MergeWarning(Read):
    """Something in which two records of one person or business should not differ."""

    code: Annotated[Word, Field(description="Stable code. Open.", examples=["birth_date_differs"])]
    message: Sentence


class MergePreviewRead(Read):
    """What a merge would do, if nothing changes until then."""

    survivor_id: Id
    merged_id: Id
    moved: Annotated[
        list[Kinds], Field(max_length=100, description="Rows that would go to the survivor.", examples=[[]])
    ]
    fields: Annotated[list[FieldDifference], Field(max_length=60, description="Fields that differ.", examples=[[]])]
    collisions: Annotated[list[Collision], Field(max_length=100, description="What collides.", examples=[[]])]
    warnings: Annotated[list[MergeWarning], Field(max_length=20, description="Look twice.", examples=[[]])]
    preview_token: Token


class MergeRead(Read):
    """A merge."""

    id: Id
    kind: Annotated[Of, Field(description="Of what: `people` or `actors`. Open.", examples=["people"])]
    survivor_id: Id
    merged_id: Id
    merged_at: Instant
    merged_by: Annotated[Id, Field(description="The account that merged.")]
    undo_until: Annotated[Instant, Field(description="Until then the merge can be undone.")]
    undone_at: Annotated[Instant | None, Field(description="When it was undone; null while it stands.")]
    undone_by: Annotated[Id | None, Field(description="The account that undid it.")]


class MergePage(Page[MergeRead]):
    """One page of merges, newest first."""


class KeptRows(Read):
    """Rows that stay with the survivor, because somebody changed them after the merge."""

    kind: Annotated[Word, Field(description="What the rows are. Open.", examples=["consents"])]
    ids: Annotated[list[Id], Field(max_length=1000, description="Their ids; the first thousand.", examples=[[]])]


class Undoing(Read):
    """What undoing a merge would do now, or did."""

    hindrance: Annotated[
        Word | None, Field(description="The code of the problem that undoing meets now; null if none.", examples=[None])
    ]
    restored: Annotated[list[Kinds], Field(max_length=100, description="Rows as they were again.", examples=[[]])]
    kept: Annotated[list[KeptRows], Field(max_length=100, description="What cannot be parted.", examples=[[]])]


class MergeDetail(MergeRead):
    """A merge with what it moved, what collided, and what undoing it would do."""

    moved: Annotated[list[Kinds], Field(max_length=100, description="Rows that went to the survivor.", examples=[[]])]
    collisions: Annotated[list[Collision], Field(max_length=100, description="What collided.", examples=[[]])]
    undoing: Undoing

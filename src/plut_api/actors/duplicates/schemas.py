"""Candidates and pairs on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.duplicates.models import FoundBy, Kind, PairState
from plut_api.actors.identifiers import Nib, Nik
from plut_api.actors.schemas.fields import PastDay
from plut_api.identity.phones import Phone
from plut_api.kit.pages import Page
from plut_api.kit.wire import Count, Id, Instant, Name, Note, Read, VillageCode, Wire

Reason = Annotated[str, Field(max_length=16, pattern=r"^[a-z_]+$", description="A reason.", examples=["phone"])]
Reasons = Annotated[
    list[Reason],
    Field(
        max_length=10,
        description="Why: `nik`, `nib`, `phone` (of an owner, for a business), `name` (alike), and with it the same "
        "`village` or `birth_date`. Open.",
        examples=[["phone", "name", "village"]],
    ),
]
Sureness = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        description="How sure it is that both are one, 0 to 1, by the dated `duplicates.…` rule values; 1 where a "
        "number agrees that only one can have.",
        examples=[0.82],
    ),
]
Elsewhere = Annotated[
    Count,
    Field(
        description="How many records outside a consultant's rows look like the same, by name and something else. "
        "Nothing more is told of them: ask the Dinas. Always 0 for others.",
        examples=[0],
    ),
]
KindField = Annotated[Kind, Field(description="Of what the two records are.", examples=["person"])]
State = Annotated[
    PairState,
    Field(
        description="`open` waits for the Dinas; `gone`: one of the two is no more. Open: expect new values.",
        examples=["open"],
    ),
]
By = Annotated[FoundBy, Field(description="What found the pair first. Open: expect new values.", examples=["sweep"])]


class PossibleDuplicate(Read):
    """A registered person or business that may be the same."""

    id: Id
    name: Name
    village_code: VillageCode | None = Field(description="Village, if one is on file.", examples=["52.71.01.1004"])
    why: Reasons
    sureness: Sureness
    similarity: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Likeness of the names without titles and legal forms, 0 to 1 (trigrams).",
            examples=[0.82],
        ),
    ]


PossibleDuplicates = Annotated[
    list[PossibleDuplicate],
    Field(max_length=200, description="All within the caller's rows, surest first.", examples=[[]]),
]


class PersonCheck(Wire):
    """Somebody who is about to be registered. The more is given, the surer the answer."""

    full_name: Name
    nik: Nik | None = Field(default=None, description="NIK.", examples=["5271015705900003"])
    phone: Phone | None = Field(default=None, description="Phone.", examples=["+6281234567890"])
    birth_date: PastDay | None = Field(default=None, description="Birth date.", examples=["1990-05-17"])
    village_code: VillageCode | None = Field(
        default=None, description="Village of residence.", examples=["52.71.01.1004"]
    )


class ActorCheck(Wire):
    """A business that is about to be registered."""

    name: Name
    village_code: VillageCode
    nib: Nib | None = Field(default=None, description="NIB.", examples=["0220103123456"])
    owner_phone: Phone | None = Field(default=None, description="Phone of an owner.", examples=["+6281234567890"])


class DuplicateCheck(Read):
    """Who is registered already and may be the same."""

    possible_duplicates: PossibleDuplicates
    possible_duplicates_elsewhere: Elsewhere


class DuplicateRead(Read):
    """Two records that may be the same; `a` has the smaller id."""

    id: Id
    kind: KindField
    a_id: Id
    b_id: Id
    a_name: Name | None = Field(description="Name of `a`; null once it is gone.", examples=["Kopi Sembalun"])
    b_name: Name | None = Field(description="Name of `b`; null once it is gone.", examples=["UD Kopi Sembalun"])
    a_village_code: VillageCode | None = Field(description="Village of `a`.", examples=["52.71.01.1004"])
    b_village_code: VillageCode | None = Field(description="Village of `b`.", examples=["52.71.01.1004"])
    reasons: Reasons
    sureness: Sureness
    found_by: By
    state: State
    decided_at: Instant | None = Field(
        description="When it was decided; null while open.", examples=["2026-03-02T01:30:00.000000Z"]
    )
    decided_by: Id | None = Field(
        description="Who decided, by account id.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]
    )
    note: Note | None = Field(description="Why they are two.", examples=["Ibu dan anak."])
    created_at: Instant
    updated_at: Instant


class DuplicatePage(Page[DuplicateRead]):
    """One page of pairs, surest first."""


class Holding(Read):
    """How many rows of a kind hang on a record."""

    name: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[a-z_]+$",
            description="`enrolments`, `outcomes`, `referrals`, `consents` and more. Open.",
            examples=["enrolments"],
        ),
    ]
    count: Count


class Difference(Read):
    """One field of both records, as text. Official numbers are whole, since they are compared with the card."""

    field: Annotated[
        str, Field(max_length=32, pattern=r"^[a-z_]+$", description="Which field. Open.", examples=["birth_date"])
    ]
    a: Annotated[
        str | None,
        Field(max_length=2000, pattern=r"^[^\x00]*$", description="Of `a`; null: none.", examples=["1990-05-17"]),
    ]
    b: Annotated[
        str | None,
        Field(max_length=2000, pattern=r"^[^\x00]*$", description="Of `b`; null: none.", examples=["1990-05-18"]),
    ]
    verdict: Annotated[
        str,
        Field(
            max_length=16,
            pattern=r"^[a-z_]+$",
            description="`same`, `different`, or `one_only` where only one of them has it.",
            examples=["different"],
        ),
    ]


class DuplicateComparison(DuplicateRead):
    """A pair, with both records side by side and what hangs on each."""

    fields: Annotated[
        list[Difference], Field(max_length=50, description="What either has on file, field by field.", examples=[[]])
    ]
    a_holds: Annotated[list[Holding], Field(max_length=50, description="What hangs on `a`.", examples=[[]])]
    b_holds: Annotated[list[Holding], Field(max_length=50, description="What hangs on `b`.", examples=[[]])]


class NotTheSame(Wire):
    """Why two records are two."""

    note: Note


class DuplicateMerge(Wire):
    """Which of the two lives on."""

    survivor_id: Id


class DuplicateMerged(DuplicateRead):
    """The pair whose two records are one now."""

    merge_id: Id

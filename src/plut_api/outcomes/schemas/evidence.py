"""Evidence on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.schemas.channels import Url
from plut_api.kit.files.schemas import FileName, MediaType, SizeBytes
from plut_api.kit.pages import Page
from plut_api.kit.wire import LINE, Id, Instant, Note, Read, Wire
from plut_api.outcomes.models import EvidenceState
from plut_api.outcomes.schemas.levels import DimensionField, LevelAbove, ProofCode

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
MOST_FILES = 6
"""As many as a pack has sides."""
FileIds = Annotated[
    list[Id],
    Field(
        max_length=MOST_FILES,
        description="Files that the caller handed in (`POST /v1/files`, or `POST /v1/uploads` piece by piece).",
        examples=[[_ID]],
    ),
]


class EvidenceCreate(Wire):
    """Proof of a level: at least one file, or an address on the web, as its kind is handed in."""

    kind: ProofCode
    claimed_level: LevelAbove
    note: Note
    files: FileIds = Field(default_factory=list)
    url: Url | None = Field(
        default=None,
        description="Public https address that shows it. It is not visited by this system.",
        examples=["https://toko.contoh.example/kopi"],
    )


class EvidenceVerify(Wire):
    """What a consultant found proven."""

    level: LevelAbove
    note: Note | None = Field(default=None, description="What was looked at.", examples=["Label lengkap, enam sisi."])


class EvidenceReject(Wire):
    """Why evidence does not prove the level, and what to do next."""

    reason: Note = Field(description="Why.", examples=["Tanggal kedaluwarsa tidak terbaca."])
    next_step: Note = Field(description="What to do next.", examples=["Foto ulang sisi belakang kemasan."])


class EvidenceRevoke(Wire):
    """Why evidence that was verified does not hold."""

    reason: Note = Field(description="Why.", examples=["Foto kemasan ternyata milik usaha lain."])


class EvidenceFileRead(Read):
    """A file of a piece of evidence; its content is at `GET /v1/files/{file_id}`."""

    file_id: Id
    name: FileName
    media_type: MediaType
    size_bytes: SizeBytes


class FactRead(Read):
    """The row of this system that speaks for a level by itself."""

    kind: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z_]+$",
            description="What the row is. Open: expect new values.",
            examples=["certifications"],
        ),
    ]
    id: Id
    href: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=LINE,
            description="Where the row is, for those who may read it.",
            examples=[f"/v1/actors/{_ID}/certifications/{_ID}"],
        ),
    ]


class EvidenceRead(Read):
    """Proof of a level, and what was decided about it."""

    id: Id
    enrolment_id: Id
    dimension: DimensionField
    kind: ProofCode
    claimed_level: LevelAbove
    note: Note
    files: Annotated[
        list[EvidenceFileRead], Field(max_length=MOST_FILES, description="Its files, in order.", examples=[[]])
    ]
    url: Url | None = Field(description="The address that shows it.", examples=["https://toko.contoh.example/kopi"])
    legacy_reference: Annotated[
        str | None,
        Field(
            max_length=500,
            pattern=LINE,
            description="Where proof was kept before files were handed in here.",
            examples=[None],
        ),
    ]
    fact: FactRead | None = Field(
        description="The row of this system that speaks for it, where nobody handed it in.", examples=[None]
    )
    state: Annotated[
        EvidenceState,
        Field(
            description="What became of it. `withdrawn`: by who submitted it; `revoked`: verified, then found false; "
            "`ended`: the row of this system holds no longer. Open: expect new values.",
            examples=["submitted"],
        ),
    ]
    also_used: Annotated[
        int | None,
        Field(
            ge=0,
            le=2**31 - 1,
            json_schema_extra={"format": "int32"},
            description="For how many other people one of its files was handed in, too; told to PLUT's staff only.",
            examples=[0],
        ),
    ]
    submitted_by: Id | None = Field(
        description="The account that submitted it; null where a row of this system speaks for itself.", examples=[_ID]
    )
    verified_level: LevelAbove | None = Field(description="The level found proven.", examples=[2])
    decided_by: Id | None = Field(description="The consultant who decided.", examples=[_ID])
    decided_at: Instant | None = Field(description="When it was decided.", examples=["2026-03-20T01:30:00.000000Z"])
    reason: Note | None = Field(description="Why it was decided so.", examples=["Label lengkap, enam sisi."])
    next_step: Note | None = Field(description="What to do after a rejection.", examples=["Foto ulang sisi belakang."])
    ended_by: Id | None = Field(description="Who withdrew or revoked it.", examples=[None])
    ended_at: Instant | None = Field(description="When it was withdrawn, revoked, or ended.", examples=[None])
    end_reason: Note | None = Field(description="Why it was revoked.", examples=[None])
    created_at: Instant


class EvidencePage(Page[EvidenceRead]):
    """One page of evidence."""

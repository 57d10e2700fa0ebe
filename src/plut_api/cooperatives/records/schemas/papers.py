"""Papers, proposals, declarations and revisions on the wire."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from plut_api.cooperatives.records.models import PaperKind
from plut_api.cooperatives.records.schemas.common import FileId, RecordRead
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Idr, Instant, Name, Patch, Read, Wire

LONGEST_TENOR = 240


def _digits(value: Any) -> Any:
    return re.sub(r"[.\s-]", "", value) if isinstance(value, str) else value


KindOf = Annotated[
    PaperKind,
    Field(
        description="`legal_decision` (AHU) and `nik_koperasi` prove numbers of the register; `nib`, `npwp` and "
        "`account` bear their own; `supply_agreement`: a contract of supply. Open.",
        examples=["nib"],
    ),
]
Number = Annotated[
    str | None,
    Field(
        default=None,
        max_length=34,
        pattern=r"^[0-9]{5,24}$",
        description="Of `nib` (13 digits), `npwp` (16) and `account`; blanks, dots and hyphens are understood.",
        examples=["0220103123456"],
        repr=False,
    ),
    BeforeValidator(_digits),
]
NumberRead = Annotated[
    str | None,
    Field(max_length=24, pattern=r"^[0-9•]{5,24}$", description="The number; masked in lists.", examples=["•••••3456"]),
]
InOwnName = Annotated[bool, Field(description="Made out to the cooperative itself.", examples=[True])]
BankName = Annotated[Name | None, Field(default=None, description="Of `account`: the bank.", examples=["Bank Contoh"])]
Partner = Annotated[
    Name | None,
    Field(default=None, description="Of `supply_agreement`: the other side.", examples=["KUB Tenun Contoh"]),
]
DatedOn = Annotated[Day | None, Field(default=None, description="Date of the paper.", examples=["2025-06-11"])]
Until = Annotated[Day | None, Field(default=None, description="Until when it holds; null: no end.", examples=[None])]
Scheme = Annotated[
    str | None,
    Field(
        default=None,
        max_length=40,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="The scheme it is meant for; null: none yet.",
        examples=["pmk_49_2025"],
    ),
]
Capex = Annotated[Idr, Field(description="Capital expenditure, whole rupiah.", examples=[250_000_000])]
Opex = Annotated[Idr, Field(description="Operating expenses, whole rupiah.", examples=[50_000_000])]
Tenor = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=LONGEST_TENOR,
        json_schema_extra={"format": "int32"},
        description="Months to pay back.",
        examples=[72],
    ),
]
Source = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Where repayment comes from, such as `outlet_margin`, `savings_and_loans`, `member_dues`, "
        "`village_fund`. Open.",
        examples=["outlet_margin"],
    ),
]
Sources = Annotated[
    list[Source], Field(max_length=10, description="Sources of repayment.", examples=[["outlet_margin"]])
]
Income = Annotated[
    Idr, Field(description="What a year is expected to leave for repayment, whole rupiah.", examples=[96_000_000])
]
Instalments = Annotated[
    Idr, Field(ge=1, description="Instalments of a year, with all charges, whole rupiah.", examples=[72_000_000])
]


class Stage(Wire):
    """A stage of a plan and what it needs."""

    name: Name = Field(description="What is done.", examples=["Renovasi gudang"])
    amount_idr: Idr = Field(description="What it needs, whole rupiah.", examples=[150_000_000])


class StageRead(Read):
    """A stage of a plan and what it needs."""

    name: Name = Field(description="What is done.", examples=["Renovasi gudang"])
    amount_idr: Idr = Field(description="What it needs, whole rupiah.", examples=[150_000_000])


_STAGES: dict[str, Any] = {"description": "What happens in which order; the amounts add up to what is asked for."}
Stages = Annotated[list[Stage], Field(min_length=1, max_length=20, **_STAGES)]


def _columns(sent: dict[str, Any]) -> dict[str, Any]:
    """Stages as the two lists that the table has of them."""
    if "stages" not in sent:
        return sent
    stages: list[Stage] = sent.pop("stages")
    return sent | {
        "stage_names": [stage.name for stage in stages],
        "stage_amounts_idr": [stage.amount_idr for stage in stages],
    }


class PaperCreate(Wire):
    """A paper of the cooperative."""

    kind: KindOf
    number: Number
    in_own_name: InOwnName
    bank_name: BankName
    partner: Partner
    dated_on: DatedOn
    until: Until
    file_id: FileId


class PaperPatch(Patch):
    """A correction; its kind stays. Null removes."""

    number: Number
    in_own_name: InOwnName = Field(default_factory=bool)
    bank_name: BankName
    partner: Partner
    dated_on: DatedOn
    until: Until
    file_id: FileId


class PaperRead(RecordRead):
    """A paper of the cooperative."""

    kind: KindOf
    number: NumberRead
    in_own_name: InOwnName
    bank_name: Name | None = Field(description="Of `account`: the bank.", examples=[None])
    partner: Name | None = Field(description="Of `supply_agreement`: the other side.", examples=[None])
    dated_on: Day | None = Field(description="Date of the paper.", examples=["2025-06-11"])
    until: Day | None = Field(description="Until when it holds.", examples=[None])


class PaperPage(Page[PaperRead]):
    """One page of papers, in the order they were entered."""


class ProposalCreate(Wire):
    """What a cooperative wants to do, and how it pays back."""

    scheme: Scheme
    capex_idr: Capex
    opex_idr: Opex
    tenor_months: Tenor
    stages: Stages
    repayment_sources: Sources
    yearly_income_idr: Income
    yearly_instalments_idr: Instalments
    file_id: FileId

    def values(self) -> dict[str, Any]:
        """The values as columns."""
        return _columns({name: getattr(self, name) for name in type(self).model_fields})


class ProposalPatch(Patch):
    """A correction. Null removes."""

    scheme: Scheme
    capex_idr: Capex = Field(default_factory=int)
    opex_idr: Opex = Field(default_factory=int)
    tenor_months: Tenor = Field(default_factory=int)
    stages: Stages = Field(default_factory=list)
    repayment_sources: Sources = Field(default_factory=list)
    yearly_income_idr: Income = Field(default_factory=int)
    yearly_instalments_idr: Instalments = Field(default_factory=int)
    file_id: FileId

    def changes(self) -> dict[str, Any]:
        """The members that were sent, as columns."""
        return _columns(super().changes())


class ProposalRead(RecordRead):
    """A business proposal."""

    scheme: str | None = Field(
        max_length=40, pattern=r"^[a-z][a-z0-9_]*$", description="The scheme it is meant for.", examples=["pmk_49_2025"]
    )
    capex_idr: Capex
    opex_idr: Opex
    tenor_months: Tenor
    stages: Annotated[list[StageRead], Field(max_length=20, **_STAGES)]
    repayment_sources: Sources
    yearly_income_idr: Income
    yearly_instalments_idr: Instalments
    cover_percent: Annotated[
        int,
        Field(
            ge=0,
            le=10**17,
            json_schema_extra={"format": "int64"},
            description="Expected income as a percentage of the instalments, rounded down.",
            examples=[133],
        ),
    ]


class ProposalPage(Page[ProposalRead]):
    """One page of proposals, newest first. The newest one counts."""


class CooperativeDeclarationCreate(Wire):
    """What is declared of debts, today."""

    has_arrears: bool = Field(description="The cooperative is behind with a payment.", examples=[False])
    chair_has_arrears: bool = Field(description="Its chair is behind with a payment of their own.", examples=[False])
    file_id: FileId


class CooperativeDeclarationRead(Read):
    """What was declared of debts. PLUT keeps no report of a credit register."""

    id: Id
    cooperative_id: Id
    declared_on: Day
    has_arrears: bool = Field(description="The cooperative is behind with a payment.", examples=[False])
    chair_has_arrears: bool = Field(description="Its chair is behind with a payment.", examples=[False])
    file_id: Id | None = Field(description="The signed paper.", examples=[None])
    created_at: Instant


class CooperativeDeclarationPage(Page[CooperativeDeclarationRead]):
    """One page of declarations, newest first. The newest one counts."""


class FormerValue(Read):
    """A field of a record as it was."""

    name: str = Field(max_length=40, pattern=r"^[a-z_]+$", description="Name of the field.", examples=["sales_idr"])
    value: str | None = Field(
        max_length=4000, pattern=r"^[^\x00]*$", description="What it was, as text; null: nothing.", examples=["1000000"]
    )


class RevisionRead(Read):
    """What a record was before it was corrected. Numbers of papers are masked."""

    id: Id
    record: str = Field(max_length=20, pattern=r"^[a-z]+$", description="Kind of record.", examples=["figures"])
    record_id: Id
    changed_by: Id = Field(
        description="The account or machine that corrected it.", examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"]
    )
    created_at: Instant
    before: Annotated[list[FormerValue], Field(max_length=20, description="Every field as it was.")]


class RevisionPage(Page[RevisionRead]):
    """One page of corrections, newest first."""

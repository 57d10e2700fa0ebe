"""Businesses on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.duplicates.schemas import Elsewhere, PossibleDuplicates
from plut_api.actors.identifiers import Nib, Npwp, NpwpRead
from plut_api.actors.models import LegalForm, SizeClass
from plut_api.actors.schemas.people import PastDay
from plut_api.actors.schemas.status import Form, Nmid, Status
from plut_api.kit import clock
from plut_api.kit.pages import Page
from plut_api.kit.wire import (
    LINE,
    Day,
    Id,
    Instant,
    Name,
    Patch,
    Read,
    RegencyCode,
    Trimmed,
    Unicode,
    VillageCode,
    Wire,
)

Address = Annotated[
    str,
    Field(max_length=300, pattern=LINE, description="Street or hamlet.", examples=["Dusun Karang Baru"]),
    Trimmed,
    Unicode,
]
KbliVersion = Annotated[
    str, Field(max_length=4, pattern=r"^(2020|2025)$", description="KBLI version of the code.", examples=["2025"])
]
KbliCode = Annotated[
    str, Field(max_length=5, pattern=r"^[0-9]{5}$", description="KBLI subclass, 5 digits.", examples=["10794"])
]
Size = Annotated[SizeClass, Field(description="Size class (PP 7/2021 art. 35), derived.", examples=["micro"])]


class ActorCreate(Wire):
    """A business to register. NIB and NPWP can come later."""

    name: Name
    village_code: VillageCode
    kbli_code: KbliCode | None = Field(default=None, description="Main activity.", examples=["10794"])
    kbli_version: KbliVersion = "2025"
    owner_id: Id | None = Field(
        default=None,
        description="The owner, when staff register for somebody; by default the caller.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )
    address: Address | None = Field(default=None, description="Street or hamlet.", examples=["Dusun Karang Baru"])
    legal_form: Form = LegalForm.individual
    started_on: PastDay | None = Field(default=None, description="First day of trading.", examples=["2023-01-10"])
    nib: Nib | None = Field(default=None, description="NIB, once there is one.", examples=["0220103123456"])
    npwp: Npwp | None = Field(default=None, description="Tax number.", examples=["5271015705900003"])


class ActorPatch(Patch):
    """A change of a business; null removes. The size class follows from figures and cannot be set.

    The status is changed by `pause`, `close` and `reopen`.
    """

    name: Name = Field(default_factory=str)
    village_code: VillageCode = Field(default_factory=str)
    kbli_code: KbliCode | None = Field(default=None, description="Main activity.", examples=["10794"])
    kbli_version: KbliVersion = Field(default_factory=str)
    address: Address | None = Field(default=None, description="Street or hamlet.", examples=["Dusun Repok"])
    legal_form: Form = Field(default_factory=lambda: LegalForm.individual)
    legal_form_since: PastDay = Field(
        default_factory=clock.today, description="From when a new legal form holds; today by default."
    )
    qris_nmid: Nmid | None = Field(
        default=None, description="QRIS id; null removes it. Another one is unverified.", examples=["ID1020012345678"]
    )
    started_on: PastDay | None = Field(default=None, description="First day of trading.", examples=["2023-01-10"])
    nib: Nib | None = Field(default=None, description="NIB; null removes it.", examples=["0220103123456"])
    npwp: Npwp | None = Field(default=None, description="Tax number; null removes it.", examples=["5271015705900003"])


class ActorRead(Read):
    """A business (pelaku usaha), as shown to its owners and to PLUT's staff."""

    id: Id
    name: Name
    village_code: VillageCode
    regency_code: RegencyCode
    address: Address | None = Field(description="Street or hamlet.", examples=["Dusun Karang Baru"])
    legal_form: Form
    status: Status
    kbli_version: KbliVersion | None = Field(description="KBLI version of the code.", examples=["2025"])
    kbli_code: KbliCode | None = Field(description="Main activity.", examples=["10794"])
    started_on: Day | None = Field(description="First day of trading.", examples=["2023-01-10"])
    qris_nmid: Nmid | None = Field(description="QRIS id; null if unknown.", examples=["ID1020012345678"])
    qris_verified_at: Instant | None = Field(description="When staff scanned it; null: not yet.", examples=[None])
    nib: Nib | None = Field(description="NIB; null while there is none.", examples=["0220103123456"])
    npwp: NpwpRead | None = Field(description="Tax number; null while there is none.", examples=["5271015705900003"])
    size_class: Size | None = Field(description="Size class; null while no figures are known.", examples=["micro"])
    size_by_sales: Size | None = Field(description="Class by yearly sales (art. 35(5)).", examples=["micro"])
    size_by_capital: Size | None = Field(description="Class by capital (art. 35(3)).", examples=["micro"])
    size_basis: Annotated[
        str | None,
        Field(
            max_length=16,
            pattern=r"^[a-z]+$",
            description="Which figure decided: `sales`, else `capital`.",
            examples=["sales"],
        ),
    ]
    created_at: Instant
    updated_at: Instant


class ActorPage(Page[ActorRead]):
    """One page of businesses."""


class ActorRegistered(ActorRead):
    """The registered business, and those among the caller's rows that may be the same."""

    possible_duplicates: PossibleDuplicates
    possible_duplicates_elsewhere: Elsewhere

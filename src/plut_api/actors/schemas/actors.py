"""Businesses and their yearly figures on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.identifiers import Nib, Npwp, NpwpRead
from plut_api.actors.models import ActorStatus, LegalForm, SizeClass
from plut_api.actors.schemas.people import PastDay
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.kit.pages import Page
from plut_api.kit.wire import (
    LINE,
    Count,
    Day,
    Id,
    Idr,
    Instant,
    Name,
    Patch,
    Read,
    RegencyCode,
    Trimmed,
    Unicode,
    VillageCode,
    Wire,
    Year,
)

_FUTURE_YEAR = Text(id="Tahun ini belum berjalan", en="This year is still to come")


def _begun_year(value: int) -> int:
    if value > clock.today().year:
        raise PydanticCustomError("year_in_future", "Still to come", {"words": _FUTURE_YEAR})
    return value


PastYear = Annotated[Year, AfterValidator(_begun_year)]
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
Form = Annotated[LegalForm, Field(description="Legal form. Open: expect new values.", examples=["individual"])]
Status = Annotated[ActorStatus, Field(description="Whether it trades. Open: expect new values.", examples=["active"])]
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
    """A change of a business; null removes. The size class follows from figures and cannot be set."""

    name: Name = Field(default_factory=str)
    village_code: VillageCode = Field(default_factory=str)
    kbli_code: KbliCode | None = Field(default=None, description="Main activity.", examples=["10794"])
    kbli_version: KbliVersion = Field(default_factory=str)
    address: Address | None = Field(default=None, description="Street or hamlet.", examples=["Dusun Repok"])
    legal_form: Form = Field(default_factory=lambda: LegalForm.individual)
    status: Status = Field(default_factory=lambda: ActorStatus.active)
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
    nib: Nib | None = Field(description="NIB; null while there is none.", examples=["0220103123456"])
    npwp: NpwpRead | None = Field(description="Tax number; null while there is none.", examples=["5271015705900003"])
    size_class: Size | None = Field(description="Size class; null while no figures are known.", examples=["micro"])
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


class PossibleDuplicate(Read):
    """A registered business that may be the same."""

    id: Id
    name: Name
    why: Annotated[
        list[Annotated[str, Field(max_length=16, pattern=r"^[a-z]+$", description="A reason.")]],
        Field(max_length=4, description="`name` in the same village, or `phone` of an owner.", examples=[["name"]]),
    ]
    similarity: Annotated[
        float, Field(ge=0, le=1, description="Likeness of the names, 0 to 1 (trigrams).", examples=[0.82])
    ]


class ActorRegistered(ActorRead):
    """The registered business, and those among the caller's rows that may be the same."""

    possible_duplicates: Annotated[
        list[PossibleDuplicate], Field(max_length=200, description="All of them, likest first.", examples=[[]])
    ]


class Owner(Read):
    """Somebody who owns a business."""

    person_id: Id
    full_name: Name
    since: Day | None = Field(description="Since when; null if not known.", examples=["2023-01-10"])


class Owners(Read):
    """The owners of a business."""

    data: Annotated[list[Owner], Field(max_length=200, description="The owners.", examples=[[]])]


class AnnualFigureCreate(Wire):
    """Figures of one year. A correction is a new report of the same year; the newest one counts."""

    year: PastYear
    capital_idr: Idr | None = Field(
        default=None, description="Capital without land and buildings of the business.", examples=[40_000_000]
    )
    sales_idr: Idr | None = Field(default=None, description="Sales of the year.", examples=[120_000_000])
    assets_idr: Idr | None = Field(default=None, description="Assets at the end of the year.", examples=[60_000_000])
    workers_female: Count | None = Field(default=None, description="Women who work in it.", examples=[2])
    workers_male: Count | None = Field(default=None, description="Men who work in it.", examples=[1])


class AnnualFigureRead(Read):
    """Figures of one year as reported at one time."""

    id: Id
    year: Year
    capital_idr: Idr | None = Field(description="Capital.", examples=[40_000_000])
    sales_idr: Idr | None = Field(description="Sales.", examples=[120_000_000])
    assets_idr: Idr | None = Field(description="Assets.", examples=[60_000_000])
    workers_female: Count | None = Field(description="Women who work in it.", examples=[2])
    workers_male: Count | None = Field(description="Men who work in it.", examples=[1])
    source: Annotated[
        str,
        Field(
            max_length=16, pattern=r"^[a-z]+$", description="`owner`, `officer`, `import` or `tax`.", examples=["owner"]
        ),
    ]
    created_at: Instant


class AnnualFigurePage(Page[AnnualFigureRead]):
    """One page of yearly figures, newest report first."""

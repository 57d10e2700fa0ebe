"""Whose a business is, on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.models import OwnerRole
from plut_api.actors.schemas.people import PastDay
from plut_api.identity.phones import Phone, PhoneRead
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Patch, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_TOO_FINE = Text(id="Paling banyak dua angka di belakang koma", en="At most two digits behind the point")


def _two_digits(value: float) -> float:
    if round(value, 2) != value:
        raise PydanticCustomError("share_too_fine", "At most two digits", {"words": _TOO_FINE})
    return value


Share = Annotated[
    float,
    Field(
        gt=0,
        le=100,
        allow_inf_nan=False,
        description="Share of the business in percent, two digits behind the point; null: not told.",
        examples=[50],
    ),
    AfterValidator(_two_digits),
]
Role = Annotated[
    OwnerRole,
    Field(
        description="`owner`; `director`, who acts for the business like an owner but decides neither whose it is nor "
        "what a bank is shown; `manager`, who stands on file only. Open: expect new values.",
        examples=["owner"],
    ),
]


class OwnershipState(StrEnum):
    """Where somebody's part in a business stands."""

    pending = "pending"
    living = "living"
    ended = "ended"
    declined = "declined"
    withdrawn = "withdrawn"
    expired = "expired"


State = Annotated[
    OwnershipState,
    Field(
        description="`pending` until they agree; then `living`, at last `ended`. Or it was `declined`, `withdrawn`, or "
        "has `expired`. Open.",
        examples=["living"],
    ),
]


class OwnerCreate(Wire):
    """Who becomes part of a business: by phone, to be asked; or for PLUT's staff by id, at once."""

    phone: Phone | None = Field(
        default=None, description="Whom to ask: they accept by signing in with it.", examples=["+6281234567890"]
    )
    person_id: Id | None = Field(
        default=None, description="For PLUT's staff: a registered person, added at once.", examples=[_ID]
    )
    role: Role = OwnerRole.owner
    share_percent: Share | None = Field(default=None, description="Share of an owner in percent.", examples=[50])
    since: PastDay | None = Field(default=None, description="Since when; by default not told.", examples=["2023-01-10"])
    paper_file_id: Id | None = Field(
        default=None,
        description="With `person_id`: the paper that the person signed (`POST /v1/files`). Needed unless they are "
        "among the people whom the caller serves.",
        examples=[_ID],
    )


class OwnershipPatch(Patch):
    """A changed role or share. What held before stays on file until the day that the new one holds from."""

    role: Role = Field(default_factory=lambda: OwnerRole.owner)
    share_percent: Share | None = Field(default=None, description="Share in percent; null: not told.", examples=[60])
    since: PastDay = Field(
        default_factory=clock.today, description="From when it holds; today by default.", examples=["2026-03-02"]
    )


class OwnershipEnd(Wire):
    """When somebody's part in a business ended."""

    until: PastDay | None = Field(default=None, description="The last day; today by default.", examples=["2026-03-02"])


class Owner(Read):
    """Somebody's part in a business."""

    id: Id
    person_id: Id
    full_name: Name
    role: Role
    share_percent: Share | None = Field(description="Share in percent; null: not told.", examples=[50])
    since: Day | None = Field(description="Since when; null if not known.", examples=["2023-01-10"])
    until: Day | None = Field(description="The last day; null while it lasts.", examples=[None])


class Offer(Read):
    """Somebody who was asked to become part of a business and has not answered."""

    id: Id
    phone: PhoneRead
    role: Role
    share_percent: Share | None = Field(description="Share in percent; null: not told.", examples=[50])
    since: Day | None = Field(description="Since when; null if not told.", examples=["2023-01-10"])
    expires_at: Instant


class Owners(Read):
    """The owners of a business, its directors and managers, and who was asked to become one."""

    data: Annotated[list[Owner], Field(max_length=500, description="Who is part of it.", examples=[[]])]
    offers: Annotated[list[Offer], Field(max_length=200, description="Who was asked, openly.", examples=[[]])]


class OwnershipRead(Read):
    """Somebody's part in a business, agreed to or not."""

    id: Id
    actor_id: Id
    state: State
    person_id: Id | None = Field(description="Who; null until they agree.", examples=[_ID])
    full_name: Name | None = Field(description="Name; null until they agree.", examples=["Baiq Contoh"])
    phone: PhoneRead | None = Field(description="Who was asked, masked; null for others.", examples=["+62812••••••90"])
    role: Role
    share_percent: Share | None = Field(description="Share in percent; null: not told.", examples=[50])
    since: Day | None = Field(description="Since when; null if not known.", examples=["2023-01-10"])
    until: Day | None = Field(description="The last day; null while it lasts.", examples=[None])
    expires_at: Instant | None = Field(description="Until when they may agree.", examples=[None])
    created_at: Instant


class MyOffer(Read):
    """An open offer to the phone that the caller signed in by."""

    id: Id
    actor_id: Id
    business_name: Name
    role: Role
    share_percent: Share | None = Field(description="Share in percent; null: not told.", examples=[50])
    since: Day | None = Field(description="Since when; null if not told.", examples=["2023-01-10"])
    expires_at: Instant


class MyOfferPage(Page[MyOffer]):
    """One page of open offers, newest first."""

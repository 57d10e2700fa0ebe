"""Matches on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from plut_api.financing.products.schemas.fields import Amount, ByPrinciple, Months, SchemeCode, Title, Told
from plut_api.kit.i18n import Text
from plut_api.kit.wire import Day, Id, Instant, Name, Read, Wire

_ID = "01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"
_ONE_SUBJECT = Text(id="Isi tepat satu: actor_id atau cooperative_id", en="Give either actor_id or cooperative_id")
Wish = Annotated[
    Literal["conventional", "sharia", "any"],
    Field(description="By which principle. Open: expect new values.", examples=["any"]),
]


class MatchRequest(Wire):
    """For whom, and what is wished; what is left out is taken from the financing plan of the business."""

    actor_id: Id | None = Field(default=None, description="A business.", examples=[_ID])
    cooperative_id: Id | None = Field(default=None, description="A cooperative.", examples=[None])
    amount_idr: Amount | None = Field(default=None, description="Amount wished.", examples=[50_000_000])
    tenor_months: Months | None = Field(default=None, description="Tenor wished.", examples=[24])
    principle: Wish | None = Field(default=None, description="Only products by this principle.", examples=["any"])

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.actor_id is None) == (self.cooperative_id is None):
            raise PydanticCustomError("one_subject", "one subject", {"words": _ONE_SUBJECT})
        return self


class MissingItem(Read):
    """One thing in which somebody and a product do not meet."""

    code: Annotated[
        str,
        Field(
            max_length=40,
            pattern=r"^[a-z][a-z0-9_]*$",
            description="`amount_under`, `amount_over`, `tenor_under`, `tenor_over`, `regency_not_served`, "
            "`quota_exhausted`, or the code of a requirement. Open: expect new values.",
            examples=["business_licence"],
        ),
    ]
    kind: Literal["amount", "tenor", "regency", "quota", "requirement"] = Field(
        description="What it is about. Open: expect new values.", examples=["requirement"]
    )
    result: Literal["fail", "unknown"] = Field(
        description="`unknown`: nothing is on file that would tell.", examples=["fail"]
    )
    words: Told = Field(description="What is asked.", examples=["Usaha memiliki NIB"])
    next_step: Told | None = Field(description="What helps; null: nothing within reach.", examples=["Urus NIB di PLUT"])
    href: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=r"^/v1/[a-z0-9/-]*$",
            description="Where that is done or seen in this API.",
            examples=[f"/v1/actors/{_ID}/readiness"],
        ),
    ]
    fixable: bool = Field(description="Whether something can be done about it.", examples=[True])


class ProductMatch(Read):
    """How a product and somebody meet."""

    product_id: Id
    bank_id: Id = Field(description="The bank that offers it.")
    bank_name: Name = Field(description="Its name.", examples=["Bank Contoh Syariah"])
    title: Title = Field(description="In the language asked for.", examples=["KUR Mikro 2026"])
    scheme: SchemeCode
    principle: ByPrinciple
    price: Told = Field(description="The price in words.", examples=["Bunga 6 % per tahun"])
    min_amount_idr: Amount
    max_amount_idr: Amount
    min_tenor_months: Months
    max_tenor_months: Months
    valid_until: Day
    missing: Annotated[list[MissingItem], Field(max_length=100, description="What is missing.", examples=[[]])]


Matched = Annotated[list[ProductMatch], Field(max_length=500, examples=[[]])]


class Matches(Read):
    """Which products fit, which nearly do, which do not. It is no promise: the bank decides."""

    actor_id: Id | None = Field(description="The business.", examples=[_ID])
    cooperative_id: Id | None = Field(description="The cooperative.", examples=[None])
    amount_idr: Amount | None = Field(description="What it was asked for; null: amounts were not judged.")
    tenor_months: Months | None = Field(description="What it was asked for; null: tenors were not judged.")
    principle: Wish
    on: Day = Field(description="The day it was asked on.")
    computed_at: Instant
    fits: Matched = Field(description="Nothing is missing.")
    nearly: Matched = Field(description="One thing is missing that can be mended.")
    not_fitting: Matched = Field(description="More is missing, or what cannot be mended.")

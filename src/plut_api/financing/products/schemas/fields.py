"""Fields of products, schemes and matches, each with its limits and what it means."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.products.models import (
    BorrowerKind,
    Collateral,
    Contract,
    PricingKind,
    Principle,
    ProductState,
    Purpose,
)
from plut_api.financing.products.schemes import SchemeKind
from plut_api.kit.wire import LINE, MAX_IDR, TEXT, RegencyCode, Trimmed, Unicode

Title = Annotated[
    str,
    Field(min_length=3, max_length=120, pattern=LINE, description="What it is called.", examples=["KUR Mikro 2026"]),
    Trimmed,
    Unicode,
]
Description = Annotated[
    str,
    Field(
        min_length=3,
        max_length=2000,
        pattern=TEXT,
        description="What it is for.",
        examples=["Modal kerja usaha mikro."],
    ),
    Unicode,
]
SchemeCode = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[a-z][a-z0-9_]{1,39}$",
        description="Code of the scheme; `commercial` is the bank's own. `GET /v1/financing/schemes` lists them.",
        examples=["kur_mikro"],
    ),
]
KindOfScheme = Annotated[
    SchemeKind,
    Field(description="Family of the scheme. Open: expect new values.", examples=["kur"]),
]
Borrower = Annotated[
    BorrowerKind, Field(description="Who signs the debt. Open: expect new values.", examples=["business"])
]
ByPrinciple = Annotated[
    Principle, Field(description="By which principle. Open: expect new values.", examples=["conventional"])
]
Akad = Annotated[
    Contract,
    Field(
        description="The contract (akad): `credit` is conventional, all others are sharia. Open: expect new values.",
        examples=["credit"],
    ),
]
Pricing = Annotated[
    PricingKind,
    Field(
        description="What the price is called: `margin` of murabahah, salam, istishna; `nisbah` of mudharabah, "
        "musyarakah; `ujrah` of ijarah, imbt, rahn; `none` of qardh. Open: expect new values.",
        examples=["interest"],
    ),
]
MoneyFor = Annotated[
    Purpose, Field(description="What the money may be used for. Open: expect new values.", examples=["working_capital"])
]
Security = Annotated[
    Collateral,
    Field(
        description="What secures it: nothing, the business that is financed, or more than that. Open: expect new "
        "values.",
        examples=["business"],
    ),
]
State = Annotated[ProductState, Field(description="Where it stands. Open: expect new values.", examples=["published"])]
Amount = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Whole rupiah.",
        examples=[50_000_000],
    ),
]
Fee = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Cost of administration, whole rupiah.",
        examples=[50_000],
    ),
]
Months = Annotated[
    int,
    Field(strict=True, ge=1, le=360, json_schema_extra={"format": "int32"}, description="Months.", examples=[24]),
]
Places = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=1_000_000,
        json_schema_extra={"format": "int32"},
        description="How many can be approved.",
        examples=[200],
    ),
]
Rate = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=10_000,
        json_schema_extra={"format": "int32"},
        description="Basis points a year: 600 is 6 %. Interest of credit, margin of a sale, ujrah of a lease.",
        examples=[600],
    ),
]
Share = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=9_999,
        json_schema_extra={"format": "int32"},
        description="The bank's part in basis points: 4000 is 40 %.",
        examples=[4000],
    ),
]
Profit = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=100_000,
        json_schema_extra={"format": "int32"},
        description="Profit of a year that is expected of the financed business, basis points of the amount.",
        examples=[1500],
    ),
]
Label = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=LINE,
        description="What is leased or pledged (ijarah, imbt, rahn).",
        examples=["Emas perhiasan"],
    ),
    Trimmed,
    Unicode,
]
Sentence = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        pattern=LINE,
        description="One sentence.",
        examples=["Usaha memiliki izin edar P-IRT"],
    ),
    Trimmed,
    Unicode,
]
Told = Annotated[
    str, Field(max_length=500, pattern=LINE, description="In the language asked for.", examples=["Urus NIB di PLUT"])
]
Regencies = Annotated[
    list[RegencyCode],
    Field(
        max_length=20,
        json_schema_extra={"uniqueItems": True},
        description="Kabupaten and kota where it is offered; empty: everywhere.",
        examples=[["52.71"]],
    ),
]

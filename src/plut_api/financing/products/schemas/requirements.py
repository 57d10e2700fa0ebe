"""Requirements on the wire: a closed grammar over facts that are held."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from plut_api.financing.products.schemas.fields import Amount, Sentence
from plut_api.kit.i18n import Text
from plut_api.kit.wire import LINE, MAX_IDR, Wire

_ONE_FORM = Text(
    id="Isi tepat satu dari fact, all, any, not",
    en="Say exactly one of fact, all, any, not",
)
_ONE_COMPARISON = Text(
    id="Bandingkan fact dengan tepat satu dari at_least, at_most, in, is, begins_with; tanpa fact tidak satu pun",
    en="Compare a fact by exactly one of at_least, at_most, in, is, begins_with; without a fact by none",
)
_FORMS = ("fact", "all", "any", "negated")
_COMPARISONS = ("at_least", "at_most", "one_of", "state", "begins_with")


Bound = Annotated[
    int | None,
    Field(
        default=None,
        strict=True,
        ge=0,
        le=MAX_IDR,
        json_schema_extra={"format": "int64"},
        description="Inclusive.",
        examples=[12],
    ),
]
Item = Annotated[str, Field(min_length=1, max_length=60, pattern=LINE, examples=["active"])]
Items = Annotated[list[Item] | None, Field(default=None, min_length=1, max_length=100)]
Parts = Annotated[list["ProductCondition"] | None, Field(default=None, min_length=1, max_length=20)]


class ProductCondition(Wire):
    """A condition: a fact compared, or `all`, `any`, `not` of further conditions. An unknown fact never passes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1})

    fact: Annotated[
        str | None,
        Field(
            default=None,
            max_length=60,
            pattern=r"^[a-z][a-z0-9_]*$",
            description="Name of a fact, from `GET /v1/financing/facts`.",
            examples=["business_months"],
        ),
    ]
    at_least: Bound
    at_most: Bound
    one_of: Annotated[Items, Field(alias="in", description="The fact is one of these.", examples=[["active"]])]
    begins_with: Annotated[Items, Field(description="The fact begins with one of these.", examples=[["10", "11"]])]
    state: Annotated[
        StrictBool | Literal["present"] | None,
        Field(
            default=None,
            alias="is",
            description="True, false, or `present`: anything is on file.",
            examples=[True],
        ),
    ]
    all: Annotated[Parts, Field(description="Every one of these holds.", examples=[None])]
    any: Annotated[Parts, Field(description="At least one of these holds.", examples=[None])]
    negated: Annotated[
        "ProductCondition | None",
        Field(default=None, alias="not", description="This does not hold.", examples=[None]),
    ]

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        said = [name for name in _FORMS if getattr(self, name) is not None]
        if len(said) != 1:
            raise PydanticCustomError("condition_form", "one form", {"words": _ONE_FORM})
        compared = [name for name in _COMPARISONS if getattr(self, name) is not None]
        if len(compared) != (1 if said == ["fact"] else 0):
            raise PydanticCustomError("condition_comparison", "one comparison", {"words": _ONE_COMPARISON})
        return self


class BothLanguages(Wire):
    """One sentence in both languages."""

    id: Annotated[Sentence, Field(description="In Indonesian.", examples=["Usaha memiliki izin edar P-IRT"])]
    en: Annotated[Sentence, Field(description="In English.", examples=["The business holds a P-IRT licence"])]


class ProductRequirement(Wire):
    """What a product asks, with words for whom it asks."""

    code: Annotated[
        str,
        Field(
            max_length=40,
            pattern=r"^[a-z][a-z0-9_]{1,39}$",
            description="Stable code, its own within the product and its scheme.",
            examples=["trading_a_year"],
        ),
    ]
    condition: ProductCondition
    words: BothLanguages = Field(description="What is asked.")
    next_step: BothLanguages | None = Field(
        default=None, description="What helps where it is not met.", examples=[None]
    )
    fixable: bool = Field(default=True, description="Whether whom it concerns can do something about it.")
    above_amount_idr: Amount | None = Field(
        default=None, description="ProductCondition only for amounts above this; null: always.", examples=[50_000_000]
    )

    def kept(self) -> dict[str, Any]:
        """As it is stored: a condition says only what it asks."""
        condition = self.condition.model_dump(mode="json", by_alias=True, exclude_none=True)
        return self.model_dump(mode="json", exclude={"condition"}) | {"condition": condition}

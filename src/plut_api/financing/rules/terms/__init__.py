"""Terms of products that rules may ask for (`P.x`): which there are, and what a chosen product makes of them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from plut_api.financing.rules.wording import Words

if TYPE_CHECKING:
    from plut_api.financing.products.models import FinancingProduct
    from plut_api.financing.products.schemes import Scheme

PREFIX = "P."
"""What the code of a term begins with among the values that conditions are judged by."""


@cache
def _content() -> Mapping[str, Any]:
    text = (files("plut_api.financing.rules.terms") / "terms.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.safe_load(text)
    return content


@cache
def terms() -> Mapping[str, Words]:
    """Every term, with its words."""
    return {name: Words.model_validate(words) for name, words in _content()["terms"].items()}


def terms_of(scheme: "Scheme | None", product: "FinancingProduct | None" = None) -> dict[str, int]:
    """What a scheme and a product say of terms, by code (`P.max_sales_idr`), to be put beside the rule values.

    Where both say something, the narrower one holds.
    """
    found: dict[str, int | None] = {}
    if scheme is not None:
        begins = [start for start in _content()["schemes"] if scheme.code.startswith(start)]
        if begins:
            found |= _content()["schemes"][max(begins, key=len)]
        found["npwp_from_idr"] = scheme.npwp_above_idr
        found["needs_village_approval"] = int(scheme.needs_village_approval)
        found["max_amount_idr"] = scheme.max_amount_idr
        found["max_opex_idr"] = scheme.working_capital.max_amount_idr if scheme.working_capital else None
    if product is not None:
        limits = (found.get("max_amount_idr"), product.max_amount_idr)
        found["max_amount_idr"] = min(limit for limit in limits if limit is not None)
    return {f"{PREFIX}{name}": value for name, value in found.items() if value is not None}

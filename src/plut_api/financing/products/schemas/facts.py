"""The catalogue of facts on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.financing.products.schemas.fields import Told
from plut_api.kit.wire import Read


class FactRead(Read):
    """One fact that conditions may read."""

    name: Annotated[
        str,
        Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$", description="Its name.", examples=["business_months"]),
    ]
    kind: Literal["yes_no", "number", "text"] = Field(
        description="What it is compared with: `is` true or false, `at_least` and `at_most`, `in` and `begins_with`; "
        "`is: present` suits each. Open: expect new values.",
        examples=["number"],
    )
    meaning: Told = Field(
        description="In the language asked for.", examples=["bulan penuh sejak hari pertama berdagang"]
    )


class FactCatalogue(Read):
    """Everything that conditions may read of a business or a cooperative."""

    subject: Literal["business", "cooperative"] = Field(
        description="Of whom. Open: expect new values.", examples=["business"]
    )
    data: Annotated[list[FactRead], Field(max_length=200, description="The facts.", examples=[[]])]

"""What a product or a scheme asks of whom it is for: conditions of the closed grammar, with words for people."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.rules.grammar import Condition, Part, Words

CODE = r"^[a-z][a-z0-9_]{1,39}$"


class Requirement(Part):
    """One condition on the data that is held, and what to say and do where it is not met.

    `above_amount_idr`: asked only for amounts above this. `fixable`: whether whom it concerns can do something about
    it within reason.
    """

    code: Annotated[str, Field(pattern=CODE)]
    condition: Condition
    words: Words
    next_step: Words | None = None
    fixable: bool = True
    above_amount_idr: int | None = None

"""Fields that several shapes of people share."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.models import Relation
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.kit.wire import Day

_FUTURE = Text(id="Tanggal ini belum terjadi", en="This day is still to come")
_TOO_EARLY = Text(id="Tahun paling awal 1900", en="1900 is the earliest year")


def past_day(value: date) -> date:
    """A day that has come, not before 1900."""
    if value > clock.today():
        raise PydanticCustomError("date_in_future", "Still to come", {"words": _FUTURE})
    if value.year < 1900:
        raise PydanticCustomError("date_too_early", "Too early", {"words": _TOO_EARLY})
    return value


PastDay = Annotated[Day, AfterValidator(past_day)]
RelationField = Annotated[
    Relation, Field(description="What the guardian is to the ward. Open: expect new values.", examples=["mother"])
]

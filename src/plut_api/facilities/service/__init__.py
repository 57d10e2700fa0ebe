"""What may happen in the building."""

from plut_api.facilities.service.bookings import book, give_back, move, release
from plut_api.facilities.service.placing import Wish, place, survey
from plut_api.facilities.service.series import book_series, cancel_series, require_series

__all__ = [
    "Wish",
    "book",
    "book_series",
    "cancel_series",
    "give_back",
    "move",
    "place",
    "release",
    "require_series",
    "survey",
]

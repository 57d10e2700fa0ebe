"""What may happen in the building."""

from plut_api.facilities.service.bookings import Wish, book, give_back, move
from plut_api.facilities.service.series import book_series

__all__ = ["Wish", "book", "book_series", "give_back", "move"]

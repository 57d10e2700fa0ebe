"""Tables of the building and of its bookings."""

from plut_api.facilities.models.bookings import Booking, BookingSeries, BookingState, EquipmentLoan
from plut_api.facilities.models.places import (
    BookingRule,
    Closure,
    Equipment,
    Facility,
    OpeningException,
    OpeningShift,
    Requester,
    Room,
    RoomKind,
    Shift,
)

__all__ = [
    "Booking",
    "BookingRule",
    "BookingSeries",
    "BookingState",
    "Closure",
    "Equipment",
    "EquipmentLoan",
    "Facility",
    "OpeningException",
    "OpeningShift",
    "Requester",
    "Room",
    "RoomKind",
    "Shift",
]

"""What can stand in the way of running the building and of booking its rooms."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound, Unprocessable


class FacilityNotFound(NotFound):
    """There is no such facility."""

    code = "facility_not_found"
    title = Text(id="Gedung tidak ditemukan", en="There is no such facility")


class RoomNotFound(NotFound):
    """There is no such room."""

    code = "room_not_found"
    title = Text(id="Ruang tidak ditemukan", en="There is no such room")


class EquipmentNotFound(NotFound):
    """There is no such equipment."""

    code = "equipment_not_found"
    title = Text(id="Peralatan tidak ditemukan", en="There is no such equipment")


class ClosureNotFound(NotFound):
    """There is no such closure."""

    code = "closure_not_found"
    title = Text(id="Penutupan tidak ditemukan", en="There is no such closure")


class BookingNotFound(NotFound):
    """There is no such booking, or none that the caller may see."""

    code = "booking_not_found"
    title = Text(id="Pemesanan tidak ditemukan", en="There is no such booking")


class SeriesNotFound(NotFound):
    """There is no such series of bookings, or none that the caller may see."""

    code = "series_not_found"
    title = Text(id="Rangkaian pemesanan tidak ditemukan", en="There is no such series of bookings")


class SeriesOver(Conflict):
    """Nothing of the series is still to come, so there is nothing to cancel."""

    code = "series_over"
    title = Text(id="Tidak ada lagi pemesanan yang akan datang", en="Nothing of this series is still to come")


class PlutOnly(Forbidden):
    """Only PLUT, which runs the building, may do this."""

    code = "plut_only"
    title = Text(id="Hanya PLUT yang dapat melakukan ini", en="Only PLUT may do this")


class CodeTaken(Conflict):
    """Another facility, room or equipment has this code already."""

    code = "code_taken"
    title = Text(id="Kode ini sudah dipakai", en="This code is taken")


class RoomTaken(Conflict):
    """Somebody has the room on this day in this shift. Another can be chosen, or one waits for it (`wait`)."""

    code = "room_taken"
    title = Text(
        id="Ruang sudah dipakai pada hari dan giliran ini; pilih yang lain, atau ikut menunggu",
        en="The room is taken on this day and shift; choose another, or wait for it",
    )


class EquipmentTaken(Conflict):
    """More pieces are asked for than are left on this day in this shift. `errors` say how many are."""

    code = "equipment_taken"
    title = Text(id="Peralatan tidak cukup pada hari dan giliran ini", en="Not enough equipment is left then")


class RoomNotAvailable(Unprocessable):
    """The room cannot be booked then: closed, a holiday, past, too far ahead, or too small. `errors` say which."""

    code = "room_not_available"
    title = Text(id="Ruang tidak dapat dipesan untuk waktu itu", en="The room cannot be booked then")


class BookingMoveNotAllowed(Conflict):
    """The booking's state does not allow this move; `allowed_moves` lists what the caller can do with it now."""

    code = "booking_move_not_allowed"
    title = Text(id="Langkah ini tidak mungkin dari status sekarang", en="This move is not possible from this state")


class BookingsInTheWay(Conflict):
    """Approved bookings lie in what is to be closed: cancel them first, so that everybody is told."""

    code = "bookings_in_the_way"
    title = Text(id="Masih ada pemesanan yang disetujui", en="Approved bookings are in the way")

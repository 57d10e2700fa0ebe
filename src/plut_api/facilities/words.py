"""What the building says to those who book, in both languages."""

from datetime import date
from uuid import UUID

from plut_api.facilities.calendar import SlotStatus
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, fault

FROM_HERE = Text(
    id="Pemesanan ini berstatus {state}; langkah Anda yang mungkin: {moves}",
    en="This booking is {state}; what you can do with it now: {moves}",
)
REASON_MISSING = fault("#/reason", "missing", id="Jelaskan alasannya", en="Say why")
TOO_EARLY = fault("#", "day_still_to_come", id="Harinya belum tiba", en="The day is still to come")
ENDS_BEFORE = fault(
    "#/last_on",
    "ends_before_it_starts",
    id="Hari terakhir tidak boleh sebelum hari pertama",
    en="The last day must not be before the first",
)
CLOSES_BEFORE = fault(
    "#/until", "ends_before_it_starts", id="Jam tutup harus setelah jam buka", en="Closing comes after opening"
)
ROOM_UNKNOWN = fault("#/room_id", "room_unknown", id="Bukan ruang gedung ini", en="Not a room of this facility")
_WORDS = {
    "past": Text(id="Hari itu sudah lewat", en="That day has passed"),
    SlotStatus.closed.value: Text(id="Ditutup: {why}", en="Closed: {why}"),
    SlotStatus.holiday.value: Text(id="Hari libur: {why}", en="A holiday: {why}"),
    SlotStatus.not_open.value: Text(
        id="Gedung tidak buka pada giliran itu; lihat jadwal buka", en="Not open in that shift; see the opening hours"
    ),
}


def why_not(code: str, why: str | None = None) -> Fault:
    """Why a room cannot be booked on a day."""
    return Fault("#/on_date", f"room_{code}", _WORDS[code].filled(why=why or "-"))


def in_the_way(day: date, shift: str, booking_id: UUID) -> Fault:
    """A booking that lies in what is to be closed."""
    giliran = {"morning": "pagi", "afternoon": "siang"}.get(shift, shift)
    return fault(
        f"#/bookings/{booking_id}", "booking_in_the_way", id=f"Pemesanan {day}, {giliran}", en=f"Booking {day}, {shift}"
    )


def next_free(what: Text, days: list[str]) -> Text:
    """What stands in the way, and the next days on which the room could be had."""
    listed = ", ".join(days)
    if not days:
        return what
    return Text(id=f"{what.id}. Kosong berikutnya: {listed}", en=f"{what.en}. Free next on: {listed}")


def too_far(days: int) -> Fault:
    """A day further ahead than the facility's rule allows."""
    return fault(
        "#/on_date",
        "too_far_ahead",
        id=f"Paling lama {days} hari ke depan",
        en=f"At most {days} days ahead",
    )


def too_small(capacity: int) -> Fault:
    """More people than the room holds."""
    return fault(
        "#/attendees", "over_capacity", id=f"Ruang ini muat {capacity} orang", en=f"The room holds {capacity} people"
    )


def equipment_left(code: str, name: str, left: int) -> Fault:
    """Fewer pieces than are asked for."""
    return fault(f"#/equipment/{code}", "equipment_taken", id=f"{name}: tinggal {left}", en=f"{name}: {left} left")


def equipment_unknown(at: int) -> Fault:
    """Equipment that the facility of the room does not have."""
    return fault(
        f"#/equipment/{at}/equipment_id",
        "equipment_unknown",
        id="Gedung ini tidak punya peralatan itu",
        en="The facility has no such equipment",
    )


def rule_invalid() -> Fault:
    """Not a recurrence rule."""
    return fault(
        "#/rule",
        "rule_invalid",
        id="Tulis aturan pengulangan RFC 5545, misalnya FREQ=WEEKLY;BYDAY=TU",
        en="Write a recurrence rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=TU",
    )


def rule_names_no_day() -> Fault:
    """A rule without any day in its period."""
    return fault("#/rule", "rule_names_no_day", id="Aturan ini tidak memuat hari apa pun", en="The rule names no day")


def rule_names_too_many(most: int) -> Fault:
    """A rule with more days than are booked at once."""
    return fault(
        "#/rule",
        "rule_names_too_many_days",
        id=f"Paling banyak {most} hari sekali pesan",
        en=f"At most {most} days at once",
    )


def named_twice(pointer: str) -> Fault:
    """The same thing comes twice in a list."""
    return fault(pointer, "named_twice", id="Ada yang disebut dua kali", en="Something comes twice")

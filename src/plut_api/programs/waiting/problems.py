"""What can stand in the way of waiting for a seat, and of taking one that is offered."""

from uuid import UUID

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


def list_of(program_id: UUID) -> dict[str, str]:
    """What a refusal says beside its words: the address at which a person asks to wait."""
    return {"waiting_list": f"/v1/programs/{program_id}/waiting-list"}


class WaitingEntryNotFound(NotFound):
    """There is no such entry in a waiting list, or none that the caller may see."""

    code = "waiting_entry_not_found"
    title = Text(id="Antrean ini tidak ditemukan", en="There is no such waiting entry")


class WaitingListFirst(Conflict):
    """A seat is free, but others wait for it. Ask to wait: `POST` to the address in `waiting_list`."""

    code = "waiting_list_first"
    title = Text(
        id="Ada yang lebih dahulu menunggu kursi ini; masuk ke daftar tunggu",
        en="Others wait for this seat already; join the waiting list",
    )


class AlreadyWaiting(Conflict):
    """The person waits for a seat in this programme, or was offered one: `waiting_entry` says where."""

    code = "already_waiting"
    title = Text(
        id="Orang ini sudah ada di daftar tunggu program ini", en="This person is on this programme's waiting list"
    )


class NothingOffered(Conflict):
    """The person still waits: no seat is offered to them yet, so there is nothing to accept or decline."""

    code = "nothing_offered"
    title = Text(id="Belum ada kursi yang ditawarkan", en="No seat is offered yet")


class OfferExpired(Conflict):
    """The deadline of the offer has passed, and the seat goes to the next. Whoever still wants one asks again."""

    code = "offer_expired"
    title = Text(
        id="Batas waktu tawaran sudah lewat; minta lagi bila masih berminat",
        en="The deadline of the offer has passed; ask again if you still want a seat",
    )


class WaitingEnded(Conflict):
    """The person no longer waits: the offer was accepted, declined or passed, they left, or the list was closed."""

    code = "waiting_ended"
    title = Text(id="Antrean ini sudah berakhir", en="This waiting entry has ended")

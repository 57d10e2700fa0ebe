"""What can stand in the way of a business: whose it is, its status, what it makes, holds and sells at."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class OwnershipNotFound(NotFound):
    """Nobody has such a part in this business, or was asked to."""

    code = "ownership_not_found"
    title = Text(id="Kepemilikan tidak ditemukan", en="There is no such ownership")


class OwnersOnly(Forbidden):
    """Only an owner of the business, or PLUT's staff for them, may do this; directors and managers may not."""

    code = "owners_only"
    title = Text(id="Hanya pemilik usaha yang dapat melakukan ini", en="Only an owner may do this")


class OwnPartOnly(Forbidden):
    """What an owner owns is changed or ended by that owner, or by PLUT's staff with them; not by a co-owner."""

    code = "own_part_only"
    title = Text(
        id="Bagian pemilik lain hanya dapat diubah olehnya sendiri atau petugas PLUT",
        en="Another owner's part is changed by themselves or by PLUT staff",
    )


class AgreementNeeded(Conflict):
    """Nobody becomes an owner without agreeing to it: ask them by phone (`POST /v1/actors/{id}/owners`)."""

    code = "agreement_needed"
    title = Text(
        id="Calon pemilik harus setuju; ajak lewat nomor ponselnya", en="They have to agree first; ask them by phone"
    )


class LastOwner(Conflict):
    """A business has at least one owner: add another first, or close the business."""

    code = "last_owner"
    title = Text(
        id="Pemilik terakhir tidak dapat dilepas; tambahkan pemilik lain atau tutup usahanya",
        en="The last owner stays; add another first, or close the business",
    )


class AlreadyOwner(Conflict):
    """This person is part of this business already; change that instead."""

    code = "already_owner"
    title = Text(id="Orang ini sudah tercatat di usaha ini", en="This person is part of this business already")


class SharesExceedWhole(Conflict):
    """The shares of all owners add up to 100 percent at most; `free_percent` is what is left."""

    code = "shares_exceed_whole"
    title = Text(id="Jumlah bagian pemilik melebihi 100 persen", en="The shares would exceed 100 percent")


class OwnershipEnded(Conflict):
    """This part in the business has ended already, or the offer was answered, withdrawn or has run out."""

    code = "ownership_ended"
    title = Text(id="Kepemilikan atau ajakan ini sudah berakhir", en="This ownership or offer has ended already")


class AlreadyOffered(Conflict):
    """This phone has an open offer of this business; withdraw it (`…/owners/{id}/end`) to make another."""

    code = "already_offered"
    title = Text(id="Nomor ini sudah diajak dan belum menjawab", en="This phone was asked and has not answered yet")


class TooManyOffers(Conflict):
    """A business has only so many open offers; withdraw one, or wait for answers."""

    code = "too_many_offers"
    title = Text(id="Terlalu banyak ajakan yang belum dijawab", en="Too many offers are still open")


class StatusMoveNotAllowed(Conflict):
    """From its present status a business cannot make this move; `allowed_moves` lists those it can."""

    code = "status_move_not_allowed"
    title = Text(id="Langkah ini tidak dapat dilakukan sekarang", en="This move is not possible now")


class ClosingBlocked(Conflict):
    """Something under way has to end before the business can change its status; `reasons` names it."""

    code = "closing_blocked"
    title = Text(id="Usaha belum dapat ditutup", en="The business cannot close yet")


class ProductNotFound(NotFound):
    """This business has no such product."""

    code = "product_not_found"
    title = Text(id="Produk tidak ditemukan", en="There is no such product")


class ProductRemoved(Conflict):
    """This product was removed; register it anew."""

    code = "product_removed"
    title = Text(id="Produk ini sudah dihapus", en="This product was removed")


class CertificationNotFound(NotFound):
    """This business has no such certificate."""

    code = "certification_not_found"
    title = Text(id="Sertifikat tidak ditemukan", en="There is no such certificate")


class CertificationEnded(Conflict):
    """This certificate was renewed by another or removed; it stays as it is."""

    code = "certification_ended"
    title = Text(id="Sertifikat ini sudah digantikan atau dihapus", en="This certificate was renewed or removed")


class CertificationTaken(Conflict):
    """This business has this certificate on file already, for the same product."""

    code = "certification_taken"
    title = Text(id="Sertifikat ini sudah tercatat untuk usaha ini", en="This certificate is on file already")


class ChannelNotFound(NotFound):
    """This business has no such sales channel."""

    code = "channel_not_found"
    title = Text(id="Saluran penjualan tidak ditemukan", en="There is no such sales channel")


class QrisMissing(Conflict):
    """There is no QRIS id to verify; enter the one on the counter first."""

    code = "qris_missing"
    title = Text(id="NMID QRIS belum diisi", en="There is no QRIS id on file")


class QrisDiffers(Conflict):
    """What was scanned is another QRIS id than the one on file; correct it, then scan again."""

    code = "qris_differs"
    title = Text(id="NMID yang dipindai berbeda dari yang tercatat", en="The scanned QRIS id is not the one on file")

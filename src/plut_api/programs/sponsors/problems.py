"""What can stand in the way of sponsoring a programme."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class SponsorNotFound(NotFound):
    """This programme has no such sponsor."""

    code = "sponsor_not_found"
    title = Text(id="Sponsor tidak ditemukan pada program ini", en="This programme has no such sponsor")


class CommitmentExceeded(Conflict):
    """More is asked for than the commitment has left; `left` says how much, in seats or rupiah.

    Programmes that were cancelled take nothing of it.
    """

    code = "commitment_exceeded"
    title = Text(id="Melebihi sisa komitmen", en="More than the commitment has left")


class SponsoredSeatsExceeded(Conflict):
    """Sponsors would pay for more seats than the programme has; `left` says how many are without a sponsor."""

    code = "sponsored_seats_exceeded"
    title = Text(id="Melebihi kursi program yang belum bersponsor", en="More than the programme's unsponsored seats")


class AlreadySponsored(Conflict):
    """This commitment sponsors this programme already; remove that sponsor first to give another amount."""

    code = "already_sponsored"
    title = Text(
        id="Komitmen ini sudah mensponsori program ini; hapus dulu untuk mengubahnya",
        en="This commitment sponsors this programme already; remove it first to change it",
    )


class SponsorsSettled(Conflict):
    """The programme is over or cancelled: who sponsored it no longer changes."""

    code = "sponsors_settled"
    title = Text(
        id="Program sudah selesai atau dibatalkan; sponsornya tetap", en="The programme is over; its sponsors stay"
    )

"""What only items of a batch can run into."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict


class ReferralTwice(Conflict):
    """An earlier item of the same call is about the same referral; send this one in a call of its own."""

    code = "referral_twice"
    title = Text(
        id="Rujukan ini sudah disebut lebih awal dalam kiriman yang sama",
        en="An earlier item of the same call is about this referral",
    )


class ReportTwice(Conflict):
    """An earlier item of the same call is about the same referral and day; send this one in a call of its own."""

    code = "report_twice"
    title = Text(
        id="Rujukan dan tanggal ini sudah disebut lebih awal dalam kiriman yang sama",
        en="An earlier item of the same call is about this referral and day",
    )

"""What can stand in the way of a repayment report."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict


class LoanNotRunning(Conflict):
    """Nothing was paid out yet, or all is paid back: there is no repayment to report. `state` says where it stands."""

    code = "loan_not_running"
    title = Text(
        id="Pembiayaan ini belum dicairkan atau sudah lunas",
        en="This loan is not paid out yet, or is paid back",
    )


class RepaymentReported(Conflict):
    """Another report for that day stands; send `correction_reason` to put this one in its place."""

    code = "repayment_reported"
    title = Text(
        id="Laporan untuk tanggal itu sudah ada; sertakan alasan koreksi",
        en="There is a report for that day; send a reason to correct it",
    )

"""What can stand in the way of papers."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class FinancingPlanNotFound(NotFound):
    """The business has not said yet what it wants money for."""

    code = "financing_plan_not_found"
    title = Text(id="Rencana pembiayaan belum ada", en="There is no financing plan yet")


class CreditDeclarationNotFound(NotFound):
    """The business has no such declaration."""

    code = "credit_declaration_not_found"
    title = Text(id="Pernyataan kredit tidak ditemukan", en="There is no such credit declaration")


class BookMonthNotFound(NotFound):
    """The business has no such month in its books."""

    code = "book_month_not_found"
    title = Text(id="Bulan pembukuan tidak ditemukan", en="There is no such month in the books")


class BookMonthTaken(Conflict):
    """The month is on file already; revise that entry instead. One entry of a month stands."""

    code = "book_month_taken"
    title = Text(
        id="Bulan ini sudah dicatat; perbaiki catatan yang ada", en="This month is on file; revise that entry instead"
    )


class BookMonthRevised(Conflict):
    """This entry was revised already; revise the one that stands now."""

    code = "book_month_revised"
    title = Text(
        id="Catatan ini sudah diperbaiki; perbaiki catatan terbarunya",
        en="This entry was revised already; revise the newest one",
    )


class BankAccountNotFound(NotFound):
    """The business has no such account."""

    code = "bank_account_not_found"
    title = Text(id="Rekening tidak ditemukan", en="There is no such bank account")


class BankAccountTaken(Conflict):
    """An open account of this business has this number."""

    code = "bank_account_taken"
    title = Text(id="Nomor rekening ini sudah tercatat", en="This account number is on file already")


class BankAccountEnded(Conflict):
    """The account was taken off already."""

    code = "bank_account_ended"
    title = Text(id="Rekening ini sudah dihapus dari daftar", en="This account was taken off already")

"""What can stand in the way of a dossier."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Gone, NotFound


class DossierNotFound(NotFound):
    """There is no such dossier: the referral was not submitted yet, or the code is mistyped."""

    code = "dossier_not_found"
    title = Text(id="Berkas rujukan tidak ditemukan", en="There is no such dossier")


class DossierClosed(Gone):
    """The referral ended without financing, so the bank may not go on using the applicant's data; or it was erased."""

    code = "dossier_closed"
    title = Text(
        id="Rujukan ini sudah berakhir; berkasnya tidak dapat dibuka lagi",
        en="This referral has ended; its dossier cannot be opened any more",
    )

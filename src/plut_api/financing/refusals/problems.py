"""What can stand in the way of following up a refusal."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class RefusalNotFound(NotFound):
    """No bank refused this request."""

    code = "refusal_not_found"
    title = Text(id="Permohonan ini tidak ditolak bank", en="No bank refused this request")


class RefusalClosed(Conflict):
    """A consultant is done with this refusal already."""

    code = "refusal_closed"
    title = Text(id="Tindak lanjut penolakan ini sudah selesai", en="The follow-up of this refusal is done already")

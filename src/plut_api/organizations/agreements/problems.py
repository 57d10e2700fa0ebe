"""What can stand in the way of agreements and commitments."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class AgreementNotFound(NotFound):
    """There is no such agreement, or none that the caller may see."""

    code = "agreement_not_found"
    title = Text(id="Perjanjian tidak ditemukan", en="There is no such agreement")


class CommitmentNotFound(NotFound):
    """There is no such commitment, or none that the caller may see."""

    code = "commitment_not_found"
    title = Text(id="Komitmen tidak ditemukan", en="There is no such commitment")


class AgreementNumberTaken(Conflict):
    """Another agreement has this number; look whether it is the same paper."""

    code = "agreement_number_taken"
    title = Text(
        id="Nomor perjanjian sudah dipakai; periksa apakah perjanjiannya sama",
        en="Another agreement has this number; look whether it is the same",
    )


class AgreementMoveNotAllowed(Conflict):
    """The agreement's state does not allow this move; `allowed_moves` lists what can be done with it now."""

    code = "agreement_move_not_allowed"
    title = Text(id="Langkah ini tidak mungkin dari status sekarang", en="This move is not possible from this state")


class AgreementNotChangeable(Conflict):
    """In its state the agreement no longer changes in this; `changeable` lists what may still change."""

    code = "agreement_not_changeable"
    title = Text(
        id="Perjanjian dengan status ini tidak dapat diubah seperti itu",
        en="An agreement in this state cannot be changed in this way",
    )


class AgreementNotActive(Conflict):
    """Only commitments of an active agreement sponsor programmes."""

    code = "agreement_not_active"
    title = Text(id="Perjanjian ini tidak sedang berlaku", en="This agreement is not active")

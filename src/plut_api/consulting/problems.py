"""What can stand in the way of a consultation."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class ConsultationNotFound(NotFound):
    """There is no such consultation, or none that the caller may see."""

    code = "consultation_not_found"
    title = Text(id="Konsultasi tidak ditemukan", en="There is no such consultation")


class ActionNotFound(NotFound):
    """There is no such agreed action, or none that the caller may see."""

    code = "action_not_found"
    title = Text(id="Kesepakatan tidak ditemukan", en="There is no such agreed action")


class ConsultantNotFound(NotFound):
    """There is no such consultant, or none whose case load the caller may see."""

    code = "consultant_not_found"
    title = Text(id="Konsultan tidak ditemukan", en="There is no such consultant")


class ConsultationMoveNotAllowed(Conflict):
    """The consultation's state, or whose it is, does not allow this move; `allowed_moves` lists what is possible."""

    code = "consultation_move_not_allowed"
    title = Text(id="Langkah ini tidak mungkin dari status sekarang", en="This move is not possible from this state")


class ConsultationNotChangeable(Conflict):
    """In its state, or by this caller, this of the consultation cannot be changed; `changeable` lists what can."""

    code = "consultation_not_changeable"
    title = Text(id="Bagian ini tidak dapat diubah sekarang", en="This of the consultation cannot be changed now")


class ConsultantBusy(Conflict):
    """The consultant has another appointment at that time; choose another time."""

    code = "consultant_busy"
    title = Text(
        id="Konsultan sudah punya janji lain pada waktu itu; pilih waktu lain",
        en="The consultant has another appointment then; choose another time",
    )


class ConsultantMissing(Conflict):
    """Nobody has this consultation yet; the Dinas names a consultant first."""

    code = "consultant_missing"
    title = Text(
        id="Konsultasi ini belum punya konsultan; tetapkan dulu", en="This consultation has no consultant; name one"
    )


class FileAttachedAlready(Conflict):
    """This file hangs on this consultation already."""

    code = "file_attached_already"
    title = Text(id="Berkas ini sudah dilampirkan", en="This file is attached already")


class NotesOfConsultantsOnly(Forbidden):
    """Private notes are a consultant's own: only consultants write them, and each reads only their own."""

    code = "notes_of_consultants_only"
    title = Text(id="Catatan pribadi hanya untuk konsultan", en="Private notes are for consultants only")

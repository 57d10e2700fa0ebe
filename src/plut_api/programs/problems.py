"""What can stand in the way of proposing, running and joining programmes."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound, Unprocessable


class ProgramNotFound(NotFound):
    """There is no such programme, or none that the caller may see."""

    code = "program_not_found"
    title = Text(id="Program tidak ditemukan", en="There is no such programme")


class EnrolmentNotFound(NotFound):
    """There is no such enrolment, or none that the caller may see."""

    code = "enrolment_not_found"
    title = Text(id="Kepesertaan tidak ditemukan", en="There is no such enrolment")


class OrganizerOnly(Forbidden):
    """Only the organization that runs the programme, or the Dinas, may do this."""

    code = "organizer_only"
    title = Text(
        id="Hanya penyelenggara program atau Dinas yang dapat melakukan ini",
        en="Only the organizer of the programme or the Dinas may do this",
    )


class ParticipantOrStaffOnly(Forbidden):
    """Only the participant, or PLUT's staff on their behalf, may do this."""

    code = "participant_or_staff_only"
    title = Text(
        id="Hanya peserta sendiri atau petugas PLUT yang dapat melakukan ini",
        en="Only the participant or PLUT staff may do this",
    )


class ProgramMoveNotAllowed(Conflict):
    """The programme's state does not allow this move; `allowed_moves` lists what the caller can do with it now."""

    code = "program_move_not_allowed"
    title = Text(id="Langkah ini tidak mungkin dari status sekarang", en="This move is not possible from this state")


class ProgramNotChangeable(Conflict):
    """The content is settled. A proposal changes while it is a draft or rejected; the Dinas also while it reviews."""

    code = "program_not_changeable"
    title = Text(id="Isi program sudah tidak dapat diubah", en="The programme's content can no longer change")


class ProgramOver(Conflict):
    """The programme is completed or cancelled, so no session can be added."""

    code = "program_over"
    title = Text(id="Program sudah selesai atau dibatalkan", en="The programme is completed or cancelled")


class SessionTaken(Conflict):
    """The programme has a session on this day in this shift already; choose another shift or day."""

    code = "session_taken"
    title = Text(
        id="Sudah ada sesi pada hari dan giliran ini; pilih yang lain",
        en="There is a session on this day and shift already; choose another",
    )


class SessionOnHoliday(Unprocessable):
    """The day is a national holiday, on which the building is closed; choose another day."""

    code = "session_on_holiday"
    title = Text(id="Hari itu libur nasional; pilih hari lain", en="That day is a national holiday; choose another")


class ProgramNotOpen(Conflict):
    """Seats are given only while the programme is published, that is before it starts."""

    code = "program_not_open"
    title = Text(id="Pendaftaran program ini tidak dibuka", en="This programme is not open for enrolment")


class ProgramFull(Conflict):
    """Every seat is taken. A seat that is given back is free for whoever asks next."""

    code = "program_full"
    title = Text(id="Program sudah penuh", en="The programme is full")


class AlreadyEnrolled(Conflict):
    """A person has one seat in a programme; this person has it already."""

    code = "already_enrolled"
    title = Text(id="Orang ini sudah terdaftar di program ini", en="This person is enrolled in this programme already")


class EnrolmentNotOpen(Conflict):
    """The enrolment has ended: the participant completed the programme or withdrew from it."""

    code = "enrolment_not_open"
    title = Text(
        id="Kepesertaan ini sudah selesai atau dibatalkan", en="This enrolment is completed or withdrawn already"
    )


class ProgramNotTaught(Conflict):
    """A participant can complete a programme only once it runs, or after it ended."""

    code = "program_not_taught"
    title = Text(id="Program ini belum berjalan", en="This programme has not started")

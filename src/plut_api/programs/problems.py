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


class SessionNotFound(NotFound):
    """There is no such session, or none of a programme that the caller may see."""

    code = "session_not_found"
    title = Text(id="Sesi tidak ditemukan", en="There is no such session")


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
    """The content is settled. A proposal changes while it is a draft or rejected; the Dinas also while it reviews.

    From approval on the quota still changes (`POST /v1/programs/{id}/quota`), and once it runs what it cost.
    """

    code = "program_not_changeable"
    title = Text(id="Isi program sudah tidak dapat diubah", en="The programme's content can no longer change")


class ProgramTooEarly(Conflict):
    """It is too early to start the programme, or to complete it while sessions are ahead; the words name the day."""

    code = "program_too_early"
    title = Text(id="Belum waktunya untuk langkah ini", en="It is too early for this move")


class QuotaBelowEnrolments(Conflict):
    """People have these seats or were promised one; `least_seats` says how many there must be."""

    code = "quota_below_enrolments"
    title = Text(
        id="Kuota tidak dapat kurang dari kursi yang sudah dipakai atau dijanjikan",
        en="There cannot be fewer seats than are taken or promised",
    )


class HostNotFound(NotFound):
    """This organization neither co-hosts the programme nor is invited to, as far as the caller may know."""

    code = "host_not_found"
    title = Text(id="Organisasi ini bukan penyelenggara bersama", en="This organization is no co-host")


class AlreadyHost(Conflict):
    """An organization co-hosts a programme once; this one does, or is invited to."""

    code = "already_host"
    title = Text(
        id="Organisasi ini sudah ikut menyelenggarakan atau sudah diundang",
        en="This organization co-hosts the programme already, or is invited to",
    )


class InvitationAnswered(Conflict):
    """The invitation was accepted before."""

    code = "invitation_answered"
    title = Text(id="Undangan ini sudah diterima", en="This invitation was accepted already")


class InvitedOnly(Forbidden):
    """Only the organization that was invited, or the Dinas, can accept an invitation."""

    code = "invited_only"
    title = Text(
        id="Hanya organisasi yang diundang atau Dinas yang dapat menerima undangan ini",
        en="Only the organization that was invited, or the Dinas, can accept this",
    )


class ProgramOver(Conflict):
    """The programme is completed or cancelled, so neither its sessions nor its hosts change any more."""

    code = "program_over"
    title = Text(id="Program sudah selesai atau dibatalkan", en="The programme is completed or cancelled")


class SessionCancelled(Conflict):
    """The session was cancelled; add another instead."""

    code = "session_cancelled"
    title = Text(id="Sesi ini sudah dibatalkan; tambahkan sesi baru", en="The session is cancelled; add another")


class SessionAttended(Conflict):
    """Attendance was noted at the session, so it took place on that day in that shift; it can no longer move."""

    code = "session_attended"
    title = Text(
        id="Kehadiran sesi ini sudah dicatat, jadi harinya tidak dapat dipindah",
        en="Attendance at this session was noted, so it can no longer move",
    )


class SessionDaysNotFree(Conflict):
    """Something stands in the way of days that a rule names; `errors` say what. `take: free` takes the others."""

    code = "session_days_not_free"
    title = Text(
        id='Ada hari yang tidak dapat dipakai; ubah aturannya, atau ambil yang kosong saja ("take": "free")',
        en='Some days cannot be had; change the rule, or take the free ones only ("take": "free")',
    )


class TrainerNotFound(NotFound):
    """There is no such trainer, or none that the caller may change."""

    code = "trainer_not_found"
    title = Text(id="Pengajar tidak ditemukan", en="There is no such trainer")


class TrainerNoted(Conflict):
    """This account is noted as a trainer already; use that entry (`GET /v1/trainers`)."""

    code = "trainer_noted"
    title = Text(id="Akun ini sudah tercatat sebagai pengajar", en="This account is noted as a trainer already")


class TrainerTaken(Conflict):
    """A trainer teaches elsewhere on this day in this shift, in a session that is not cancelled. `errors` say who of
    `trainer_ids`; choose another trainer, day or shift.
    """

    code = "trainer_taken"
    title = Text(
        id="Pengajar sudah mengajar di sesi lain pada hari dan giliran ini",
        en="A trainer teaches in another session on this day and shift",
    )


class PlannersOnly(Forbidden):
    """Only those who plan programmes may: the Dinas and OPDs, to read also PLUT's consultants."""

    code = "planners_only"
    title = Text(
        id="Hanya Dinas, OPD, dan pendamping PLUT yang dapat melakukan ini",
        en="Only the Dinas, OPDs and PLUT's consultants may do this",
    )


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
    """Every seat that the person could take is taken. Ask to wait for one: `POST` to the address in `waiting_list`."""

    code = "program_full"
    title = Text(
        id="Program sudah penuh; Anda dapat masuk ke daftar tunggu",
        en="The programme is full; you can join its waiting list",
    )


class AlreadyEnrolled(Conflict):
    """A person has one seat in a programme; this person has it already."""

    code = "already_enrolled"
    title = Text(id="Orang ini sudah terdaftar di program ini", en="This person is enrolled in this programme already")


class SessionClash(Conflict):
    """The person is at another session on the same day in the same shift; `errors` names each. Give that seat back
    first, or choose another programme.
    """

    code = "session_clash"
    title = Text(
        id="Bentrok dengan sesi lain yang Anda ikuti",
        en="It clashes with another session that the person takes part in",
    )


class PrerequisiteMissing(Conflict):
    """The programme builds upon another, which the person has not completed: `prerequisite_id`. PLUT's staff can do
    without it and say why (`waiver_reason`).
    """

    code = "prerequisite_missing"
    title = Text(
        id="Selesaikan dahulu program dasarnya, atau mintalah petugas PLUT mendaftarkan Anda",
        en="Complete the programme that comes before, or ask PLUT's staff to enrol you",
    )


class DocumentsMissing(Unprocessable):
    """The programme's source of money asks for documents that the person does not have on file; `errors` names each and
    how to get it.
    """

    code = "documents_missing"
    title = Text(
        id="Ada dokumen yang diminta sumber dana program ini",
        en="The programme's source of money asks for documents that are not on file",
    )


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

"""What can stand in the way of checking in, noting scores, completing, appealing."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class NotEnrolled(Conflict):
    """Who checks in has a seat in the programme of the session; this person has none."""

    code = "not_enrolled"
    title = Text(id="Anda tidak terdaftar di program ini", en="You have no seat in this programme")


class ParticipantsOnly(Forbidden):
    """Participants check in by themselves. Who runs the door uploads who came."""

    code = "participants_only"
    title = Text(
        id="Hanya peserta yang dapat absen sendiri; petugas memakai daftar hadir",
        en="Only participants check in; who runs the door uploads who came",
    )


class DoorOnly(Forbidden):
    """Only who runs the door may do this: the organizer, a trainer of the session, PLUT's staff."""

    code = "door_only"
    title = Text(
        id="Hanya penyelenggara, pelatih sesi ini, atau petugas PLUT yang dapat melakukan ini",
        en="Only the organizer, a trainer of this session or PLUT staff may do this",
    )


class SessionNotHeld(Conflict):
    """The session was cancelled, so nobody can have come."""

    code = "session_not_held"
    title = Text(id="Sesi ini dibatalkan", en="This session was cancelled")


class CheckInClosed(Conflict):
    """Checking in is possible around the hours of the session, and may be sent some days later; `detail` says when."""

    code = "check_in_closed"
    title = Text(id="Absen untuk sesi ini tidak dibuka", en="Checking in to this session is closed")


class CodeWrong(Conflict):
    """The code is not the one that was shown at that time. Scan again; after some wrong ones wait an hour."""

    code = "check_in_code_wrong"
    title = Text(
        id="Kode tidak cocok dengan waktu itu; pindai atau ketik kode terbaru",
        en="The code does not fit that time; scan or type the newest one",
    )


class NotedAbsent(Conflict):
    """Who runs the door noted later that this person was not there; only they can change that."""

    code = "noted_absent"
    title = Text(
        id="Petugas mencatat Anda tidak hadir; minta petugas memperbaikinya",
        en="You were noted as absent; ask who runs the door to mend it",
    )


class NoSuchTest(Conflict):
    """The programme has no such test."""

    code = "test_not_planned"
    title = Text(id="Program ini tidak memakai tes tersebut", en="The programme has no such test")


class CertificateIssued(Conflict):
    """A certificate tells this already. Revoke it first, then mend what it told, then issue it again."""

    code = "certificate_issued"
    title = Text(
        id="Sertifikat sudah terbit; cabut dahulu sebelum memperbaiki",
        en="The certificate is issued; revoke it before mending this",
    )


class NotCompletedYet(Conflict):
    """The rule of the programme is not fulfilled; the members say by how much. The organizer may waive it."""

    code = "not_completed_yet"
    title = Text(id="Syarat kelulusan belum terpenuhi", en="The conditions of completion are not fulfilled yet")


class NoShowNotFound(NotFound):
    """There is no such no-show, or none that the caller may see."""

    code = "no_show_not_found"
    title = Text(id="Catatan ketidakhadiran tidak ditemukan", en="There is no such no-show")


class AppealClosed(Conflict):
    """An appeal is possible once, within the days that the no-show names, while it counts."""

    code = "appeal_closed"
    title = Text(id="Keberatan tidak dapat diajukan lagi", en="It is too late for an appeal, or it was decided")


class NoShowSettled(Conflict):
    """Only a no-show that counts or is appealed against can be excused, and only an appeal upheld."""

    code = "no_show_settled"
    title = Text(id="Catatan ini sudah diputuskan", en="This was decided already")

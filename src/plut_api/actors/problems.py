"""What can stand in the way of registering and changing people, businesses and consents."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class PersonNotFound(NotFound):
    """There is no such person, or none that the caller may see."""

    code = "person_not_found"
    title = Text(id="Orang tidak ditemukan", en="There is no such person")


class ActorNotFound(NotFound):
    """There is no such business, or none that the caller may see."""

    code = "actor_not_found"
    title = Text(id="Usaha tidak ditemukan", en="There is no such business")


class FigureNotFound(NotFound):
    """There is no such report of yearly figures of this business."""

    code = "figure_not_found"
    title = Text(id="Laporan angka tahunan tidak ditemukan", en="There is no such report of yearly figures")


class FigureSuperseded(Conflict):
    """A newer report of that year, or its verification, counts instead; the list says which (`counts`)."""

    code = "figure_superseded"
    title = Text(
        id="Laporan tahun itu yang lebih baru sudah berlaku; lihat daftar laporannya",
        en="A newer report of that year counts already; look at the list",
    )


class FigureLevelReached(Conflict):
    """The report is at this level of verification already, or above it."""

    code = "figure_level_reached"
    title = Text(id="Laporan ini sudah pada tingkat itu", en="This report is at that level already")


class VerifierIsReporter(Conflict):
    """Who reported figures, or saw their papers, does not verify them; a colleague does."""

    code = "verifier_is_reporter"
    title = Text(
        id="Angka diverifikasi oleh petugas lain, bukan oleh yang melaporkannya",
        en="Figures are verified by somebody else than whoever reported them",
    )


class AssignmentNotFound(NotFound):
    """There is no such assignment, or none that the caller may see."""

    code = "assignment_not_found"
    title = Text(id="Penugasan tidak ditemukan", en="There is no such assignment")


class AlreadyAssigned(Conflict):
    """This consultant accompanies this person already."""

    code = "already_assigned"
    title = Text(id="Konsultan ini sudah mendampingi orang ini", en="This consultant accompanies this person already")


class AssignmentEnded(Conflict):
    """This assignment has ended already; assign the consultant anew."""

    code = "assignment_ended"
    title = Text(id="Penugasan ini sudah berakhir", en="This assignment has ended already")


class ConsentNotFound(NotFound):
    """There is no such consent of this business."""

    code = "consent_not_found"
    title = Text(id="Persetujuan tidak ditemukan", en="There is no such consent")


class AlreadyRegistered(Conflict):
    """This account belongs to a registered person already; change that record instead."""

    code = "already_registered"
    title = Text(id="Akun ini sudah terdaftar sebagai seseorang", en="This account is registered as a person already")


class RegisterFirst(Conflict):
    """Register yourself (`POST /v1/people`) before you register a business or take a seat."""

    code = "register_first"
    title = Text(id="Daftarkan diri Anda terlebih dahulu", en="Register yourself first")


class NikTaken(Conflict):
    """One NIK belongs to one person; a record with this NIK exists. Whose it is is not said: the Dinas can look it up,
    correct it, or assign the person to the consultant who asks."""

    code = "nik_taken"
    title = Text(
        id="NIK ini sudah terdaftar; hubungi petugas PLUT untuk memeriksanya",
        en="This NIK is registered already; ask PLUT staff to look into it",
    )


class NibTaken(Conflict):
    """One NIB belongs to one business; a record with this NIB exists."""

    code = "nib_taken"
    title = Text(
        id="NIB ini sudah terdaftar; hubungi petugas PLUT untuk memeriksanya",
        en="This NIB is registered already; ask PLUT staff to look into it",
    )


class NikMissing(Conflict):
    """An identity can be verified only when a NIK is on file."""

    code = "nik_missing"
    title = Text(id="NIK belum diisi", en="There is no NIK on file")


class StaffOnly(Forbidden):
    """Only PLUT's consultants and the Dinas may do this."""

    code = "staff_only"
    title = Text(id="Hanya petugas PLUT yang dapat melakukan ini", en="Only PLUT staff may do this")


class ConsentAlreadyGiven(Conflict):
    """A live consent to this organization exists for this purpose; withdraw it before giving another."""

    code = "consent_already_given"
    title = Text(id="Persetujuan kepada lembaga ini masih berlaku", en="A consent to this organization is in force")


class ConsentAlreadyWithdrawn(Conflict):
    """This consent has ended already."""

    code = "consent_already_withdrawn"
    title = Text(id="Persetujuan ini sudah berakhir", en="This consent has ended already")


class DataRequestNotFound(NotFound):
    """There is no such request about one's own data, or none that the caller may see."""

    code = "data_request_not_found"
    title = Text(id="Permintaan tidak ditemukan", en="There is no such request")


class RequestMoveNotAllowed(Conflict):
    """From its present state a request cannot make this move; `allowed_moves` lists those it can."""

    code = "request_move_not_allowed"
    title = Text(id="Langkah ini tidak dapat dilakukan sekarang", en="This move is not possible now")


class ErasureNotAsked(Conflict):
    """There is no erasure to confirm; ask for it first (`POST /v1/me/erasure`)."""

    code = "erasure_not_asked"
    title = Text(id="Belum ada permintaan penghapusan; ajukan terlebih dahulu", en="Ask for erasure first")


class ErasureBlocked(Conflict):
    """Something under way has to end first; `reasons` names it."""

    code = "erasure_blocked"
    title = Text(id="Penghapusan belum dapat dilakukan", en="Erasure has to wait")


class CodeRefused(Conflict):
    """The code is wrong, used or too old; ask again to get another."""

    code = "code_refused"
    title = Text(
        id="Kode salah atau sudah tidak berlaku; ajukan lagi untuk kode baru",
        en="The code is wrong or has ended; ask again for another",
    )


class PeopleOnly(Forbidden):
    """Only a person can do this for themselves; accounts of staff are closed by the Dinas."""

    code = "people_only"
    title = Text(id="Hanya untuk akun perorangan", en="Only for a person's own account")

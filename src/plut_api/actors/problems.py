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
    """One NIK belongs to one person; a record with this NIK exists. Staff can look it up and correct it."""

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

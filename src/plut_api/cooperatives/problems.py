"""What can stand in the way in the cooperatives room."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


@dataclass(eq=False)
class CooperativeNotFound(NotFound):
    """No cooperative has this id, or it is not one whose affairs the caller keeps."""

    code = "cooperative_not_found"
    title = Text(id="Koperasi tidak ditemukan", en="There is no such cooperative")


@dataclass(eq=False)
class VillageHasCooperative(Conflict):
    """The register holds one cooperative per village, and this village has its own already."""

    code = "village_has_cooperative"
    title = Text(id="Desa ini sudah punya koperasi", en="This village already has a cooperative")


@dataclass(eq=False)
class LegalNumberTaken(Conflict):
    """A legal number (AHU) belongs to one cooperative only."""

    code = "legal_number_taken"
    title = Text(id="Nomor badan hukum sudah terdaftar", en="This legal number is already registered")


@dataclass(eq=False)
class NikKoperasiTaken(Conflict):
    """A NIK koperasi belongs to one cooperative only."""

    code = "nik_koperasi_taken"
    title = Text(id="NIK koperasi sudah terdaftar", en="This NIK koperasi is already registered")


@dataclass(eq=False)
class ManagerNotFound(NotFound):
    """There is no such manager of this cooperative, or none that the caller may see."""

    code = "manager_not_found"
    title = Text(id="Pengurus tidak ditemukan", en="There is no such manager")


@dataclass(eq=False)
class ManagerEnded(Conflict):
    """This manager has left already."""

    code = "manager_ended"
    title = Text(id="Pengurus ini sudah berhenti", en="This manager has left already")


@dataclass(eq=False)
class AlreadyManager(Conflict):
    """This person is a manager of this cooperative already."""

    code = "already_manager"
    title = Text(id="Orang ini sudah menjadi pengurus koperasi ini", en="This person is a manager of it already")


@dataclass(eq=False)
class OwnOfficeOnly(Forbidden):
    """A manager can lay down their own office; that of others is for the Dinas to end."""

    code = "own_office_only"
    title = Text(
        id="Hanya Dinas yang dapat mengakhiri jabatan pengurus lain",
        en="Only the Dinas can end the office of another manager",
    )


@dataclass(eq=False)
class InvitationNotFound(NotFound):
    """There is no such invitation, or none to the phone that the caller signed in by."""

    code = "invitation_not_found"
    title = Text(id="Undangan tidak ditemukan", en="There is no such invitation")


@dataclass(eq=False)
class InvitationNotOpen(Conflict):
    """The invitation was accepted or withdrawn, ran out, or had too many wrong codes: ask the Dinas for a new one."""

    code = "invitation_not_open"
    title = Text(
        id="Undangan ini sudah tidak berlaku; minta undangan baru kepada Dinas",
        en="This invitation no longer holds; ask the Dinas for a new one",
    )


@dataclass(eq=False)
class ManagersOnly(Forbidden):
    """Only the managers of a cooperative speak for it."""

    code = "managers_only"
    title = Text(id="Hanya pengurus koperasi yang dapat melakukan ini", en="Only the cooperative's managers may")


@dataclass(eq=False)
class SecondOfficerNeeded(Conflict):
    """A manager other than the one who gave a consent has to confirm it."""

    code = "second_officer_needed"
    title = Text(id="Harus disetujui pengurus lain", en="Another manager has to confirm it")


@dataclass(eq=False)
class ConsentAlreadyConfirmed(Conflict):
    """This consent was confirmed already and is in force."""

    code = "consent_already_confirmed"
    title = Text(id="Persetujuan ini sudah dikonfirmasi", en="This consent was confirmed already")

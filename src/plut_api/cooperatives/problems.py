"""What can stand in the way in the cooperatives room."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


@dataclass(eq=False)
class CooperativeNotFound(NotFound):
    """No cooperative has this id."""

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

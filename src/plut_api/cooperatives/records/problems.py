"""What can stand in the way of records of a cooperative."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


@dataclass(eq=False)
class OfficerNotFound(NotFound):
    """There is no such officer of this cooperative, or none that the caller may see."""

    code = "officer_not_found"
    title = Text(id="Pengurus atau pengawas tidak ditemukan", en="There is no such officer")


@dataclass(eq=False)
class MeetingNotFound(NotFound):
    """There is no such meeting of this cooperative, or none that the caller may see."""

    code = "meeting_not_found"
    title = Text(id="Rapat tidak ditemukan", en="There is no such meeting")


@dataclass(eq=False)
class OutletNotFound(NotFound):
    """There is no such outlet of this cooperative, or none that the caller may see."""

    code = "outlet_not_found"
    title = Text(id="Gerai tidak ditemukan", en="There is no such outlet")


@dataclass(eq=False)
class FigureNotFound(NotFound):
    """There is no such monthly statement of this cooperative, or none that the caller may see."""

    code = "cooperative_figure_not_found"
    title = Text(id="Laporan bulanan tidak ditemukan", en="There is no such monthly statement")


@dataclass(eq=False)
class PaperNotFound(NotFound):
    """There is no such paper of this cooperative, or none that the caller may see."""

    code = "cooperative_paper_not_found"
    title = Text(id="Surat koperasi tidak ditemukan", en="There is no such paper")


@dataclass(eq=False)
class ProposalNotFound(NotFound):
    """There is no such business proposal of this cooperative, or none that the caller may see."""

    code = "business_proposal_not_found"
    title = Text(id="Proposal bisnis tidak ditemukan", en="There is no such business proposal")


@dataclass(eq=False)
class DeclarationNotFound(NotFound):
    """There is no such credit declaration of this cooperative, or none that the caller may see."""

    code = "cooperative_declaration_not_found"
    title = Text(id="Pernyataan kredit tidak ditemukan", en="There is no such credit declaration")


@dataclass(eq=False)
class PostTaken(Conflict):
    """Somebody else holds this post at that time; end their term first."""

    code = "post_taken"
    title = Text(
        id="Jabatan ini sedang dipegang orang lain; isi dulu tanggal akhirnya",
        en="Somebody else holds this post at that time; say first until when",
    )


@dataclass(eq=False)
class AnnualMeetingOnFile(Conflict):
    """The annual meeting of this year is on file already; correct that record."""

    code = "annual_meeting_on_file"
    title = Text(
        id="RAT tahun buku ini sudah tercatat; perbaiki catatan itu",
        en="The annual meeting of this year is on file; correct that record",
    )


@dataclass(eq=False)
class MonthOnFile(Conflict):
    """The statement of this month is on file already; correct that record."""

    code = "month_on_file"
    title = Text(
        id="Laporan bulan ini sudah tercatat; perbaiki catatan itu",
        en="The statement of this month is on file; correct that record",
    )


@dataclass(eq=False)
class PaperOnFile(Conflict):
    """The cooperative has a paper of this kind already; correct that record."""

    code = "cooperative_paper_on_file"
    title = Text(
        id="Surat jenis ini sudah tercatat; perbaiki catatan itu",
        en="A paper of this kind is on file; correct that record",
    )


@dataclass(eq=False)
class PaperNumberTaken(Conflict):
    """A NIB or NPWP belongs to one cooperative only, and stands on file once."""

    code = "cooperative_paper_number_taken"
    title = Text(id="NIB atau NPWP ini sudah tercatat", en="This NIB or NPWP is on file already")


@dataclass(eq=False)
class NothingToLookAt(Conflict):
    """Only what has a paper can be verified: attach the file first."""

    code = "record_without_paper"
    title = Text(
        id="Belum ada berkas untuk diperiksa; lampirkan dulu", en="There is no paper to look at; attach the file first"
    )


@dataclass(eq=False)
class NumberNotRegistered(Conflict):
    """The register has no NIK koperasi of this cooperative, so that no paper can prove it; the Dinas adds it."""

    code = "number_not_registered"
    title = Text(
        id="Nomor ini belum ada di daftar koperasi; minta Dinas melengkapinya",
        en="The register does not have this number yet; ask the Dinas to add it",
    )


@dataclass(eq=False)
class VerifiedAlready(Conflict):
    """A consultant verified this record already."""

    code = "record_verified_already"
    title = Text(id="Catatan ini sudah diperiksa", en="This record was verified already")

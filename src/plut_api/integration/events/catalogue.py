"""Which inner events are told outside, to whom, with which facts. An event that stands nowhere here stays inside.

The Dinas is told every one of them. Another organization is told those whose fact, named by `to`, is its id.
"""

from dataclasses import dataclass

from plut_api.kit.i18n import Text


@dataclass(frozen=True)
class EventType:
    """One type: what it says, where its subject is read, which fact names the organization, which facts are told."""

    name: str
    words: Text
    href: str
    to: str | None = "organization_id"
    facts: tuple[str, ...] = ()


_REFERRAL = "/v1/financing/referrals/{subject_id}"
_PRODUCT = "/v1/financing/products/{subject_id}"
_OBJECTION = "/v1/readiness-objections/{subject_id}"
_PROGRAM = "/v1/programs/{subject_id}"


def _referral(state: str, id: str, en: str, *facts: str) -> EventType:
    return EventType(f"referral.{state}", Text(id=id, en=en), _REFERRAL, facts=("actor_id", "scheme", *facts))


def _product(verb: str, id: str, en: str) -> EventType:
    return EventType(f"financing_product.{verb}", Text(id=id, en=en), _PRODUCT, facts=("scheme",))


def _objection(verb: str, id: str, en: str) -> EventType:
    return EventType(f"objection.{verb}", Text(id=id, en=en), _OBJECTION, None, ("actor_id", "cooperative_id", "rule"))


def _program(verb: str, id: str, en: str) -> EventType:
    return EventType(f"program.{verb}", Text(id=id, en=en), _PROGRAM)


_TYPES = (
    EventType(
        "consent.given",
        Text(id="Pemilik usaha memberi izin kepada bank ini", en="A business consented to this bank"),
        "/v1/financing/ready-list",
        facts=("actor_id",),
    ),
    EventType(
        "consent.withdrawn",
        Text(
            id="Pemilik usaha menarik izinnya; hentikan pemakaian datanya",
            en="A business withdrew its consent; stop using its data",
        ),
        "/v1/financing/ready-list",
        facts=("actor_id",),
    ),
    _referral("submitted", "Pengajuan dikirim ke bank", "A referral was submitted to the bank"),
    _referral("received", "Bank menerima pengajuan", "The bank received a referral"),
    _referral("in_review", "Bank memeriksa pengajuan", "The bank reviews a referral"),
    _referral("info_requested", "Bank meminta keterangan", "The bank asked for more"),
    _referral("info_provided", "Keterangan diberikan ke bank", "The bank was given what it asked for"),
    _referral("approved", "Bank menyetujui pengajuan", "The bank approved a referral"),
    _referral("rejected", "Bank menolak pengajuan", "The bank rejected a referral"),
    _referral("withdrawn", "Pengajuan ditarik", "A referral was withdrawn"),
    _referral("disbursed", "Dana dicairkan", "A referral was disbursed"),
    _referral("expired", "Pengajuan lewat waktu", "A referral ran out of time"),
    _referral("repaying", "Pembiayaan mulai diangsur", "Repayment of a referral began"),
    _referral("late", "Pengajuan melewati batas waktunya", "A referral is past its term", "state", "side"),
    _referral("document_supplied", "Berkas pengajuan diserahkan", "A document of a referral was supplied"),
    _referral(
        "end_acknowledged", "Bank menegaskan data tidak dipakai lagi", "The bank confirmed it stopped using data"
    ),
    EventType(
        "repayment.reported",
        Text(id="Angsuran dilaporkan", en="A repayment was reported"),
        _REFERRAL,
        facts=("actor_id", "report_id", "collectibility"),
    ),
    _referral("closed", "Pengajuan ditutup", "A referral was closed"),
    _referral("late", "Batas waktu pengajuan terlewati", "The clock of a referral ran out", "state", "side"),
    _referral("consent_ended", "Izin atas pengajuan berakhir", "Consent for a referral ended"),
    EventType(
        "repayment.reported",
        Text(id="Bank melaporkan angsuran", en="The bank reported on repayment"),
        f"{_REFERRAL}/repayment-reports",
        facts=("actor_id", "report_id"),
    ),
    _referral("repaid_three_months", "Angsuran lancar tiga bulan", "A loan was repaid on time for three months"),
    _referral("fell_behind", "Angsuran tidak lagi lancar", "A loan is no longer repaid on time"),
    _product("published", "Produk pembiayaan terbit", "A financing product was published"),
    _product("changed", "Produk pembiayaan diubah", "A financing product was changed"),
    _product("closed", "Produk pembiayaan ditutup", "A financing product was closed"),
    EventType(
        "ready_list.digest",
        Text(id="Ada baris baru untuk pencarian tersimpan", en="New rows fit a saved search"),
        "/v1/financing/saved-searches/{subject_id}",
        facts=("new_rows",),
    ),
    _objection("made", "Hasil kesiapan dibantah", "A result of readiness was objected to"),
    _objection("upheld", "Keberatan diterima", "An objection was upheld"),
    _objection("dismissed", "Keberatan tidak diterima", "An objection was dismissed"),
    _objection("withdrawn", "Keberatan ditarik", "An objection was withdrawn"),
    _objection("corrected", "Data yang dibantah diperbaiki", "A fact that was objected to was corrected"),
    _objection("late", "Keberatan lewat waktu", "An objection was not answered in time"),
    _program("submitted", "Usulan program diajukan", "A programme was submitted"),
    _program("approved", "Usulan program disetujui", "A programme was approved"),
    _program("rejected", "Usulan program ditolak", "A programme was rejected"),
    _program("published", "Program dibuka", "A programme was published"),
    _program("started", "Program dimulai", "A programme started"),
    _program("completed", "Program selesai", "A programme was completed"),
    _program("cancelled", "Program dibatalkan", "A programme was cancelled"),
    _program("overlap_found", "Program serupa ditemukan", "A similar programme was found"),
    _program("overlap_resolved", "Kesamaan program diputuskan", "An overlap was decided on"),
    _program("merged", "Program digabung ke program lain", "A programme was merged into another"),
)
CATALOGUE = {one.name: one for one in _TYPES}

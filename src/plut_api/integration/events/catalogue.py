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
_PROGRAM = "/v1/programs/{subject_id}"


def _referral(state: str, id: str, en: str) -> EventType:
    return EventType(f"referral.{state}", Text(id=id, en=en), _REFERRAL, facts=("actor_id",))


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
    _referral("approved", "Bank menyetujui pengajuan", "The bank approved a referral"),
    _referral("rejected", "Bank menolak pengajuan", "The bank rejected a referral"),
    _referral("withdrawn", "Pengajuan ditarik", "A referral was withdrawn"),
    _referral("disbursed", "Dana dicairkan", "A referral was disbursed"),
    _referral("closed", "Pengajuan ditutup", "A referral was closed"),
    _referral("consent_ended", "Izin atas pengajuan berakhir", "Consent for a referral ended"),
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

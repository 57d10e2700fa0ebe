"""Why a result changed, in words. What is not named here is told as a change of what is on file."""

from collections.abc import Mapping

from plut_api.kit.i18n import Text

OTHERWISE = Text(id="Data yang tercatat berubah.", en="What is on file changed.")
CAUSES: Mapping[str, Text] = {
    "rule_set": Text(id="Aturan kesiapan yang baru mulai berlaku.", en="New rules of readiness came into force."),
    "new_day": Text(
        id="Waktu berjalan: umur usaha, masa berlaku, atau batas waktu berubah.",
        en="Time passed: an age, a validity or a term changed.",
    ),
    "recompute": Text(id="Semua dinilai ulang oleh PLUT.", en="PLUT had everything judged again."),
    "confirmed": Text(id="Dinilai ulang saat konsultan mengonfirmasi.", en="Judged again as a consultant confirmed."),
    "merged": Text(id="Dua catatan usaha digabungkan.", en="Two records of the business were joined."),
    "parted": Text(id="Penggabungan catatan dibatalkan.", en="A joining of records was undone."),
    "actor.registered": Text(id="Usaha didaftarkan.", en="The business was registered."),
    "actor.changed": Text(id="Data usaha diubah.", en="The record of the business was changed."),
    "actor.status_changed": Text(id="Status usaha berubah.", en="The status of the business changed."),
    "owner.added": Text(id="Pemilik ditambahkan.", en="An owner was added."),
    "owner.changed": Text(id="Kepemilikan diubah.", en="The ownership was changed."),
    "owner.ended": Text(id="Seorang pemilik keluar.", en="An owner left."),
    "person.changed": Text(id="Data pemilik diubah.", en="The record of the owner was changed."),
    "figures.recorded": Text(id="Angka tahunan dicatat.", en="Yearly figures were recorded."),
    "papers.changed": Text(
        id="Berkas pembiayaan diubah: rencana, pernyataan kredit, pembukuan, atau rekening.",
        en="Papers for financing were changed: plan, credit declaration, books or accounts.",
    ),
    "outcome.verified": Text(id="Bukti hasil pelatihan disahkan.", en="Evidence of an outcome was verified."),
    "outcome.level_changed": Text(id="Tingkat hasil pelatihan berubah.", en="A level of an outcome changed."),
    "enrolment.completed": Text(id="Pelatihan diselesaikan.", en="Training was completed."),
    "enrolment.changed": Text(id="Keikutsertaan pelatihan diubah.", en="An enrolment was changed."),
    "import.committed": Text(id="Data dimuat dari berkas.", en="Data was loaded from a file."),
    "cooperative.registered": Text(id="Koperasi didaftarkan.", en="The cooperative was registered."),
    "cooperative.changed": Text(id="Data koperasi diubah.", en="The record of the cooperative was changed."),
}


def words_of(cause: str) -> Text:
    """A cause in both languages."""
    return CAUSES.get(cause, OTHERWISE)

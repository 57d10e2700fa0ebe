"""Words for the codes that the timeline of a business speaks of."""

from collections.abc import Mapping

from plut_api.actors.models import ActorStatus, FigureSource, LegalForm, OwnerRole, SizeCause, SizeClass, Verification
from plut_api.kit.i18n import Text

Words = Mapping[str, Text]

SIZES: Words = {
    SizeClass.micro: Text(id="usaha mikro", en="a micro business"),
    SizeClass.small: Text(id="usaha kecil", en="a small business"),
    SizeClass.medium: Text(id="usaha menengah", en="a medium business"),
    SizeClass.large: Text(id="usaha besar", en="a large business"),
}
CAUSES: Words = {
    SizeCause.figures: Text(id="menurut angka tahun baru", en="by the figures of another year"),
    SizeCause.correction: Text(id="karena angkanya diperbaiki", en="since its figures were corrected"),
    SizeCause.law: Text(id="karena batas dalam aturan berubah", en="since the bounds in law changed"),
    SizeCause.import_: Text(id="menurut berkas data", en="by a file of records"),
    SizeCause.merge: Text(id="karena data ganda digabung", en="since double records were merged"),
}
LEVELS: Words = {
    Verification.declared: Text(id="pernyataan pemilik", en="as declared"),
    Verification.document_seen: Text(id="dokumen dilihat", en="with papers seen"),
    Verification.verified: Text(id="terverifikasi", en="as verified"),
}
SOURCES: Words = {
    FigureSource.owner: Text(id="dari pemilik", en="by an owner"),
    FigureSource.officer: Text(id="dari petugas", en="by an officer"),
    FigureSource.import_: Text(id="dari berkas data", en="by a file of records"),
    FigureSource.tax: Text(id="dari pelaporan pajak", en="by tax records"),
    FigureSource.exchange: Text(id="dari pertukaran data", en="by exchange of records"),
}
STATES: Words = {
    ActorStatus.active: Text(id="berjalan", en="trades"),
    ActorStatus.dormant: Text(id="berhenti sementara", en="pauses"),
    ActorStatus.closed: Text(id="tutup", en="is closed"),
}
FORMS: Words = {
    LegalForm.individual: Text(id="usaha perorangan", en="a sole trader"),
    LegalForm.cv: Text(id="CV", en="a CV"),
    LegalForm.firma: Text(id="firma", en="a firm"),
    LegalForm.pt: Text(id="PT", en="a PT"),
    LegalForm.pt_individual: Text(id="PT perorangan", en="a sole PT"),
    LegalForm.cooperative: Text(id="koperasi", en="a cooperative"),
    LegalForm.other: Text(id="bentuk lain", en="another form"),
}
OWNER_ROLES: Words = {
    OwnerRole.owner: Text(id="pemilik", en="owner"),
    OwnerRole.director: Text(id="direktur", en="director"),
    OwnerRole.manager: Text(id="pengelola", en="manager"),
}

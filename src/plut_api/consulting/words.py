"""What is said of consultations, in both languages."""

from plut_api.consulting.models import ConsultingChannel, ConsultingField
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, fault

FIELDS = {
    ConsultingField.institution: Text(id="kelembagaan", en="institution"),
    ConsultingField.human_resources: Text(id="sumber daya manusia", en="human resources"),
    ConsultingField.production: Text(id="produksi", en="production"),
    ConsultingField.finance: Text(id="pembiayaan", en="finance"),
    ConsultingField.marketing: Text(id="pemasaran", en="marketing"),
}
CHANNELS = {
    ConsultingChannel.visit: Text(id="kunjungan", en="a visit"),
    ConsultingChannel.office: Text(id="tatap muka di PLUT", en="a meeting at PLUT"),
    ConsultingChannel.phone: Text(id="telepon", en="a phone call"),
    ConsultingChannel.video: Text(id="panggilan video", en="a video call"),
}
FROM_HERE = Text(
    id="Konsultasi ini berstatus {state}; langkah Anda yang mungkin: {moves}",
    en="This consultation is {state}; what you can do with it now: {moves}",
)
REASON_MISSING = fault("#/reason", "missing", id="Jelaskan alasannya", en="Say why")
PERSON_MISSING = fault("#/person_id", "missing", id="Sebutkan siapa kliennya", en="Name the client")
NOT_THEIR_BUSINESS = fault(
    "#/actor_id",
    "not_their_business",
    id="Klien tidak tercatat sebagai pemilik atau pengurus usaha ini",
    en="The client is not on file as an owner or director of this business",
)
WISHED_PAST = fault(
    "#/wished_days", "day_past", id="Hari yang diinginkan sudah lewat", en="A day that is wished for has passed"
)
CONSULTANT_UNKNOWN = fault(
    "#/consultant_id",
    "consultant_unknown",
    id="Tidak ada konsultan aktif dengan akun ini",
    en="There is no active consultant with this account",
)
SHIFT_OR_START = fault(
    "#/starts",
    "shift_or_start",
    id="Isi giliran, atau jam mulai, salah satu saja",
    en="Give a shift or a start, not both",
)
TOO_LONG = fault(
    "#/planned_minutes",
    "past_midnight",
    id="Janji harus selesai pada hari yang sama",
    en="It has to end on the same day",
)
TOO_EARLY = fault("#", "day_still_to_come", id="Harinya belum tiba", en="The day is still to come")
NEXT_BEFORE = fault(
    "#/next_visit_on",
    "before_this_visit",
    id="Kunjungan berikut harus setelah yang ini",
    en="The next visit comes after this one",
)


def too_long_ago(days: int) -> Fault:
    """A day further back than records are taken for."""
    return fault(
        "#/on_date",
        "too_long_ago",
        id=f"Paling lama {days} hari ke belakang",
        en=f"At most {days} days back",
    )


def too_far_ahead(days: int) -> Fault:
    """A day further ahead than appointments are made for."""
    return fault("#/on_date", "too_far_ahead", id=f"Paling lama {days} hari ke depan", en=f"At most {days} days ahead")


def due_before(at: int) -> Fault:
    """An agreed action that would be due before it was agreed."""
    return fault(
        f"#/actions/{at}/due_on",
        "due_before_visit",
        id="Tenggat tidak boleh sebelum hari konsultasi",
        en="It cannot be due before the day of the consultation",
    )

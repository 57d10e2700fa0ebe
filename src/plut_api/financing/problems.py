"""What can stand in the way of readiness, of pulling the ready list, and of referrals."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, Gone, NotFound


class NotReady(Conflict):
    """The rules are not met; `reasons` lists what does not pass, with the next step for each."""

    code = "not_ready"
    title = Text(id="Syarat kesiapan belum lengkap", en="The rules of readiness are not met yet")


class RuleSetNotFound(NotFound):
    """There is no such version of the rules."""

    code = "rule_set_not_found"
    title = Text(id="Versi aturan tidak ditemukan", en="There is no such version of the rules")


class NotConfirmed(Conflict):
    """There is no confirmation of readiness to end."""

    code = "not_confirmed"
    title = Text(id="Kesiapan usaha ini belum dikonfirmasi", en="The readiness of this business is not confirmed")


class ConsultantOnly(Forbidden):
    """Only a PLUT consultant confirms readiness."""

    code = "consultant_only"
    title = Text(id="Hanya konsultan PLUT yang dapat melakukan ini", en="Only a PLUT consultant may do this")


class SyncTokenExpired(Gone):
    """The token is too old, or the data was restored since: pull the whole list again, without a token."""

    code = "sync_token_expired"
    title = Text(
        id="Token sinkronisasi sudah tidak berlaku; tarik seluruh daftar lagi tanpa token",
        en="The sync token has ended; pull the whole list again without it",
    )


class ReferralNotFound(NotFound):
    """There is no such referral, or none that the caller may see."""

    code = "referral_not_found"
    title = Text(id="Rujukan tidak ditemukan", en="There is no such referral")


class NotReadyForReferral(Conflict):
    """A referral needs a readiness that a consultant has confirmed and that is still in force."""

    code = "not_ready_for_referral"
    title = Text(
        id="Kesiapan usaha ini belum dikonfirmasi atau sudah lewat waktu",
        en="The readiness of this business is not confirmed, or has run out",
    )


class ConsentMissing(Conflict):
    """A referral needs the owner's consent to this bank."""

    code = "consent_missing"
    title = Text(id="Pemilik belum memberi persetujuan kepada bank ini", en="The owner has not consented to this bank")


class ReferralAlreadyOpen(Conflict):
    """Under one scheme a business asks one bank at a time; wait for the end of that referral, or withdraw it."""

    code = "referral_already_open"
    title = Text(id="Masih ada rujukan terbuka dalam skema ini", en="A referral under this scheme is still open")


class ReferralMoveNotAllowed(Conflict):
    """From its present state the caller cannot make this move; `allowed_moves` lists those they can."""

    code = "referral_move_not_allowed"
    title = Text(id="Langkah ini tidak dapat dilakukan sekarang", en="This move is not possible now")

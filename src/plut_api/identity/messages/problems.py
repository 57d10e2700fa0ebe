"""What can stand in the way of being told, or of what a gateway tells."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Fault, NotFound, Unauthorized, fault


class MessageNotFound(NotFound):
    """There is no such message in the caller's inbox."""

    code = "message_not_found"
    title = Text(id="Pesan tidak ditemukan", en="There is no such message")


class EmailCodeRefused(Conflict):
    """The code is wrong, used or too old; send the address again to get another."""

    code = "email_code_refused"
    title = Text(
        id="Kode salah atau sudah tidak berlaku; kirim lagi alamat surel untuk kode baru",
        en="The code is wrong or has ended; send the address again for another",
    )


class NoEmailToConfirm(Conflict):
    """No e-mail address waits for its code."""

    code = "no_email_to_confirm"
    title = Text(id="Tidak ada surel yang menunggu kode", en="No e-mail address waits for a code")


class SignatureRefused(Unauthorized):
    """The receipt is not signed with the shared secret, or its time is not about now."""

    code = "signature_refused"
    title = Text(id="Tanda tangan tidak benar atau kedaluwarsa", en="The signature is wrong or too old")


class DeliveryNotFound(NotFound):
    """No message was handed to this gateway under that id; it may not be noted yet, so ask again in a moment."""

    code = "delivery_not_found"
    title = Text(id="Pengiriman tidak ditemukan", en="There is no such delivery")


def always_sent(number: int) -> Fault:
    """The fault of a kind that cannot be switched off."""
    return fault(
        f"#/muted_kinds/{number}",
        "always_sent",
        id="Kode dan keputusan selalu dikirim; hanya pengingat dan penawaran yang dapat dimatikan",
        en="Codes and decisions are always sent; only reminders and offers can be switched off",
    )


HALF_QUIET = fault(
    "#/quiet_from",
    "quiet_hours_incomplete",
    id="Isi quiet_from dan quiet_to, atau kosongkan keduanya",
    en="Give both quiet_from and quiet_to, or neither",
)
OF_STAFF = fault(
    "#/email",
    "email_of_staff",
    id="Surel petugas diubah oleh Dinas, bukan di sini",
    en="The e-mail address of staff is changed by the Dinas, not here",
)

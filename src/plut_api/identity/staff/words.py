"""Mails to staff, in the language of the account."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text


@dataclass(frozen=True)
class Mail:
    """A subject and a text; the text has places for `name`, `link` and `hours`."""

    subject: Text
    text: Text


INVITATION = Mail(
    subject=Text(id="Undangan ke PLUT NTB", en="Your invitation to PLUT NTB"),
    text=Text(
        id="""Halo {name},

Dinas mengundang Anda sebagai petugas di PLUT NTB. Buka tautan ini untuk memilih sandi:

{link}

Tautan berlaku {hours} jam dan hanya sekali pakai. Jangan teruskan kepada siapa pun.
Jika Anda tidak mengharapkan surel ini, abaikan saja.
""",
        en="""Dear {name},

the Dinas invites you to PLUT NTB as a member of staff. Open this link to choose a password:

{link}

It works for {hours} hours, once. Pass it on to nobody.
If you did not expect this mail, ignore it.
""",
    ),
)
RESET = Mail(
    subject=Text(id="Sandi baru untuk PLUT NTB", en="A new password for PLUT NTB"),
    text=Text(
        id="""Halo {name},

ada permintaan sandi baru untuk akun ini. Buka tautan ini untuk memilihnya:

{link}

Tautan berlaku {hours} jam dan hanya sekali pakai. Semua sesi yang sedang masuk akan berakhir.
Jika Anda tidak memintanya, abaikan surel ini; sandi Anda tidak berubah.
""",
        en="""Dear {name},

somebody asked for a new password for this account. Open this link to choose it:

{link}

It works for {hours} hour(s), once. Every session that is signed in will end.
If it was not you, ignore this mail; your password stays as it is.
""",
    ),
)

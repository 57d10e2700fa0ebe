"""What can stand in the way of guardians, segments, changes of phone, and taking a record over."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound, TooManyRequests


class RecordNotFound(NotFound):
    """No record that waits for its person fits what was given: it is unknown, or phone, NIK or code are not its own, or
    the code has ended. Which of these is not told. PLUT's staff can make a code (`takeover-codes`)."""

    code = "record_not_found"
    title = Text(
        id="Data tidak ditemukan, atau nomor, NIK, atau kode tidak cocok; minta kode di PLUT",
        en="There is no such record, or phone, NIK or code do not fit it; ask PLUT for a code",
    )


class RecordTaken(Conflict):
    """The record was taken over by its person in another account already."""

    code = "record_taken"
    title = Text(
        id="Data ini sudah diambil alih oleh akun lain; hubungi PLUT bila itu bukan Anda",
        en="Another account has taken this record over; ask PLUT if that was not you",
    )


class TakeoverPaused(TooManyRequests):
    """Too many wrong tries to take a record over; `Retry-After` says when the next one is welcome."""

    code = "takeover_paused"
    title = Text(
        id="Terlalu banyak percobaan yang salah; coba lagi besok atau datang ke PLUT",
        en="Too many wrong tries; try again tomorrow, or come to PLUT",
    )


class HasAccount(Conflict):
    """The person signs in themself, so there is nothing left to take over."""

    code = "has_account"
    title = Text(id="Orang ini sudah memiliki akun sendiri", en="This person has an account of their own")


class PhoneTaken(Conflict):
    """Another account signs in by this number."""

    code = "phone_taken"
    title = Text(
        id="Nomor ini sudah dipakai akun lain; masuk dengan nomor itu atau hubungi PLUT",
        en="Another account has this number; sign in by it, or ask PLUT",
    )


class PhoneChangeNotAsked(Conflict):
    """No change of phone waits for a code; ask for it first (`POST /v1/me/phone`)."""

    code = "phone_change_not_asked"
    title = Text(id="Belum ada permintaan ganti nomor; ajukan dahulu", en="Ask for the change of phone first")


class IdentityNotVerified(Conflict):
    """Staff compare the identity card first (`verify-identity`), then change the phone."""

    code = "identity_not_verified"
    title = Text(id="Cocokkan dahulu KTP orang ini", en="Compare this person's identity card first")


class GuardianNeeded(Conflict):
    """For a minor this needs a guardian on record (UU 27/2022 art. 25). Staff record one when they register the minor
    (`guardian`), or later by `POST /v1/people/{id}/guardians`."""

    code = "guardian_needed"
    title = Text(
        id="Orang ini belum dewasa; catat dahulu wali atau orang tuanya",
        en="This person is a minor; a guardian has to be on record first",
    )


class NotAMinor(Conflict):
    """Who is of age needs no guardian; whose birth date is not on file cannot be told to be a minor."""

    code = "not_a_minor"
    title = Text(
        id="Orang ini sudah dewasa, atau tanggal lahirnya belum diisi",
        en="This person is of age, or the birth date is not on file",
    )


class GuardianAlready(Conflict):
    """This guardian of this person is on record already."""

    code = "guardian_already"
    title = Text(id="Wali ini sudah tercatat", en="This guardian is on record already")


class GuardianshipNotFound(NotFound):
    """There is no such guardian of this person, or none that the caller may see."""

    code = "guardianship_not_found"
    title = Text(id="Perwalian tidak ditemukan", en="There is no such guardianship")


class GuardianshipEnded(Conflict):
    """This guardianship has ended already."""

    code = "guardianship_ended"
    title = Text(id="Perwalian ini sudah berakhir", en="This guardianship has ended already")


class SegmentNotFound(NotFound):
    """There is no such period of this person in a segment, or none that the caller may see."""

    code = "segment_not_found"
    title = Text(id="Data kelompok sasaran tidak ditemukan", en="There is no such period in a segment")


class SegmentAlready(Conflict):
    """The person belongs to this segment in a part of that time already."""

    code = "segment_already"
    title = Text(
        id="Orang ini sudah tercatat dalam kelompok ini pada masa itu",
        en="The person is on record in this segment for that time already",
    )


class SegmentEnded(Conflict):
    """This period has ended already."""

    code = "segment_ended"
    title = Text(id="Masa ini sudah berakhir", en="This period has ended already")

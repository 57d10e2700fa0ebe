"""What can stand in the way of answering a follow-up."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class FollowUpNotFound(NotFound):
    """There is no such follow-up, or none that the caller may see."""

    code = "follow_up_not_found"
    title = Text(id="Tindak lanjut tidak ditemukan", en="There is no such follow-up")


class FollowUpAnswered(Conflict):
    """A follow-up is answered once; a wrong answer is corrected by a consultant (`POST .../correct`)."""

    code = "follow_up_answered"
    title = Text(
        id="Tindak lanjut ini sudah dijawab; minta konsultan memperbaikinya bila keliru",
        en="This follow-up was answered already; ask a consultant to correct it if it is wrong",
    )


class FollowUpMissed(Conflict):
    """The term to answer is over; the next follow-up asks again, and PLUT's staff can note what they find till then."""

    code = "follow_up_missed"
    title = Text(
        id="Waktu menjawab sudah lewat; tindak lanjut berikutnya akan menanyakan lagi",
        en="The time to answer is over; the next follow-up will ask again",
    )


class FollowUpNotAnswered(Conflict):
    """There is no answer to correct yet; answer the follow-up instead (`POST .../answer`)."""

    code = "follow_up_not_answered"
    title = Text(id="Tindak lanjut ini belum dijawab", en="This follow-up was not answered yet")


class CorrectionTooLate(Conflict):
    """Answers are corrected within the days that the rule value `follow_up.correct_days` gives; after that, what is
    so today is noted as a new follow-up (`POST /v1/enrolments/{enrolment_id}/follow-ups`).
    """

    code = "correction_too_late"
    title = Text(
        id="Masa perbaikan jawaban sudah lewat; catat keadaan hari ini sebagai tindak lanjut baru",
        en="The time to correct this answer is over; note what is so today as a new follow-up",
    )


class FollowUpOpen(Conflict):
    """The participant is being asked already: answer the open follow-up instead of noting another."""

    code = "follow_up_open"
    title = Text(
        id="Masih ada tindak lanjut yang terbuka; jawab yang itu",
        en="A follow-up is open already; answer that one",
    )


class EnrolmentNotCompleted(Conflict):
    """What is left of training is asked after it was completed."""

    code = "enrolment_not_completed"
    title = Text(id="Peserta ini belum menyelesaikan pelatihan", en="The participant has not completed the training")

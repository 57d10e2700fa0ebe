"""What can stand in the way of assessing, proving and verifying outcomes."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class EvidenceNotFound(NotFound):
    """There is no such evidence, or none that the caller may see."""

    code = "evidence_not_found"
    title = Text(id="Bukti tidak ditemukan", en="There is no such evidence")


class AssessorOnly(Forbidden):
    """Baselines and targets are set by PLUT's staff or the organizer of the programme, not by the participant."""

    code = "assessor_only"
    title = Text(
        id="Tingkat awal dan sasaran ditetapkan petugas PLUT atau penyelenggara program",
        en="Baselines and targets are set by PLUT staff or the organizer of the programme",
    )


class EnrolmentWithdrawn(Conflict):
    """The participant gave the seat back, so nothing is assessed or proven in this enrolment any more."""

    code = "enrolment_withdrawn"
    title = Text(id="Peserta sudah mengundurkan diri", en="The participant has withdrawn")


class BaselineMissing(Conflict):
    """Set the level before (`PUT .../baseline`) first: a change can be seen only from somewhere."""

    code = "baseline_missing"
    title = Text(id="Tetapkan tingkat awal terlebih dahulu", en="Set the baseline first")


class OutcomeSettled(Conflict):
    """A level was proven from this baseline and for this target: the baseline stays, the target only rises."""

    code = "outcome_settled"
    title = Text(
        id="Capaian sudah terbukti; tingkat awal tetap dan target hanya dapat naik",
        en="A level was proven already; the baseline stays and the target can only rise",
    )


class EvidenceAlreadyDecided(Conflict):
    """This evidence was verified or rejected already; new proof is new evidence."""

    code = "evidence_already_decided"
    title = Text(id="Bukti ini sudah diputuskan", en="This evidence was decided already")


class VerifierIsSubmitter(Conflict):
    """Who submitted evidence does not decide on it; another consultant does."""

    code = "verifier_is_submitter"
    title = Text(
        id="Bukti diputuskan oleh konsultan lain, bukan oleh yang mengajukannya",
        en="Evidence is decided by another consultant than the one who submitted it",
    )


class VerifierIsParticipant(Conflict):
    """Nobody decides on what they themself achieved, nor on that of a minor in their care; another consultant does."""

    code = "verifier_is_participant"
    title = Text(
        id="Bukti diputuskan oleh konsultan lain, bukan oleh peserta sendiri",
        en="Evidence is decided by another consultant than the participant",
    )


class SubmitterOnly(Forbidden):
    """Evidence is withdrawn by who submitted it."""

    code = "submitter_only"
    title = Text(id="Hanya yang mengajukan bukti dapat menariknya", en="Only who submitted evidence can withdraw it")


class EvidenceNotVerified(Conflict):
    """Only evidence by which a level was found proven can be revoked; `state` says what became of this."""

    code = "evidence_not_verified"
    title = Text(id="Bukti ini tidak sedang berlaku", en="This evidence proves nothing at present")


class RubricNotFound(NotFound):
    """There is no such version of the rubric; `GET /v1/outcome-rubrics` lists those that there are."""

    code = "rubric_not_found"
    title = Text(id="Versi rubrik tidak ditemukan", en="There is no such version of the rubric")


class VerifierIsTrainer(Conflict):
    """Who trained in the programme does not decide on what its participants achieved; another consultant does."""

    code = "verifier_is_trainer"
    title = Text(
        id="Bukti diputuskan oleh konsultan lain, bukan oleh pelatih program ini",
        en="Evidence is decided by another consultant than the trainer of the programme",
    )

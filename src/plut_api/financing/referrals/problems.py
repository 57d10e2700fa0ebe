"""What can stand in the way of making, moving and answering referrals, beyond what `financing/problems.py` names."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class AlreadyFinanced(Conflict):
    """Financing under this scheme, or under one that may not stand beside it, is being repaid."""

    code = "already_financed"
    title = Text(
        id="Usaha ini masih punya pembiayaan dalam skema ini atau skema yang tidak boleh berdampingan",
        en="The business still has financing under this scheme, or under one that excludes it",
    )


class ReferralNotDraft(Conflict):
    """Only a draft can be changed; what a bank has received is withdrawn and made anew."""

    code = "referral_not_draft"
    title = Text(id="Hanya draf yang dapat diubah", en="Only a draft can be changed")


class ReferralQueueNotFound(NotFound):
    """There is no such order of banks, or none that the caller may see."""

    code = "referral_queue_not_found"
    title = Text(id="Urutan bank tidak ditemukan", en="There is no such order of banks")


class RequestedDocumentsMissing(Conflict):
    """Not every document that the bank asked for has a file; `missing` lists their requests. A note can say why not."""

    code = "requested_documents_missing"
    title = Text(
        id="Masih ada dokumen yang diminta bank tetapi belum disertakan; jelaskan di catatan bila tidak ada",
        en="Documents that the bank asked for are missing; say why in a note if there are none",
    )


class DocumentsNotTaken(Conflict):
    """Documents are supplied with a draft, or when the bank has asked for some."""

    code = "documents_not_taken"
    title = Text(
        id="Dokumen disertakan pada draf, atau saat bank memintanya",
        en="Documents are supplied with a draft, or when the bank has asked for some",
    )


class DocumentAlreadySupplied(Conflict):
    """This file is part of the referral already."""

    code = "document_already_supplied"
    title = Text(id="Berkas ini sudah disertakan", en="This file is part of the referral already")


class NothingToAcknowledge(Conflict):
    """The referral has not ended without financing, or its end was acknowledged before."""

    code = "nothing_to_acknowledge"
    title = Text(
        id="Rujukan ini belum berakhir, atau akhirnya sudah dikonfirmasi",
        en="The referral has not ended, or its end was acknowledged before",
    )


class DinasOrBankOnly(Forbidden):
    """The Dinas reads the clocks of all banks, a bank its own."""

    code = "dinas_or_bank_only"
    title = Text(id="Hanya Dinas dan bank yang dapat melihat ini", en="Only the Dinas and banks may see this")

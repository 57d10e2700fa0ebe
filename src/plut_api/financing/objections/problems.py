"""What can stand in the way of objecting, and of answering."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, Forbidden, NotFound


class ObjectionNotFound(NotFound):
    """There is no such objection, or none that the caller may see."""

    code = "objection_not_found"
    title = Text(id="Keberatan tidak ditemukan", en="There is no such objection")


class ObjectionOpen(Conflict):
    """One open objection per rule; wait for its answer, or withdraw it."""

    code = "objection_open"
    title = Text(
        id="Keberatan atas syarat ini masih terbuka; tunggu jawabannya atau tarik kembali",
        en="An objection to this rule is open already; wait for the answer or withdraw it",
    )


class ObjectionEnded(Conflict):
    """The objection was answered or withdrawn already."""

    code = "objection_ended"
    title = Text(id="Keberatan ini sudah selesai", en="This objection has ended already")


class ObjectionNotUpheld(Conflict):
    """Only where an objection was upheld there is a fact to correct, once."""

    code = "objection_not_upheld"
    title = Text(id="Tidak ada data yang harus diperbaiki di sini", en="There is no fact to correct here")


class OwnWordObjectedTo(Forbidden):
    """The result rests on the caller's own word, so another consultant answers."""

    code = "own_word_objected_to"
    title = Text(
        id="Keberatan ini menyangkut pernyataan Anda sendiri; konsultan lain yang menjawab",
        en="This objects to your own word; another consultant answers",
    )


class ObjectorOnly(Forbidden):
    """Only the owner of the business, or a manager of the cooperative, withdraws an objection."""

    code = "objector_only"
    title = Text(
        id="Hanya pemilik usaha atau pengurus koperasi yang dapat menarik keberatan",
        en="Only the owner of the business or a manager of the cooperative may withdraw this",
    )

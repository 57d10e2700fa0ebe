"""What can stand in the way of merging two records, and of parting them again."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound, PreconditionFailed, ServiceUnavailable, Unprocessable, fault


class MergeNotFound(NotFound):
    """There is no such merge."""

    code = "merge_not_found"
    title = Text(id="Penggabungan tidak ditemukan", en="There is no such merge")


class MergeWithItself(Unprocessable):
    """A record cannot be merged with itself; `merged_id` names the other one."""

    code = "merge_with_itself"
    title = Text(id="Data tidak dapat digabung dengan dirinya sendiri", en="A record cannot be merged with itself")


class MergedUnknown(Unprocessable):
    """There is no such record under `merged_id`."""

    code = "merged_unknown"
    title = Text(id="Data yang akan digabung tidak ditemukan", en="There is no record under merged_id")


class AlreadyMerged(Conflict):
    """One of the two records was merged already: `merge_id` names that merge, `survivor_id` where it lives on."""

    code = "already_merged"
    title = Text(id="Salah satu data sudah digabung", en="One of the two records was merged already")


class NotTheSamePerson(Conflict):
    """Both records have a verified NIK, and they differ: these are two people."""

    code = "not_the_same_person"
    title = Text(
        id="Kedua data memiliki NIK terverifikasi yang berbeda: ini dua orang",
        en="Both records have a verified NIK, and they differ: these are two people",
    )


class MergePreviewStale(PreconditionFailed):
    """Something changed since the preview, or its token is not of these two records; look at the preview again."""

    code = "merge_preview_stale"
    title = Text(
        id="Ada yang berubah sejak pratinjau; lihat pratinjau lagi", en="Something changed since the preview; ask again"
    )


class MergeUndone(Conflict):
    """This merge was undone already."""

    code = "merge_undone"
    title = Text(id="Penggabungan ini sudah dibatalkan", en="This merge was undone already")


class UndoTooLate(Conflict):
    """The days within which a merge can be undone are over (`undo_until`), or what it took to undo it was erased."""

    code = "undo_too_late"
    title = Text(id="Penggabungan ini tidak dapat dibatalkan lagi", en="This merge can no longer be undone")


class UndoLaterFirst(Conflict):
    """The survivor was itself merged into another later; undo that merge (`merge_id`) first."""

    code = "undo_later_first"
    title = Text(id="Batalkan dulu penggabungan yang lebih baru", en="Undo the later merge first")


class MergeBusy(ServiceUnavailable):
    """Others are writing to these records right now; nothing was changed. Ask again shortly."""

    code = "merge_busy"
    title = Text(id="Data sedang dipakai; coba lagi sebentar", en="These records are in use; try again shortly")


UNKNOWN_FIELD = fault(
    "#/choices",
    "field_unknown",
    id="Sebutkan hanya kolom yang ada di pratinjau (fields)",
    en="Name only fields that the preview shows (fields)",
)

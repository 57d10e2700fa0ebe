"""What stands in the way of a programme that another one resembles."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class OverlapUnresolved(Conflict):
    """The programme resembles others too much. The Dinas first records what becomes of each of `open_overlaps`.

    `POST /v1/programs/{id}/overlaps/{overlap_id}/resolution` takes the decision: merge, co-host, differentiate, reject.
    """

    code = "overlap_unresolved"
    title = Text(
        id="Program ini tumpang tindih dengan program lain; putuskan dahulu setiap temuan",
        en="This programme overlaps with others; decide each finding first",
    )


class OverlapNotFound(NotFound):
    """There is no such finding of this programme, or none that the caller may see."""

    code = "overlap_not_found"
    title = Text(id="Temuan tumpang tindih tidak ditemukan", en="There is no such finding")


class OverlapNotOpen(Conflict):
    """The finding was decided already, or no longer holds; read the programme's findings again."""

    code = "overlap_not_open"
    title = Text(
        id="Temuan ini sudah diputuskan atau tidak berlaku lagi", en="This finding was decided, or no longer holds"
    )


class ProgramsNotMergeable(Conflict):
    """Programmes merge before they are held: one that runs can take another in, one that has ended cannot.

    Neither can a draft, or one that was rejected or called off.
    """

    code = "programs_not_mergeable"
    title = Text(
        id="Kedua program ini tidak dapat digabung lagi; putuskan dengan cara lain",
        en="These two programmes can no longer be merged; decide in another way",
    )

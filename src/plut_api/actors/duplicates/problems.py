"""What can stand in the way of deciding on a pair."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound, fault


class DuplicateNotFound(NotFound):
    """There is no such pair."""

    code = "duplicate_not_found"
    title = Text(id="Pasangan data tidak ditemukan", en="There is no such pair")


class DuplicateDecided(Conflict):
    """This pair is not open: somebody has decided already, or one of the two is no more. `state` says which."""

    code = "duplicate_decided"
    title = Text(id="Pasangan data ini sudah diputuskan", en="This pair was decided already")


NOT_OF_PAIR = fault(
    "#/survivor_id",
    "not_of_this_pair",
    id="Pilih salah satu dari kedua data dalam pasangan ini (a_id atau b_id)",
    en="Choose one of the two records of this pair (a_id or b_id)",
)

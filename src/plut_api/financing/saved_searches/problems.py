"""What can stand in the way of saving a search."""

from plut_api.kit.i18n import Text
from plut_api.kit.problems import Conflict, NotFound


class SavedSearchNotFound(NotFound):
    """There is no such search, or none of this bank."""

    code = "saved_search_not_found"
    title = Text(id="Pencarian tersimpan tidak ditemukan", en="There is no such saved search")


class SavedSearchNameTaken(Conflict):
    """Another search of this bank has the name."""

    code = "saved_search_name_taken"
    title = Text(id="Nama pencarian sudah dipakai", en="Another saved search has this name")


class TooManySavedSearches(Conflict):
    """A bank keeps a bounded number of searches; remove one first."""

    code = "too_many_saved_searches"
    title = Text(
        id="Batas pencarian tersimpan tercapai; hapus salah satu", en="No more searches can be saved; remove one first"
    )

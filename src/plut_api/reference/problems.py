"""What can stand in the way of a request for reference data."""

from dataclasses import dataclass

from plut_api.kit.i18n import Text
from plut_api.kit.problems import NotFound


@dataclass(eq=False)
class RegionNotFound(NotFound):
    """No region of NTB has, or ever had, this code in the codings known here (those from 2017 on)."""

    code = "region_not_found"
    title = Text(id="Kode wilayah tidak ditemukan di NTB", en="No region of NTB has this code")


@dataclass(eq=False)
class KbliNotFound(NotFound):
    """This version of KBLI has no such code. Another version may have the same digits for another activity."""

    code = "kbli_not_found"
    title = Text(id="Kode KBLI tidak ditemukan pada versi ini", en="This version of KBLI has no such code")

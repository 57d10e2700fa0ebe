"""What the groups of the report on financing are called."""

from collections.abc import Mapping

from plut_api.financing.products.schemes import shipped_schemes
from plut_api.insights.financing.asked import Grouping
from plut_api.insights.reports.words import SEGMENTS
from plut_api.kit.i18n import Text

WHOLE = Text(id="Seluruh NTB", en="All of NTB")
SIZES: Mapping[str, Text] = {
    "micro": Text(id="Usaha mikro", en="Micro businesses"),
    "small": Text(id="Usaha kecil", en="Small businesses"),
    "medium": Text(id="Usaha menengah", en="Medium businesses"),
    "large": Text(id="Usaha besar", en="Large businesses"),
}


def words_of(by: Grouping) -> Mapping[str, Text]:
    """The words for the keys of a grouping that are codes; of others there are none."""
    match by:
        case Grouping.segment:
            return SEGMENTS
        case Grouping.size_class:
            return SIZES
        case Grouping.scheme:
            return {scheme.code: Text(id=scheme.name.id, en=scheme.name.en) for scheme in shipped_schemes()}
        case _:
            return {}

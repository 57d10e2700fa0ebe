"""What changed in a dossier since it was frozen, item by item and member by member."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from plut_api.financing.dossiers.content import DossierContent

_WHOLE = ("request", "business", "readiness")
_KEYS = {"gates": "code", "figures": "id", "training": "id", "outcomes": "id", "evidence": "id"}


class Change(NamedTuple):
    """One difference: the section, the id or code of the item (None: the section is one item), and the members."""

    section: str
    item: str | None
    kind: Literal["added", "removed", "changed"]
    members: tuple[str, ...] = ()


def changes(frozen: DossierContent, present: DossierContent) -> list[Change]:
    """The differences, in the order of the sections."""
    before, after = frozen.model_dump(mode="json"), present.model_dump(mode="json")
    return [change for name in before for change in _of_section(name, before[name], after[name])]


def _of_section(name: str, before: Any, after: Any) -> Iterator[Change]:
    if name in _WHOLE:
        yield from _of_item(name, None, before, after)
        return
    key = _KEYS[name]
    old, new = ({str(item[key]): item for item in items} for items in (before, after))
    for item in old.keys() - new.keys():
        yield Change(name, item, "removed")
    for item, value in new.items():
        if item in old:
            yield from _of_item(name, item, old[item], value)
        else:
            yield Change(name, item, "added")


def _of_item(name: str, item: str | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    members = tuple(member for member in after if before.get(member) != after[member])
    if members:
        yield Change(name, item, "changed", members)

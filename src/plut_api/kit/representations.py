"""Which representation of a list a caller asks for with `Accept` (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence

from plut_api.kit.problems import NotAcceptable


def representation(accept: str, offered: Sequence[str]) -> str:
    """The offered media type that the caller likes best; the earlier of equals. Raises NotAcceptable.

    The most precise range counts: `application/json;q=0, */*` is everything but JSON.
    """
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    liked = {name: _quality(name, ranges) for name in offered}
    best = max(offered, key=lambda name: liked[name])
    if liked[best] <= 0:
        raise NotAcceptable()
    return best


def _quality(name: str, ranges: Sequence[tuple[str, float]]) -> float:
    for candidate in (name, f"{name.partition('/')[0]}/*", "*/*"):
        found = [quality for wanted, quality in ranges if wanted == candidate]
        if found:
            return max(found)
    return 0.0


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return name, float(value)
            except ValueError:
                return name, 0.0
    return name, 1.0

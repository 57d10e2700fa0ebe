"""Two languages: Indonesian (default) and English, chosen by `Accept-Language`."""

from dataclasses import dataclass
from typing import Any, Literal

Locale = Literal["id", "en"]
DEFAULT_LOCALE: Locale = "id"


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; `{name}` placeholders are filled by `in_locale`."""

    id: str
    en: str

    def in_locale(self, locale: Locale, /, **values: Any) -> str:
        """The sentence in one language, with its placeholders filled."""
        words = self.en if locale == "en" else self.id
        return words.format(**values) if values else words

    def filled(self, **values: Any) -> "Text":
        """Both sentences with their placeholders filled."""
        return Text(id=self.id.format(**values), en=self.en.format(**values))


def locale_of(accept_language: str | None) -> Locale:
    """The best of our two languages for an `Accept-Language` value (RFC 9110 section 12.5.4)."""
    best: tuple[float, Locale] = (0.0, DEFAULT_LOCALE)
    for item in (accept_language or "").split(","):
        tag, _, weight = item.strip().lower().partition(";")
        language = tag.split("-")[0]
        if language not in ("id", "en"):
            continue
        quality = _quality(weight)
        if quality > best[0]:
            best = (quality, "en" if language == "en" else "id")
    return best[1]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0

"""How long a text message is, as networks count and bill it (3GPP TS 23.038).

A text of the GSM alphabet has 160 places in one part and 153 in each of several; a character of its extension takes two
places and is never split. Any other character makes the whole text UCS-2, counted in UTF-16 units: 70, or 67 in each of
several parts.
"""

import math
import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "*", "\t": " "}


def plain(text: str) -> str:
    """The text with what has a near likeness in the GSM alphabet written so; letters of other scripts stay."""
    return "".join(_plain_character(character) for character in text)


def segments(text: str) -> int:
    """How many parts a text goes out in; at least one."""
    if is_gsm(text):
        places = [2 if character in _EXTENDED else 1 for character in text]
        return 1 if sum(places) <= 160 else _parts(places, 153)
    units = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return 1 if sum(units) <= 70 else _parts(units, 67)


def is_gsm(text: str) -> bool:
    """Whether every character is of the GSM alphabet or its extension."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def _parts(sizes: list[int], room: int) -> int:
    """Parts of so many places, of which no character is split."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return max(parts, math.ceil(sum(sizes) / room))


def _plain_character(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare if bare and all(part in _BASIC for part in bare) else character

"""How networks count text messages."""

import pytest

from plut_api.kit.messages.sms import is_gsm, plain, segments


@pytest.mark.parametrize(
    ("text", "parts", "why"),
    [
        ("", 1, "even nothing is one part"),
        ("a" * 160, 1, "what fits"),
        ("a" * 161, 2, "one more takes a header from each"),
        ("a" * 306, 2, "twice 153"),
        ("a" * 307, 3, "and one more"),
        ("€" * 80, 1, "the extension takes two places each"),
        ("€" * 81, 2, "so 80 are the most"),
        ("a" * 152 + "€" + "a" * 152, 3, "no character is split between two parts"),
        ("ü" * 160, 1, "some accents are of the alphabet"),
        ("☂" * 70, 1, "UCS-2 has room for 70"),
        ("☂" * 71, 2, "then 67 each"),
        ("☂" * 134, 2, "twice 67"),
        ("😀" * 35, 1, "two units each"),
        ("😀" * 36, 2, "so 35 are the most"),
        ("a" * 70 + "☂", 2, "one strange character makes all of it UCS-2"),
    ],
)
def test_parts_are_counted_as_networks_do(text: str, parts: int, why: str) -> None:
    assert segments(text) == parts, why


def test_near_likenesses_keep_a_text_in_the_cheap_alphabet() -> None:
    written = plain("“Kopi”…\u00a0Ibu Ā’išah – ñ ü €")

    assert is_gsm(written)
    assert written == '"Kopi"... Ibu A\'isah - ñ ü €'


def test_letters_of_other_scripts_stay() -> None:
    assert plain("ᬩᬮᬶ") == "ᬩᬮᬶ"

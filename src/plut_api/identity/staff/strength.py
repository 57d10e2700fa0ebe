"""Which passwords staff may choose: long ones of whatever characters, none that guessers try early.

NIST SP 800-63B section 3.1.1.2 and ASVS 5.0 V6.2: length over composition, no truncation, a list of known passwords,
nothing made of the account's own names. All of it offline; nothing is sent anywhere.
"""

import asyncio
import re
from functools import cache

from plut_api.identity.models import Account
from plut_api.identity.problems import WeakPassword
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault

SHORTEST = 12
LONGEST = 200
_HOUSE = frozenset({"plut", "plutntb", "ntb", "dinas", "koperasi", "umkm", "nusa", "tenggara", "barat"})
_EXAMINED = 64  # Characters; if they are strong, the whole is. The estimate takes more than linear time.
_STRONG_ENOUGH = 3  # zxcvbn's score: more than 10^8 guesses, each of which costs an argon2id here.
_FEWEST_OWN_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]{3,}")
_KNOWN = Text(id="Sandi ini ada di daftar sandi yang sering dipakai", en="This is a well-known password")
_NAMES = Text(
    id="Sandi ini hanya dari nama, surel atau kata PLUT; tambahkan kata lain",
    en="This is made of your name, your e-mail or words of PLUT; add other words",
)
_GUESSABLE = Text(
    id="Sandi ini mudah ditebak; pakai beberapa kata yang tidak berkaitan",
    en="This is easy to guess; use several words that have nothing to do with each other",
)


async def require_strong_password(password: str, account: Account, pointer: str) -> None:
    """Refuse a password that is easy to guess for this account. Raises WeakPassword."""
    weakness = await asyncio.to_thread(weakness_of, password, account.email or "", account.name or "")
    if weakness is not None:
        raise WeakPassword(errors=[weakness_at(pointer, weakness)])


def weakness_of(password: str, email: str, name: str) -> str | None:
    """`password_known`, `password_of_names`, `password_guessable`, or None if it will do."""
    from zxcvbn import zxcvbn  # Takes a while to load, and few processes ever need it.

    if password.lower() in _known_passwords():
        return "password_known"
    own = {word.lower() for word in _WORD.findall(f"{email} {name}")}
    if _is_made_of(password.lower(), own | _HOUSE):
        return "password_of_names"
    result = zxcvbn(password[:_EXAMINED], user_inputs=sorted(own | _HOUSE), max_length=_EXAMINED)
    return "password_guessable" if result["score"] < _STRONG_ENOUGH else None


def weakness_at(pointer: str, weakness: str) -> Fault:
    """What is wrong with a password, in words."""
    words = {"password_known": _KNOWN, "password_of_names": _NAMES, "password_guessable": _GUESSABLE}
    return Fault(pointer, weakness, words[weakness])


def _is_made_of(lowered: str, words: set[str] | frozenset[str]) -> bool:
    rest = lowered
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return rest != lowered and sum(character.isalpha() for character in rest) < _FEWEST_OWN_LETTERS


@cache
def _known_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])

"""What a caller is shown of a person whom they reach: the one place for it. Row rules (access.py) say whom they reach.

- In a record the person themself, PLUT's staff who serve them: everything; it is theirs to correct, or to compare with
  the card. In lists NIK and phone are masked for everybody. Disabilities need the scope `disability:read` as well.
- Who holds the office of a cooperative together with them: the name and a masked phone.
- An OPD: of its participants the name and masked numbers; nothing of the birth date, marital status or disabilities.
- Everybody else: nothing whole, not even the name. Banks are shown businesses by the ready list, with its own rule
  (the owner's live consent); OJK and partners have no operation on people at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from plut_api.identity.phones import masked_phone
from plut_api.kit.caller import Caller, Role

__all__ = ["View", "masked_name", "masked_nik", "masked_phone", "view_of"]

T = TypeVar("T")


@dataclass(frozen=True)
class View:
    """What is shown: the name whole; NIK and phone whole; what is nobody's business but the person's and PLUT's."""

    names: bool = False
    numbers: bool = False
    private: bool = False
    disabilities: bool = False

    def name(self, name: str) -> str:
        """A full name."""
        return name if self.names else masked_name(name)

    def nik(self, nik: str | None) -> str | None:
        """A NIK."""
        return nik if self.numbers or nik is None else masked_nik(nik)

    def phone(self, phone: str | None) -> str | None:
        """A phone number."""
        return phone if self.numbers or phone is None else masked_phone(phone)

    def confided(self, value: T) -> T | None:
        """Birth date, marital status and what follows from them; None where it is not shown."""
        return value if self.private else None

    def kinds_of_disability(self, kinds: list[str]) -> list[str]:
        """Kinds of disability, for who holds `disability:read`; nothing for others (UU 27/2022 art. 4)."""
        return kinds if self.private and self.disabilities else []

    def segments(self, segments: Iterable[str]) -> list[str]:
        """Segments, that of disability only with its scope."""
        return [one for one in segments if self.shows(one)]

    def shows(self, segment: str) -> bool:
        """Whether somebody in this segment is shown to be in it."""
        return segment != "disability" or (self.private and self.disabilities)


DISABILITY = "disability:read"
RECORD = View(names=True, numbers=True, private=True)
LISTED = View(names=True, private=True)
NAMED = View(names=True)
NOTHING = View()
_SERVES = frozenset({Role.person, Role.dinas, Role.consultant})


def view_of(caller: Caller, *, in_list: bool = False, as_colleague: bool = False) -> View:
    """What a caller is shown of the people within their rows.

    `in_list` where several are shown at once; `as_colleague` where a person sees another for an office both hold.
    """
    if as_colleague or caller.role is Role.opd:
        return NAMED
    if caller.role not in _SERVES:
        return NOTHING
    return replace(LISTED if in_list else RECORD, disabilities=DISABILITY in caller.scopes)


def masked_nik(nik: str) -> str:
    """A NIK without the birth date in it: `527101••••••0003`."""
    return f"{nik[:6]}••••••{nik[-4:]}"


def masked_name(name: str) -> str:
    """The first letter of each word: `B•••• R••••`."""
    return " ".join(f"{word[0]}••••" for word in name.split())

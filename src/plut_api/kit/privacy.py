"""What spans every room about one person: all that is held, and erasing it. Rooms register hooks; kit knows no table.

A room's `privacy.py` says `@personal_data("enrolments", …)` for what it holds and `@erasing(…)` for what becomes of it
when its person goes; `plut_api/personal.py` imports them all. A table that names people and is in no section has to say
why, by `holds_nothing_to_tell`. A test compares both with the tables that there are.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import LargeBinary

from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import Model, Xid8
from plut_api.kit.i18n import Text

Row = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A person as the tables know them: account, person, their businesses, and those that are theirs alone."""

    account_id: UUID
    person_id: UUID | None = None
    actor_ids: tuple[UUID, ...] = ()
    sole_actor_ids: tuple[UUID, ...] = ()
    phone: str | None = field(default=None, repr=False)


Held = Callable[[AsyncSession, Subject], Awaitable[list[Row]]]


@dataclass(frozen=True)
class Section:
    """One kind of thing that is held of a person, where, and why (UU 27/2022 art. 20, 32)."""

    name: str
    about: Text
    tables: frozenset[str]
    read: Held
    of_accounts: bool = False  # Whether staff, who are no registered persons, have such rows too.


@dataclass(frozen=True)
class Kept:
    """What stays after erasure without naming anybody: what, by which duty, until which day (None: not limited yet)."""

    section: str
    why: Text
    law: str
    until: date | None = None


@dataclass
class Erased:
    """What a hook did: rows removed, rows emptied of what names somebody, and what stays."""

    section: str
    deleted: int = 0
    emptied: int = 0
    kept: list[Kept] = field(default_factory=list)


@dataclass(frozen=True)
class Obstacle:
    """Something under way that has to end before a person can be erased."""

    code: str
    words: Text


Eraser = Callable[[AsyncSession, Caller, Subject], Awaitable[Erased]]
Obstacles = Callable[[AsyncSession, Subject], Awaitable[list[Obstacle]]]
SECTIONS: dict[str, Section] = {}
EXEMPT: dict[str, str] = {}
_ERASERS: list[tuple[int, Eraser]] = []
_OBSTACLES: list[Obstacles] = []


def personal_data(name: str, *tables: str, about: Text, of_accounts: bool = False) -> Callable[[Held], Held]:
    """Register what a room holds of a person, by the tables that it reads; `of_accounts` if staff have such rows too.

    Raises ValueError if the name is taken.
    """

    def register(read: Held) -> Held:
        if name in SECTIONS:
            raise ValueError(f"two sections are called {name}")
        SECTIONS[name] = Section(name, about, frozenset(tables), read, of_accounts)
        return read

    return register


def holds_nothing_to_tell(table: str, reason: str) -> None:
    """Say why a table that refers to people is in no section."""
    EXEMPT[table] = reason


def erasing(*, order: int) -> Callable[[Eraser], Eraser]:
    """Register what a room does when a person is erased; all run in one transaction, by rising order.

    What withdraws comes before 20, what others refer to is emptied from 40 on, the account goes last (90).
    """

    def register(eraser: Eraser) -> Eraser:
        _ERASERS.append((order, eraser))
        return eraser

    return register


def obstacle(find: Obstacles) -> Obstacles:
    """Register what can stand in the way of erasing a person."""
    _OBSTACLES.append(find)
    return find


async def held(db: AsyncSession, subject: Subject) -> list[tuple[Section, list[Row]]]:
    """Every section with its rows; behind the wall of an organization only those of accounts can be read."""
    return [
        (section, await section.read(db, subject) if section.of_accounts or subject.person_id else [])
        for section in SECTIONS.values()
    ]


async def obstacles_to_erasing(db: AsyncSession, subject: Subject) -> list[Obstacle]:
    """All that stands in the way now."""
    return [found for find in _OBSTACLES for found in await find(db, subject)]


async def erase(db: AsyncSession, caller: Caller, subject: Subject) -> list[Erased]:
    """Run every room's hook, in order, within the present transaction."""
    return [await eraser(db, caller, subject) for _, eraser in sorted(_ERASERS, key=lambda entry: entry[0])]


async def rows_of(
    db: AsyncSession,
    model: type[Model],
    condition: ColumnElement[bool],
    subject: Subject,
    *,
    without: Collection[str] = (),
) -> list[Row]:
    """The rows of a table that meet a condition, as plain values under the names of its columns.

    Sealed columns are opened; blind indexes, hashes and stamps say nothing and are left out. Of other accounts only
    that it was another's is told (UU 27/2022 art. 33).
    """
    table = cast("Table", model.__table__)
    columns = [column for column in table.columns if column.name not in without and _tells(column)]
    query = select(*columns).where(condition).order_by(*table.primary_key)
    rows = (await db.execute(query)).mappings()
    return [_plain_row(table.name, row, subject) for row in rows]


def _tells(column: Any) -> bool:
    if isinstance(column.type, LargeBinary):
        return bool(column.name.endswith("_sealed"))
    return not isinstance(column.type, Xid8) and not column.name.endswith("_hash")


def _plain_row(table: str, row: Mapping[Any, Any], subject: Subject) -> Row:
    shown: Row = {}
    for name, value in row.items():
        if name.endswith("_sealed"):
            plain = name.removesuffix("_sealed")
            shown[plain] = vault().open(f"{table}.{plain}", value) if value is not None else None
        elif name.endswith(("_by", "caller_id")) and isinstance(value, UUID):
            shown[name] = "self" if value in (subject.account_id, subject.person_id) else "other"
        else:
            shown[name] = plain_value(value)
    return shown


def plain_value(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    return value

"""Villages as the register needs them: kind, name and district by code, and what is wrong with a code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.reference.models import Region, RegionLevel

_CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)
_LEVELS = {RegionLevel.village: False, RegionLevel.urban_village: True}


@dataclass(frozen=True, slots=True)
class Village:
    """A desa, or a kelurahan (`urban`)."""

    code: str
    name: str
    district: str
    urban: bool


class VillageFault(ValueError):
    """A village code cannot be used as it stands; `successor` is today's village where the code was retired."""

    def __init__(self, code: str, successor: Village | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.successor = successor


class Gazetteer:
    """Every village of the province by its code."""

    def __init__(self, villages: Mapping[str, Village], retired: Mapping[str, str], others: frozenset[str]) -> None:
        self._villages = villages
        self._retired = retired
        self._others = others
        self._provinces = frozenset(code[:2] for code in villages)

    def village(self, code: str) -> Village:
        """The village of a code that is in force. Raises VillageFault with a code of `words.FAULTS`."""
        village = self._villages.get(code)
        if village is not None:
            return village
        if not code:
            raise VillageFault("missing_village_code")
        if _CODE.fullmatch(code) is None:
            raise VillageFault("village_code_format")
        if code in self._retired:
            raise VillageFault("retired_village_code", self._villages[self._retired[code]])
        if code[:2] not in self._provinces:
            raise VillageFault("village_outside_province")
        raise VillageFault("village_code_is_district" if code in self._others else "unknown_village_code")


async def load_gazetteer(db: AsyncSession) -> Gazetteer:
    """Read all regions, one statement. 1,304 rows for the whole province."""
    columns = (Region.code, Region.level, Region.name, Region.parent_code, Region.successor_code)
    rows = (await db.execute(select(*columns))).all()
    names = {row.code: row.name for row in rows}
    return Gazetteer(
        villages={
            row.code: Village(row.code, row.name, names[row.parent_code], _LEVELS[row.level])
            for row in rows
            if row.level in _LEVELS and row.successor_code is None
        },
        retired={row.code: row.successor_code for row in rows if row.successor_code is not None},
        others=frozenset(row.code for row in rows if row.level not in _LEVELS),
    )

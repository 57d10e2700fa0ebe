"""Invented people and businesses, the same for the same seed: rows as an import file of kind `actors` holds them."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

from plut_api.sample.words import ENDINGS, HAMLETS, PEOPLES, POPULATION, TRADES

SEED = 52_2026
NOTE = "Data contoh, bukan orang sungguhan"  # Marks every invented business.


@dataclass(frozen=True)
class Invented:
    """One invented person, with the parts that sample code needs."""

    name: str
    sex: str
    born: date
    nik: str
    phone: str
    village_code: str


class Inventor:
    """Invents people and businesses for a list of villages, in a fixed order for a fixed seed."""

    def __init__(self, villages: list[str], today: date, seed: int = SEED) -> None:
        self._random = random.Random(seed)  # noqa: S311 (invented data must be reproducible, not secret)
        self._today = today
        self._by_regency = {regency: [code for code in villages if code.startswith(regency)] for regency in POPULATION}
        self._number = 0

    def person(self) -> Invented:
        """One person; two of three are women, as PLUT's visitors are."""
        self._number += 1
        choose = self._random
        regency = choose.choices(list(POPULATION), list(POPULATION.values()))[0]
        village = choose.choice(self._by_regency[regency])
        naming = PEOPLES[regency]
        female = choose.random() < 0.66
        born = self._today - timedelta(days=choose.randint(18 * 366, 64 * 365))
        name = f"{choose.choice(naming.women if female else naming.men)} {choose.choice(naming.second)}"
        return Invented(
            name=name,
            sex="female" if female else "male",
            born=born,
            nik=self._nik(village, born, female),
            phone=f"+62840{self._number:08d}",  # No operator has 0840.
            village_code=village,
        )

    def business(self) -> dict[str, str]:
        """One business with its owner and last year's figures, as a row of an import file."""
        owner = self.person()
        choose = self._random
        trade = choose.choices(TRADES, [trade.weight for trade in TRADES])[0]
        sales = min(int(choose.lognormvariate(18.2, 1.1)), 40_000_000_000) // 100_000 * 100_000
        started = self._today - timedelta(days=choose.randint(40, 20 * 365))
        has_nib = choose.random() < 0.7
        return {
            "owner_name": owner.name,
            "owner_nik": owner.nik,
            "owner_phone": owner.phone,
            "owner_sex": owner.sex,
            "owner_birth_date": owner.born.isoformat(),
            "business_name": f"{trade.noun} {choose.choice(ENDINGS)}",
            "village_code": owner.village_code,
            "address": f"{choose.choice(HAMLETS)} ({NOTE})",
            "kbli_code": trade.kbli_code,
            "kbli_version": "2025",
            "started_on": started.isoformat(),
            "nib": f"99{self._number:011d}" if has_nib else "",
            "npwp": owner.nik if choose.random() < 0.4 else "",
            "year": str(self._today.year - 1),
            "capital_idr": str(int(sales * choose.uniform(0.1, 0.6)) // 100_000 * 100_000),
            "sales_idr": str(sales),
            "assets_idr": "",
            "workers_female": str(choose.choice((0, 1, 1, 1, 2, 3))),
            "workers_male": str(choose.choice((0, 0, 1, 1, 2))),
            "row_key": f"contoh-{self._number}",
        }

    def businesses(self, count: int) -> Iterator[dict[str, str]]:
        """So many businesses."""
        for _ in range(count):
            yield self.business()

    def _nik(self, village: str, born: date, female: bool) -> str:
        """A NIK of the right structure, with a serial far above those that offices reach (they count from 0001)."""
        day = born.day + (40 if female else 0)
        head = village[:2] + village[3:5] + village[6:8]
        serial = 5000 + self._number % 5000
        return f"{head}{day:02d}{born:%m%y}{serial:04d}"


def village_codes() -> list[str]:
    """The codes of every present village, in order."""
    source = (files("plut_api.reference") / "data" / "ntb_regions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(source.splitlines())
    return [row["code"] for row in rows if row["level"] in ("village", "urban_village")]

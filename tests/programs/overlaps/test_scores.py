"""How much programmes resemble each other: the ten pairs of the design, and each part where they leave something open.

Topics, activities, regions, days and audiences are those of the design, and their parts are held against its numbers.
Of the text the design only guesses; here it is what the titles and aims come to, and the scores are computed from it.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from plut_api.kit.caller import Role
from plut_api.programs.models import Program, ProgramLevel, ProgramState
from tests.conftest import Api
from tests.factories import Make

FIRST = date(2027, 3, 1)
LOMBOK_TENGAH, BIMA, MATARAM = "52.02", "52.06", "52.71"
SUMBAWA, DOMPU, LOMBOK_TIMUR = "52.04", "52.05", "52.03"
PACKAGING = ["product.packaging.labelling"]
AIM = "Peserta mampu membuat label lengkap dan kemasan yang tahan kirim."


@dataclass(frozen=True)
class Side:
    """One programme of a pair."""

    title: str
    aim: str = AIM
    topics: list[str] = field(default_factory=lambda: PACKAGING)
    kbli: list[str] = field(default_factory=lambda: ["10"])
    regions: list[str] = field(default_factory=lambda: [LOMBOK_TENGAH])
    segments: list[str] = field(default_factory=list)
    starts_on: date = FIRST
    days: int = 5
    level: str = "basic"

    @property
    def content(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "aim": self.aim,
            "topics": self.topics,
            "level": self.level,
            "kbli_version": "2025" if self.kbli else None,
            "kbli_codes": self.kbli,
            "regency_codes": self.regions,
            "segments": self.segments,
            "starts_on": self.starts_on,
            "ends_on": self.starts_on + timedelta(days=self.days - 1),
        }


@dataclass(frozen=True)
class Pair:
    """A row of the table: the parts t, k, r, p, a of the design, the verdict, and which guard fires."""

    name: str
    stored: Side
    draft: Side
    parts: tuple[int, int, int, int, int]
    verdict: str
    guards: tuple[str, ...] = ()
    ladder: bool = False


COURSE = Side("Kemasan pangan layak jual")
MARKETING = Side(
    "Pemasaran digital tingkat dasar",
    "Peserta mampu berjualan di media sosial.",
    ["market.digital_literacy.social_media"],
    kbli=[],
)
BOOKS = Side(
    "Pembukuan sederhana", "Peserta mampu mencatat uang masuk dan keluar.", ["finance.literacy.bookkeeping"], kbli=[]
)
PAIRS = [
    Pair(
        "1 the same course of two OPDs, ten days apart, in other words",
        Side("Pelatihan kemasan pangan UMKM"),
        Side(
            "Bimtek packaging IKM",
            "Peserta membuat label lengkap dan kemasan untuk dikirim.",
            starts_on=FIRST + timedelta(days=14),
        ),
        (100, 100, 100, 94, 100),
        "block",
    ),
    Pair(
        "2 the same course at the other end of the province",
        COURSE,
        replace(COURSE, regions=[BIMA]),
        (100, 100, 0, 100, 100),
        "warn",
        ("other_region",),
    ),
    Pair(
        "3 the same course ten months later",
        COURSE,
        replace(COURSE, starts_on=FIRST + timedelta(days=300)),
        (100, 100, 100, 0, 100),
        "warn",
        ("other_period",),
    ),
    Pair(
        "4 a basic course and the one that builds upon it",
        MARKETING,
        replace(MARKETING, title="Pemasaran digital tingkat lanjutan", level="intermediate"),
        (60, 50, 100, 100, 100),
        "warn",
        ("ladder",),
        ladder=True,
    ),
    Pair(
        "5 financial literacy for women and bookkeeping for anyone",
        Side(
            "Literasi keuangan perempuan",
            "Peserta mampu mengelola keuangan rumah tangga dan usaha.",
            ["finance.literacy.basics"],
            kbli=[],
            regions=[MATARAM],
            segments=["women"],
        ),
        replace(BOOKS, title="Pembukuan keuangan usaha untuk umum", regions=[MATARAM]),
        (50, 50, 100, 100, 50),
        "warn",
    ),
    Pair(
        "6 two permits by two agencies, a month apart",
        Side("Pendampingan sertifikat halal", "Usaha memperoleh sertifikat halal.", ["legality.permits.halal"]),
        Side(
            "Penyuluhan keamanan pangan untuk P-IRT",
            "Usaha pangan memperoleh izin P-IRT.",
            ["legality.permits.pirt"],
            starts_on=FIRST + timedelta(days=34),
        ),
        (50, 100, 100, 83, 100),
        "warn",
        ("other_topic",),
    ),
    Pair(
        "7 a coffee bar for the young and weaving for mothers",
        Side(
            "Barista dan kedai kopi pemuda",
            "Peserta mampu membuka kedai.",
            ["market.retail"],
            kbli=["56"],
            regions=[SUMBAWA],
            segments=["youth"],
        ),
        Side(
            "Tenun ibu",
            "Peserta mampu menenun dengan benang alam.",
            ["product.production.crafts"],
            kbli=["13"],
            regions=[LOMBOK_TIMUR],
            segments=["mothers"],
            starts_on=FIRST + timedelta(days=94),
        ),
        (0, 0, 0, 50, 0),
        "none",
    ),
    Pair(
        "8 the same title, coded as entrepreneurship",
        replace(COURSE, kbli=[]),
        replace(COURSE, kbli=[], topics=["product.entrepreneurship"]),
        (80, 50, 100, 100, 100),
        "block",
        ("same_text",),
    ),
    Pair(
        "9 packaging for all of NTB and for women in one regency",
        Side("Kemasan pangan se-NTB", regions=[], days=20),
        Side(
            "Kemasan pangan perempuan",
            regions=[DOMPU],
            segments=["women"],
            starts_on=FIRST + timedelta(days=11),
            days=10,
        ),
        (100, 100, 100, 90, 50),
        "block",
    ),
    Pair(
        # The design's audience is the board of a cooperative, which is no segment; two that never meet stand for it.
        "10 the same bookkeeping for two audiences in one week",
        replace(BOOKS, title="Pembukuan pengurus", segments=["youth"]),
        replace(BOOKS, title="Pembukuan UMKM", segments=["women"]),
        (100, 50, 100, 100, 0),
        "warn",
        ("other_audience",),
    ),
]
WEIGHTS = {"topic": 30, "kbli": 15, "region": 15, "period": 15, "audience": 10, "text": 15}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
async def test_the_ten_pairs_of_the_design_have_their_parts_and_verdicts(api: Api, make: Make, pair: Pair) -> None:
    state = ProgramState.published if pair.ladder else ProgramState.submitted  # Built upon is what can be seen.
    stored = await submitted(make, pair.stored, state=state)
    draft = given(pair.draft) | ({"prerequisite_id": str(stored.id)} if pair.ladder else {})

    found = await checked(api, make, draft)

    assert [one["verdict"] for one in found] == ([] if pair.verdict == "none" else [pair.verdict])
    for one in found:
        parts = {part["part"]: part["percent"] for part in one["parts"]}
        told = tuple(parts[name] for name in ("topic", "kbli", "region", "period", "audience"))
        assert [abs(a - b) <= 1 for a, b in zip(told, pair.parts, strict=True)] == [True] * 5, parts
        assert tuple(guard["code"] for guard in one["guards"]) == pair.guards
        summed = sum(WEIGHTS[name] * percent for name, percent in parts.items()) / 100
        assert abs(one["raw_score"] - summed) <= 1
        assert one["score"] == (min(one["raw_score"], 69) if set(pair.guards) - {"same_text"} else one["raw_score"])


async def test_without_the_declared_ladder_two_levels_would_be_held_up(api: Api, make: Make) -> None:
    await submitted(make, MARKETING)
    next_level = replace(MARKETING, title="Pemasaran digital tingkat lanjutan", level="intermediate")

    (found,) = await checked(api, make, given(next_level))

    assert (found["verdict"], found["guards"]) == ("block", [])


async def test_another_topic_in_other_words_stays_below_a_warning_and_in_the_same_words_does_not(
    api: Api, make: Make
) -> None:
    await submitted(make, replace(COURSE, kbli=["10"]))
    elsewhere = replace(COURSE, topics=["market.export"])

    in_other_words = await checked(api, make, given(replace(elsewhere, title="Ekspor", aim="Mengurus dokumen ekspor.")))
    in_the_same = await checked(api, make, given(elsewhere))

    assert in_other_words == []
    assert [[guard["code"] for guard in one["guards"]] for one in in_the_same] == [["same_text"]]


@pytest.mark.parametrize(
    ("mine", "theirs", "percent"),
    [
        (["product.packaging"], ["product.packaging.design"], 50),  # A group and a topic of it.
        (["product.packaging"], ["product.branding"], 20),  # Two groups: packaging and branding are two outcomes.
        (["product.packaging.design"], ["product.branding", "product.packaging.design"], 90),  # Not its main topic.
        (["market.retail", "finance.sharia"], ["legality.tax", "finance.sharia"], 81),  # The main one of neither.
    ],
)
async def test_the_best_pair_of_topics_counts_less_where_it_is_not_the_main_one(
    api: Api, make: Make, mine: list[str], theirs: list[str], percent: int
) -> None:
    await submitted(make, replace(COURSE, topics=theirs, title="Satu"))

    (found,) = await checked(api, make, given(replace(COURSE, topics=mine, title="Dua hal lain", aim="Tentang lain.")))

    assert part(found, "topic") == percent


@pytest.mark.parametrize(
    ("mine", "theirs", "percent"),
    [
        (["10211"], ["10211"], 100),
        (["10211"], ["1021"], 80),
        (["10211"], ["10212"], 80),
        (["1021"], ["1029"], 60),
        (["10211"], ["107"], 30),
        (["10211", "56"], ["13", "5610"], 30),
        (["10"], ["56"], 0),
        (["10"], [], 50),
    ],
)
async def test_activities_count_by_the_digits_that_the_nearest_two_share(
    api: Api, make: Make, mine: list[str], theirs: list[str], percent: int
) -> None:
    stored = await submitted(make, replace(COURSE, kbli=theirs))

    (found,) = await checked(api, make, given(replace(COURSE, kbli=mine)))

    assert (part(found, "kbli"), found["program"]["id"]) == (percent, str(stored.id))


async def test_codes_of_two_versions_are_unknown_to_each_other(api: Api, make: Make) -> None:
    await submitted(make, COURSE, kbli_version="2020")

    (found,) = await checked(api, make, given(COURSE))

    assert part(found, "kbli") == 50


@pytest.mark.parametrize(
    ("mine", "theirs", "percent"),
    [
        (([MATARAM], []), ([MATARAM, LOMBOK_TENGAH], []), 100),
        (([MATARAM], ["52.71.01"]), ([MATARAM], ["52.71.01", "52.71.02"]), 100),  # One of its one.
        (([MATARAM], ["52.71.01", "52.71.03"]), ([MATARAM], ["52.71.01", "52.71.02"]), 50),
        (([MATARAM, BIMA], ["52.71.01"]), ([MATARAM], ["52.71.02"]), 0),  # Bima counts whole, Mataram by one district.
        (([], []), ([DOMPU], []), 100),
    ],
)
async def test_regions_count_by_districts_of_the_smaller(
    api: Api, make: Make, mine: tuple[list[str], list[str]], theirs: tuple[list[str], list[str]], percent: int
) -> None:
    await submitted(make, replace(COURSE, regions=theirs[0]), district_codes=theirs[1])

    (found,) = await checked(api, make, given(replace(COURSE, regions=mine[0])) | {"district_codes": mine[1]})

    assert part(found, "region") == percent


@pytest.mark.parametrize(
    ("mine", "theirs", "percent"),
    [
        ([], [], 100),
        (["women"], [], 50),
        (["women", "youth"], ["women"], 100),
        (["mothers"], ["women"], 100),  # Mothers are women, too.
        (["youth", "mothers"], ["women", "mothers"], 50),
        (["women", "mothers"], ["youth", "mothers"], 50),
        (["youth"], ["disability"], 0),
    ],
)
async def test_audiences_count_by_those_of_the_one_that_names_fewer(
    api: Api, make: Make, mine: list[str], theirs: list[str], percent: int
) -> None:
    await submitted(make, replace(COURSE, segments=theirs))

    (found,) = await checked(api, make, given(replace(COURSE, segments=mine)))

    assert part(found, "audience") == percent


async def test_what_is_not_handed_in_or_long_over_is_not_compared(api: Api, make: Make) -> None:
    for state in ("draft", "rejected", "cancelled"):
        await submitted(make, COURSE, state=ProgramState(state))
    await submitted(make, replace(COURSE, starts_on=FIRST - timedelta(days=400)), state=ProgramState.completed)
    last_year = await submitted(
        make, replace(COURSE, starts_on=FIRST - timedelta(days=300)), state=ProgramState.completed
    )

    found = await checked(api, make, given(COURSE))

    assert [one["program"]["id"] for one in found] == [str(last_year.id)]


async def test_words_are_compared_by_what_they_mean_and_in_both_languages_explained(api: Api, make: Make) -> None:
    await submitted(make, Side("Bimtek packaging IKM", "Participants make a label."))
    opd = await make.staff(Role.opd)
    draft = given(Side("Pelatihan kemasan UMKM", "Peserta mampu membuat label."))

    answers = [
        await api.as_(opd).post("/v1/programs/overlap-check", draft=draft, headers={"Accept-Language": language})
        for language in ("id", "en")
    ]

    assert [part(answer.json()["data"][0], "text") for answer in answers] == [100, 100]
    assert [answer.json()["data"][0]["parts"][0]["name"] for answer in answers] == [
        "Topik dan tingkat",
        "Topic and level",
    ]


async def submitted(make: Make, side: Side, **given: Any) -> Program:
    """A programme as another OPD handed it in."""
    values = side.content | {"state": ProgramState.submitted} | given
    return await make.program(**values | {"level": ProgramLevel(side.level)})


def given(side: Side) -> dict[str, Any]:
    """A draft as it is sent."""
    content = side.content
    return content | {name: content[name].isoformat() for name in ("starts_on", "ends_on")}


async def checked(api: Api, make: Make, draft: dict[str, Any]) -> list[dict[str, Any]]:
    """What an OPD is told of a draft."""
    answer = await api.as_(await make.staff(Role.opd)).post("/v1/programs/overlap-check", draft=draft)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def part(found: dict[str, Any], name: str) -> int:
    """One part of a score, in percent."""
    percent: int = next(each["percent"] for each in found["parts"] if each["part"] == name)
    return percent

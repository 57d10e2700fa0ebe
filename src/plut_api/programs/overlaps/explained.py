"""Words for what a score is made of, and for the guards that changed it, in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from plut_api.kit.i18n import Locale, Text

PARTS: Mapping[str, Text] = {
    "topic": Text(id="Topik dan tingkat", en="Topic and level"),
    "kbli": Text(id="Bidang usaha (KBLI)", en="Line of business (KBLI)"),
    "region": Text(id="Wilayah", en="Region"),
    "period": Text(id="Waktu", en="Period"),
    "audience": Text(id="Sasaran peserta", en="Audience"),
    "text": Text(id="Judul dan tujuan", en="Title and aim"),
}
GUARDS: Mapping[str, Text] = {
    "same_text": Text(
        id="Judul dan tujuan hampir sama, jadi topiknya dianggap hampir sama meskipun kodenya berbeda",
        en="Title and aim are almost the same, so the topic counts as almost the same although its code differs",
    ),
    "nothing_in_common": Text(
        id="Topik berbeda dan judul tidak mirip, jadi nilainya dibatasi di bawah peringatan",
        en="Another topic and another title, so the score stays below a warning",
    ),
    "other_region": Text(
        id="Wilayahnya berbeda, jadi tidak menghambat persetujuan", en="Another region, so approval is not held up"
    ),
    "other_period": Text(
        id="Waktunya berjauhan, jadi tidak menghambat persetujuan", en="Far apart in time, so approval is not held up"
    ),
    "other_audience": Text(
        id="Sasaran pesertanya berbeda, jadi tidak menghambat persetujuan",
        en="Another audience, so approval is not held up",
    ),
    "ladder": Text(
        id="Yang satu prasyarat bagi yang lain, jadi tidak menghambat persetujuan",
        en="One builds upon the other, so approval is not held up",
    ),
    "other_topic": Text(
        id="Topiknya tidak cukup dekat, jadi tidak menghambat persetujuan",
        en="The topics are not near enough, so approval is not held up",
    ),
}


def parts_of(row: Any, rule: Mapping[str, float], locale: Locale) -> list[dict[str, Any]]:
    """The six parts of a likeness or a finding, with what each weighs today."""
    return [
        {
            "part": part,
            "name": words.in_locale(locale),
            "percent": getattr(row, part),
            "weight_percent": round(100 * rule[f"{part}_weight"]),
        }
        for part, words in PARTS.items()
    ]


def guards_of(codes: Sequence[str], locale: Locale) -> list[dict[str, str]]:
    """The guards that changed a score, with what they mean."""
    return [{"code": code, "words": GUARDS[code].in_locale(locale)} for code in codes]

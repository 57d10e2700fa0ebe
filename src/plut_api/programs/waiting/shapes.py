"""Rows of waiting lists as wire shapes."""

from typing import Any

from plut_api.actors.masking import View
from plut_api.kit import clock
from plut_api.kit.i18n import Text
from plut_api.programs.waiting.models import WaitingState
from plut_api.programs.waiting.order import RULES, Criterion
from plut_api.programs.waiting.schemas import (
    WaitingCriterionRead,
    WaitingEntryPage,
    WaitingEntryRead,
    WaitingReason,
    WaitingRuleRead,
    WaitingWords,
)

_SAID: dict[Criterion, dict[bool, Text]] = {
    Criterion.segment: {
        True: Text(
            id="Anda termasuk kelompok yang diutamakan program ini.", en="The programme is meant for you first."
        ),
        False: Text(
            id="Anda tidak termasuk kelompok yang diutamakan program ini.",
            en="You are in none of the segments that the programme is meant for first.",
        ),
    },
    Criterion.first_time: {
        True: Text(id="Anda belum pernah menyelesaikan program.", en="You have never completed a programme."),
        False: Text(id="Anda sudah pernah menyelesaikan program.", en="You have completed a programme before."),
    },
    Criterion.remote_village: {
        True: Text(id="Anda tinggal di daerah tertinggal.", en="You live in an area that is listed as left behind."),
        False: Text(
            id="Desa Anda tidak ada di daftar daerah tertinggal.",
            en="Your village is not in an area that is listed as left behind.",
        ),
    },
    Criterion.no_shows: {
        False: Text(id="Anda tidak pernah absen tanpa kabar.", en="You never stayed away without a word."),
        True: Text(
            id="Anda pernah absen tanpa kabar: {number} kali.", en="You stayed away without a word: {number} times."
        ),
    },
}
_ASKED = Text(id="Anda meminta pada {at} WITA.", en="You asked at {at} WITA.")
_ABOUT = Text(
    id="Kursi khusus hanya ditawarkan kepada kelompoknya; kursi lain kepada urutan teratas. Tawaran yang ditolak atau "
    "lewat waktunya berpindah ke urutan berikutnya. Daftar ditutup saat program mulai.",
    en="Reserved seats are offered to their segment only, others to whoever ranks first. An offer that is declined, or "
    "whose deadline passes, goes to the next. The list closes when the programme starts.",
)


def entry_shape(row: Any, view: View) -> WaitingEntryRead:
    """A waiting entry on the wire, as a view shows it; an offer whose deadline has passed is shown as expired."""
    state = row.state
    if state is WaitingState.offered and row.offer_expires_at <= clock.now():
        state = WaitingState.expired
    told = row.reserved_for if row.reserved_for is not None and view.shows(row.reserved_for) else None
    return WaitingEntryRead(
        **{name: getattr(row, name) for name in ("id", "program_id", "program_title", "person_id", "actor_id")},
        person_name=view.name(row.person_name),
        state=state,
        rank=row.rank,
        waiting=row.waiting,
        reasons=reasons(row) if view.private and row.rank is not None else [],
        reserved_for=told,
        asked_at=row.created_at,
        **{name: getattr(row, name) for name in ("offered_at", "offer_expires_at", "enrolment_id", "ended_at")},
    )


def entry_page(rows: dict[str, Any], view: View) -> WaitingEntryPage:
    """A page of waiting entries on the wire."""
    return WaitingEntryPage(**rows | {"data": [entry_shape(row, view) for row in rows["data"]]})


def reasons(row: Any) -> list[WaitingReason]:
    """Why a person stands where they stand, criterion by criterion."""
    at = row.created_at.astimezone(clock.WITA)
    found = []
    for rule in RULES:
        if rule.code is Criterion.asked_at:
            value, words = row.created_at.isoformat(), _ASKED.filled(at=f"{at:%Y-%m-%d %H.%M}")
        elif rule.code is Criterion.no_shows:
            value = str(row.no_shows)
            words = _SAID[rule.code][row.no_shows > 0].filled(number=row.no_shows)
        else:
            met = bool(getattr(row, rule.code.value))
            value, words = str(met).lower(), _SAID[rule.code][met]
        found.append(WaitingReason(code=rule.code, value=value, words=_words(words)))
    return found


def rule_shape(values: dict[str, int]) -> WaitingRuleRead:
    """The published rule on the wire, with the terms that hold today."""
    return WaitingRuleRead(
        criteria=[
            WaitingCriterionRead(code=rule.code, name=_words(rule.name), about=_words(rule.about)) for rule in RULES
        ],
        about=_words(_ABOUT),
        **{
            name: values[f"waiting.{name}"]
            for name in ("offer_hours", "late_offer_hours", "late_days", "release_reserved_days")
        },
    )


def _words(text: Text) -> WaitingWords:
    return WaitingWords(id=text.id, en=text.en)

"""Why a referral is moved: a closed list with words in both languages, `reasons.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml

from plut_api.financing.models.referrals import ReferralState
from plut_api.kit.i18n import Text


class ReasonCode(StrEnum):
    """Every reason; `reasons()` says which move each belongs to."""

    incomplete_file = "incomplete_file"
    unclear_data = "unclear_data"
    insufficient_capacity = "insufficient_capacity"
    existing_arrears = "existing_arrears"
    insufficient_collateral = "insufficient_collateral"
    outside_scheme = "outside_scheme"
    unproven_sales = "unproven_sales"
    quota_exhausted = "quota_exhausted"
    applicant_unreachable = "applicant_unreachable"
    terms_not_suitable = "terms_not_suitable"
    financed_elsewhere = "financed_elsewhere"
    no_longer_needed = "no_longer_needed"
    other = "other"
    paid_off = "paid_off"
    refinanced = "refinanced"
    written_off = "written_off"
    ran_out = "ran_out"
    consent_ended = "consent_ended"
    business_closed = "business_closed"
    data_erased = "data_erased"
    merged = "merged"


@dataclass(frozen=True)
class Reason:
    """One reason: the states it may lead to, whose it is (`bank`, `applicant`, `any`, `system`), and what would help.

    `next_steps` are codes of rules of readiness.
    """

    code: ReasonCode
    moves: frozenset[ReferralState]
    by: str
    words: Text
    next_steps: tuple[str, ...]


@cache
def reasons() -> Mapping[ReasonCode, Reason]:
    """Every reason by its code, in the order of the file. Raises ValueError if the file and the codes differ."""
    text = (files("plut_api.financing.referrals") / "reasons.yaml").read_text(encoding="utf-8")
    found = {ReasonCode(entry["code"]): entry for entry in yaml.safe_load(text)}
    if missing := set(ReasonCode) - found.keys():
        raise ValueError(f"reasons.yaml lacks {sorted(missing)}")
    return {
        code: Reason(
            code,
            frozenset(ReferralState(state) for state in entry["moves"]),
            entry["by"],
            Text(id=entry["words"]["id"], en=entry["words"]["en"]),
            tuple(entry.get("next_steps", ())),
        )
        for code, entry in found.items()
    }


def reasons_for(state: ReferralState, side: str) -> list[Reason]:
    """The reasons that a side may give for a move to a state."""
    return [reason for reason in reasons().values() if state in reason.moves and reason.by in (side, "any")]

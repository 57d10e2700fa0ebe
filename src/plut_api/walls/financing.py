"""Tables of financing: what each wall lets through of them (see declared.py)."""

from collections.abc import Mapping

from plut_api.kit.walls import Wall
from plut_api.walls.reach import Reach, of_own, shared, where

OPEN = ("rule_sets",)
CLOSED = ("ready_rows",)

WRITES: Mapping[str, Mapping[Wall, tuple[str, ...]]] = {
    "ready_exits": {Wall.bank: ("SELECT",)},
    "ready_list": {Wall.bank: ("SELECT",)},
    "ready_list_whole": {Wall.bank: ("SELECT",)},
}

PERSONAL: Mapping[str, Mapping[Wall, Reach]] = {
    "consents": {Wall.bank: of_own("organization_id", "UPDATE")},
    "referrals": {Wall.bank: of_own("bank_id", "UPDATE")},
    "referral_transitions": {Wall.bank: where("referrals", "t.id = referral_transitions.referral_id", "INSERT")},
    "readiness": {Wall.bank: shared("readiness.actor_id")},
}

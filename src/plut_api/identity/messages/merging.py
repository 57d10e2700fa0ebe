"""Whose wishes hold once two people are one."""

from plut_api.kit.merging import Merge, Of, merging, rule

OWN_WISHES = rule(
    "own_wishes",
    id="Cara dihubungi dari data yang dipertahankan tetap; bila belum ada, milik data yang digabung dipakai.",
    en="How the survivor wants to be told stays; if they never said, what the merged record said holds.",
)


@merging(of=Of.people, columns=("message_preferences.person_id",), order=30)
async def join_wishes(merge: Merge) -> None:
    """The survivor's wishes stay; without any, those of the merged record become theirs. Otherwise they stay unused."""
    await _join(merge, "person_id")


@merging(of=Of.accounts, columns=("message_preferences.account_id",), order=30)
async def join_wishes_of_accounts(merge: Merge) -> None:
    """The same for accounts."""
    await _join(merge, "account_id")


async def _join(merge: Merge, column: str) -> None:
    await merge.change(
        "message_preferences",
        f"t.{column} = :merged AND NOT EXISTS (SELECT FROM message_preferences o WHERE o.{column} = :survivor)",
        {column: ":survivor"},
        rule=OWN_WISHES,
    )

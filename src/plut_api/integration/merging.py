"""What other systems call two records that turn out to be one, and what reports of files said of them."""

from plut_api.kit.merging import Merge, Of, merging, moves, rule, stays

moves("outside_ids.actor_id", of=Of.actors)
moves("outside_ids.person_id", of=Of.people)
for _of, _column in ((Of.actors, "actor_id"), (Of.people, "person_id")):
    stays(f"import_differences.{_column}", of=_of, why="tells what a file changed when it was loaded")

ONE_OUTSIDE_ID = rule(
    "one_outside_id",
    id="Bila sistem lain mengenal keduanya, id milik data yang dipertahankan yang dikirim; id lain tetap dikenali.",
    en="If another system knows both, the id of the survivor is sent out; the other one is still recognised.",
)


@merging(of=Of.actors, order=40)
async def keep_one_outside_id(merge: Merge) -> None:
    """Another system knows both businesses: its id of the survivor goes on, the other is recognised when it comes."""
    await _supersede(merge, "actor_id")


@merging(of=Of.people, order=40)
async def keep_one_outside_id_of_person(merge: Merge) -> None:
    """The same of people."""
    await _supersede(merge, "person_id")


async def _supersede(merge: Merge, column: str) -> None:
    await merge.change(
        "outside_ids",
        f"t.{column} = :merged AND t.superseded_at IS NULL AND EXISTS (SELECT FROM outside_ids s "
        f"WHERE s.{column} = :survivor AND s.system = t.system AND s.superseded_at IS NULL)",
        {"superseded_at": "now()"},
        rule=ONE_OUTSIDE_ID,
    )

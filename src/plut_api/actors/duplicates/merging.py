"""What becomes of pairs when two records are merged."""

from plut_api.actors.duplicates.models import Kind
from plut_api.kit.merging import Merge, Of, merging, rule

_COLUMNS = ("duplicate_pairs.a_id", "duplicate_pairs.b_id")
DECIDED_STANDS = rule(
    "duplicate_decision_stands",
    id="Keputusan bahwa dua data berbeda tetap berlaku untuk data yang tinggal",
    en="What was decided to be two stays decided for the record that lives on",
)
ASKED_ONCE = rule(
    "duplicate_asked_once",
    id="Dugaan ganda yang sama terhadap kedua data ditanyakan satu kali saja",
    en="The same suspicion about both records is asked once only",
)


@merging(of=Of.people, columns=_COLUMNS)
async def settle_pairs_of_people(merge: Merge) -> None:
    """See `_settle`."""
    await _settle(merge, Kind.person)


@merging(of=Of.actors, columns=_COLUMNS)
async def settle_pairs_of_actors(merge: Merge) -> None:
    """See `_settle`."""
    await _settle(merge, Kind.actor)


async def _settle(merge: Merge, kind: Kind) -> None:
    """The pair of the two is merged. Pairs of the merged record and a third are those of the survivor from now on.

    Where the survivor and the third are a pair already, that one stays and the other is gone; if either was decided to
    be two records, that decision stands for both, since they are one now.
    """
    of_kind = f"t.kind = '{kind.value}'"
    both = f"{of_kind} AND t.a_id = least(:survivor, :merged) AND t.b_id = greatest(:survivor, :merged)"
    by = {"decided_by": ":by", "decided_at": ":at"}
    await merge.change("duplicate_pairs", both, {"state": "'merged'", **_typed(by)}, by=merge.caller.id)
    mine = f"{of_kind} AND (t.a_id = :merged OR t.b_id = :merged) AND t.state <> 'merged'"
    third = "CASE WHEN t.a_id = :merged THEN t.b_id ELSE t.a_id END"
    twin = (
        f"EXISTS (SELECT FROM duplicate_pairs o WHERE o.kind = t.kind AND o.a_id = least(:survivor, {third}) "
        f"AND o.b_id = greatest(:survivor, {third}))"
    )
    await _carry_decisions(merge, of_kind)
    await merge.change("duplicate_pairs", f"{mine} AND {twin}", {"state": "'gone'"}, rule=ASKED_ONCE)
    pointed = {"a_id": f"least(:survivor, {third})", "b_id": f"greatest(:survivor, {third})"}
    await merge.change("duplicate_pairs", f"{mine} AND NOT {twin}", pointed)


async def _carry_decisions(merge: Merge, of_kind: str) -> None:
    """An open pair of the survivor, where the merged record and the same third were decided to be two."""
    third = "CASE WHEN t.a_id = :survivor THEN t.b_id ELSE t.a_id END"
    decided = (
        f"FROM duplicate_pairs o WHERE o.kind = t.kind AND o.a_id = least(:merged, {third}) "
        f"AND o.b_id = greatest(:merged, {third}) AND o.state = 'not_the_same'"
    )
    mine = f"{of_kind} AND t.state = 'open' AND (t.a_id = :survivor OR t.b_id = :survivor)"
    copied = {name: f"(SELECT o.{name} {decided})" for name in ("state", "decided_by", "decided_at", "note")}
    await merge.change("duplicate_pairs", f"{mine} AND EXISTS (SELECT {decided})", copied, rule=DECIDED_STANDS)


def _typed(values: dict[str, str]) -> dict[str, str]:
    types = {"decided_by": "uuid", "decided_at": "timestamptz"}
    return {name: f"CAST({value} AS {types[name]})" for name, value in values.items()}

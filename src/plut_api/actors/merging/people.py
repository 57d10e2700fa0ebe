"""What hangs on people in this room, when two of them are one."""

from plut_api.kit import clock
from plut_api.kit.merging import Merge, Of, merging, moves, rule, stays

for column in (
    *("registrations.person_id", "takeover_codes.person_id", "phone_changes.person_id", "data_requests.person_id"),
    *("person_segments.person_id", "assignments.person_id"),
):
    moves(column, of=Of.people)
for column in ("data_requests.account_id", "phone_changes.account_id", "takeover_tries.account_id"):
    moves(column, of=Of.accounts)
moves("people.merged_into", of=Of.people)  # What was merged before leads on to the last survivor.
stays("disclosures.person_ids", of=Of.people, why="never rewritten; who reads by the survivor finds the old ids too")
for column in ("merges.survivor_id", "merges.merged_id"):
    for of in (Of.people, Of.actors):
        stays(column, of=of, why="the record of the merge itself")

SHARES_ADDED = rule(
    "shares_added",
    id="Bagian kedua data dalam satu usaha dijumlahkan, paling banyak 100 persen; peran yang lebih kuat berlaku.",
    en="The parts of both records in one business are added up, to 100 percent at most; the stronger role holds.",
)
ONE_ASSIGNMENT = rule(
    "one_assignment_ends",
    id="Konsultan yang mendampingi keduanya tetap mendampingi satu kali; penugasan kedua diakhiri.",
    en="A consultant who accompanies both goes on once; the second assignment ends.",
)
ONE_GUARDIANSHIP = rule(
    "one_guardianship_ends",
    id="Perwalian yang sama pada kedua data berlanjut satu kali; wali atas diri sendiri diakhiri.",
    en="The same guardianship on both records goes on once; nobody stays their own guardian.",
)
ONE_SEGMENT = rule(
    "one_segment_ends",
    id="Segmen yang sama pada kedua data berlanjut satu kali, sejak tanggal yang lebih awal pada riwayatnya.",
    en="The same segment on both records goes on once; the other period stays in the history.",
)
ONE_CODE = rule(
    "codes_end",
    id="Kode pengambilalihan dan perubahan nomor yang masih menunggu pada data lama diakhiri.",
    en="Codes for taking over, and changes of number, that wait on the old record end.",
)

_STRONGEST = """CASE WHEN 'owner' IN (t.role, o.role) THEN 'owner'
    WHEN 'director' IN (t.role, o.role) THEN 'director' ELSE 'manager' END"""
_OTHER = "FROM ownerships o WHERE o.actor_id = t.actor_id AND o.person_id = :merged AND o.until IS NULL"


@merging(of=Of.people, columns=("ownerships.person_id",), order=30)
async def join_parts(merge: Merge) -> None:
    """Where both live in one business, the survivor's part grows by the other's share, to 100 at most, and takes the
    stronger role; the other part ends today and stays in the history. All others move.
    """
    await merge.change(
        "ownerships",
        f"t.person_id = :survivor AND t.until IS NULL AND EXISTS (SELECT {_OTHER})",
        {
            "role": f"(SELECT {_STRONGEST} {_OTHER})",
            "share_percent": f"""(SELECT CASE WHEN 'owner' IN (t.role, o.role) THEN
                least(100, CASE WHEN num_nonnulls(t.share_percent, o.share_percent) > 0
                THEN coalesce(t.share_percent, 0) + coalesce(o.share_percent, 0) END) END {_OTHER})""",
        },
        rule=SHARES_ADDED,
    )
    await merge.change(
        "ownerships",
        """t.person_id = :merged AND t.until IS NULL AND EXISTS (SELECT FROM ownerships o
            WHERE o.actor_id = t.actor_id AND o.person_id = :survivor AND o.until IS NULL)""",
        {"until": "greatest(t.since, CAST(:today AS date))", "ended_by": "CAST(:by AS uuid)"},
        rule=SHARES_ADDED,
        today=clock.today(),
        by=merge.caller.id,
    )
    await merge.change("ownerships", "t.person_id = :merged", {"person_id": ":survivor"})


@merging(of=Of.people, order=30)
async def join_assignments(merge: Merge) -> None:
    """A consultant who accompanies both goes on with the survivor's assignment; the other ends now."""
    await merge.change(
        "assignments",
        """t.person_id = :merged AND t.until IS NULL AND EXISTS (SELECT FROM assignments o
            WHERE o.consultant_id = t.consultant_id AND o.person_id = :survivor AND o.until IS NULL)""",
        {"until": "now()", "ended_by": "CAST(:by AS uuid)"},
        rule=ONE_ASSIGNMENT,
        by=merge.caller.id,
    )


@merging(of=Of.people, columns=("guardianships.ward_id", "guardianships.guardian_id"), order=30)
async def join_guardianships(merge: Merge) -> None:
    """Of the same guardianship on both the survivor's goes on; between the two records there is none to keep, so its
    row is removed (the journal has it). All others move.
    """
    pair = "(:survivor, :merged)"
    await merge.remove("guardianships", f"t.ward_id IN {pair} AND t.guardian_id IN {pair}", rule=ONE_GUARDIANSHIP)
    for own, other in (("ward_id", "guardian_id"), ("guardian_id", "ward_id")):
        await merge.change(
            "guardianships",
            f"""t.{own} = :merged AND t.until IS NULL AND EXISTS (SELECT FROM guardianships o
                WHERE o.{other} = t.{other} AND o.{own} = :survivor AND o.until IS NULL)""",
            {"until": "greatest(t.since, CAST(:today AS date))", "ended_by": "CAST(:by AS uuid)"},
            rule=ONE_GUARDIANSHIP,
            today=clock.today(),
            by=merge.caller.id,
        )
        await merge.change("guardianships", f"t.{own} = :merged", {own: ":survivor"})


@merging(of=Of.people, order=30)
async def join_segments(merge: Merge) -> None:
    """A segment that both belong to today goes on once; the other's period ends today."""
    await merge.change(
        "person_segments",
        """t.person_id = :merged AND t.until IS NULL AND EXISTS (SELECT FROM person_segments o
            WHERE o.segment = t.segment AND o.person_id = :survivor AND o.until IS NULL)""",
        {"until": "greatest(t.since, CAST(:today AS date))", "ended_by": "CAST(:by AS uuid)"},
        rule=ONE_SEGMENT,
        today=clock.today(),
        by=merge.caller.id,
    )


@merging(of=Of.people, order=30)
async def end_takeovers(merge: Merge) -> None:
    """A code by which somebody could take the old record over ends: what it was for is another record now."""
    await merge.change(
        "takeover_codes",
        "t.person_id = :merged AND t.used_at IS NULL AND t.ended_at IS NULL",
        {"ended_at": "now()"},
        rule=ONE_CODE,
    )


@merging(of=Of.accounts, order=30)
async def end_waiting(merge: Merge) -> None:
    """What waits for a code under the account that is switched off ends: a change of number, a request for erasure."""
    await merge.remove("phone_changes", "t.account_id = :merged AND t.done_at IS NULL", rule=ONE_CODE)
    await merge.change(
        "data_requests",
        "t.account_id = :merged AND t.state = 'awaiting_code'",
        {"state": "'refused'", "decided_at": "now()", "decided_by": "CAST(:by AS uuid)"},
        rule=ONE_CODE,
        by=merge.caller.id,
    )

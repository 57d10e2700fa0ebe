"""What hangs on businesses in this room, when two of them are one."""

from plut_api.kit import clock
from plut_api.kit.merging import Merge, Of, merging, moves, rule, stays

for column in (
    *("annual_figures.actor_id", "actor_status_changes.actor_id", "legal_form_changes.actor_id"),
    *("products.actor_id", "sales_channels.actor_id", "certifications.actor_id", "ownership_offers.actor_id"),
):
    moves(column, of=Of.actors)
moves("actors.merged_into", of=Of.actors)  # What was merged before leads on to the last survivor.
stays("disclosures.actor_ids", of=Of.actors, why="never rewritten; who reads by the survivor finds the old ids too")

PARTS_JOINED = rule(
    "owner_of_both",
    id="Pemilik kedua data tetap tercatat satu kali: bagian yang lebih besar dan peran yang lebih kuat berlaku.",
    en="Who owns both stays on file once: the greater share and the stronger role hold.",
)
SHARES_UNTOLD = rule(
    "shares_over_100",
    id="Bila jumlah bagian melebihi 100 persen, bagian dari data yang digabung dikosongkan untuk diisi ulang.",
    en="Where shares would exceed 100 percent, those of the merged record are left open, to be told anew.",
)
ONE_CERTIFICATE = rule(
    "same_certificate",
    id="Sertifikat yang sama pada kedua data tetap satu; catatan kedua diakhiri.",
    en="The same certificate on both records stays one; the second entry ends.",
)
ONE_OFFER = rule(
    "same_offer",
    id="Undangan kepada nomor yang sama berlanjut satu kali.",
    en="An offer to the same phone goes on once.",
)

_STRONGEST = """CASE WHEN 'owner' IN (t.role, o.role) THEN 'owner'
    WHEN 'director' IN (t.role, o.role) THEN 'director' ELSE 'manager' END"""
_OTHER = "FROM ownerships o WHERE o.person_id = t.person_id AND o.actor_id = :merged AND o.until IS NULL"


@merging(of=Of.actors, columns=("ownerships.actor_id",), order=30)
async def join_parts(merge: Merge) -> None:
    """Who lives in both keeps the survivor's part, with the greater share and the stronger role; the other part ends
    today. Should the shares of all exceed 100 then, those that came with the merged record become unknown.
    """
    await merge.change(
        "ownerships",
        f"t.actor_id = :survivor AND t.until IS NULL AND EXISTS (SELECT {_OTHER})",
        {
            "role": f"(SELECT {_STRONGEST} {_OTHER})",
            "share_percent": f"(SELECT CASE WHEN 'owner' IN (t.role, o.role) "
            f"THEN greatest(t.share_percent, o.share_percent) END {_OTHER})",
        },
        rule=PARTS_JOINED,
    )
    await merge.change(
        "ownerships",
        """t.actor_id = :merged AND t.until IS NULL AND EXISTS (SELECT FROM ownerships o
            WHERE o.person_id = t.person_id AND o.actor_id = :survivor AND o.until IS NULL)""",
        {"until": "greatest(t.since, CAST(:today AS date))", "ended_by": "CAST(:by AS uuid)"},
        rule=PARTS_JOINED,
        today=clock.today(),
        by=merge.caller.id,
    )
    await merge.change(
        "ownerships",
        """t.actor_id = :merged AND t.until IS NULL AND t.share_percent IS NOT NULL AND 100 < (
            SELECT sum(o.share_percent) FROM ownerships o
            WHERE o.actor_id IN (:survivor, :merged) AND o.until IS NULL)""",
        {"share_percent": "NULL"},
        rule=SHARES_UNTOLD,
    )
    await merge.change("ownerships", "t.actor_id = :merged", {"actor_id": ":survivor"})


@merging(of=Of.actors, order=30)
async def join_certificates(merge: Merge) -> None:
    """A certificate of one kind and number lives on both: the survivor's stays, the other entry ends."""
    await merge.change(
        "certifications",
        """t.actor_id = :merged AND t.superseded_by IS NULL AND t.ended_at IS NULL AND EXISTS (
            SELECT FROM certifications o WHERE o.actor_id = :survivor AND o.kind = t.kind AND o.number = t.number
                AND o.product_id IS NOT DISTINCT FROM t.product_id AND o.superseded_by IS NULL AND o.ended_at IS NULL)
        """,
        {"ended_at": "now()"},
        rule=ONE_CERTIFICATE,
    )


@merging(of=Of.actors, order=30)
async def join_offers(merge: Merge) -> None:
    """An open offer to one phone lives on both: the survivor's stays, the other is withdrawn."""
    await merge.change(
        "ownership_offers",
        """t.actor_id = :merged AND t.answered_at IS NULL AND EXISTS (
            SELECT FROM ownership_offers o WHERE o.actor_id = :survivor AND o.phone_index = t.phone_index
                AND o.answered_at IS NULL)""",
        {"answered_at": "now()", "answer": "'withdrawn'"},
        rule=ONE_OFFER,
    )

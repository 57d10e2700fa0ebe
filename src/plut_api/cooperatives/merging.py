"""Offices in cooperatives of two people who are one."""

from plut_api.kit.merging import Merge, Of, merging, moves, rule

moves("cooperative_managers.person_id", of=Of.people)
moves("cooperative_officers.person_id", of=Of.people)

ONE_OFFICE = rule(
    "one_office_ends",
    id="Jabatan kedua data dalam satu koperasi berlanjut satu kali; jabatan kedua diakhiri.",
    en="The office of both records in one cooperative goes on once; the second one ends.",
)


@merging(of=Of.people, order=30)
async def join_offices(merge: Merge) -> None:
    """Both keep the affairs of one cooperative: the survivor's office stays, the other ends now."""
    await merge.change(
        "cooperative_managers",
        """t.person_id = :merged AND t.until IS NULL AND EXISTS (SELECT FROM cooperative_managers o
            WHERE o.cooperative_id = t.cooperative_id AND o.person_id = :survivor AND o.until IS NULL)""",
        {"until": "now()", "ended_by": "CAST(:by AS uuid)"},
        rule=ONE_OFFICE,
        by=merge.caller.id,
    )

"""Attendance of two people who are one, and their no-shows.

What hangs on an enrolment goes where it goes. Where two seats in one programme became one, the seat that stays takes
over what only the other one knows: sessions attended there, and scores of tests.
"""

from plut_api.kit.merging import Merge, Of, merging, moves, rule

moves("no_shows.person_id", of=Of.people)

ONE_RECORD = rule(
    "attendance_joined",
    id="Kehadiran dan nilai dari kursi yang dikembalikan ikut ke kursi yang tetap, jika di sana belum ada.",
    en="Attendance and scores of the seat that was given back go to the seat that stays, where it has none.",
)


OTHER_SEAT = """
    FROM enrolments e JOIN enrolments k ON k.program_id = e.program_id AND k.state <> 'withdrawn'
    WHERE e.id = t.enrolment_id AND e.state = 'withdrawn' AND e.person_id <> k.person_id
        AND e.person_id IN (:survivor, :merged) AND k.person_id IN (:survivor, :merged)
"""
"""SQL: the seat that stays, `k`, of a row `t` that hangs on one that was given back."""


@merging(of=Of.people, order=35)
async def join_attendance(merge: Merge) -> None:
    """The seat that stays has of each session and test what either seat had; its own comes first."""
    attended = "SELECT FROM attendances o WHERE o.enrolment_id = k.id AND o.session_id = t.session_id"
    tested = "SELECT FROM test_scores o WHERE o.enrolment_id = k.id AND o.test = t.test"
    for table, known in (("attendances", attended), ("test_scores", tested)):
        missing = f"EXISTS (SELECT {OTHER_SEAT} AND NOT EXISTS ({known}))"
        await merge.change(table, missing, {"enrolment_id": f"(SELECT k.id {OTHER_SEAT})"}, rule=ONE_RECORD)

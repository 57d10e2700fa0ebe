"""What becomes of consultations when two records turn out to be one."""

from plut_api.kit.merging import Of, moves, stays

moves("consultations.person_id", of=Of.people)
moves("consultations.actor_id", of=Of.actors)
stays("consultations.consultant_id", of=Of.accounts, why="of staff, who are not merged")
stays("consultation_notes.author_id", of=Of.accounts, why="of staff, who are not merged")

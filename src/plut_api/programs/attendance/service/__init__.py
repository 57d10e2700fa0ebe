"""What may happen to attendance, scores, completion and no-shows."""

from plut_api.programs.attendance.service.batches import note_attendance
from plut_api.programs.attendance.service.check_in import check_in
from plut_api.programs.attendance.service.completion import complete, settle
from plut_api.programs.attendance.service.no_shows import appeal, excuse, fade, uphold
from plut_api.programs.attendance.service.scores import note_score, note_scores

__all__ = [
    "appeal",
    "check_in",
    "complete",
    "excuse",
    "fade",
    "note_attendance",
    "note_score",
    "note_scores",
    "settle",
    "uphold",
]

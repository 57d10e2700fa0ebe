"""Comparing a draft before it is handed in."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller, Role
from plut_api.kit.i18n import Locale
from plut_api.kit.problems import Invalid
from plut_api.programs.access import require_hand, require_program
from plut_api.programs.overlaps.likeness import Draft, likenesses, overlap_rules
from plut_api.programs.overlaps.queries import program_shape, scored_shape
from plut_api.programs.overlaps.schemas import OverlapCheck, OverlapDraft
from plut_api.programs.problems import OrganizerOnly
from plut_api.programs.service.content import content_faults
from plut_api.reference.schemas import KbliVersion

_NOT_SAID: dict[str, Any] = {
    "fund_source": "apbd",
    "required_documents": [],
    "has_post_test": False,
    "pass_mark": None,
    "attendance_percent": None,
}
"""What a draft to compare does not say, and is never at fault."""


async def check_draft(db: AsyncSession, caller: Caller, asked: OverlapCheck, locale: Locale) -> dict[str, Any]:
    """What resembles a draft, or a stored programme of the caller's; nothing is kept.

    Raises OrganizerOnly, ProgramNotFound, Invalid (faults of the draft's content).
    """
    if caller.role not in (Role.dinas, Role.opd):
        raise OrganizerOnly()
    draft = await _draft(db, caller, asked)
    rule = await overlap_rules(db)
    rows = await likenesses(db, draft, rule)
    return {
        "block_percent": round(100 * rule["block"]),
        "warn_percent": round(100 * rule["warn"]),
        "data": [scored_shape(row, rule, locale) | {"program": program_shape(row, row.id)} for row in rows],
    }


async def _draft(db: AsyncSession, caller: Caller, asked: OverlapCheck) -> Draft:
    """Raises ProgramNotFound, OrganizerOnly, Invalid."""
    if asked.draft is None:
        program = await require_program(db, caller, asked.program_id)  # type: ignore[arg-type]
        require_hand(caller, program)
        return Draft.of(program)
    return await _given(db, caller, asked.draft)


async def _given(db: AsyncSession, caller: Caller, given: OverlapDraft) -> Draft:
    """Raises Invalid."""
    values = given.model_dump()
    faults = await content_faults(db, caller, values | _NOT_SAID, values.keys())
    if faults:
        moved = [type(found)(f"#/draft{found.pointer[1:]}", found.code, found.message) for found in faults]
        raise Invalid(errors=moved)
    values["kbli_version"] = (values["kbli_version"] or KbliVersion.v2025) if given.kbli_codes else None
    return Draft(**values)

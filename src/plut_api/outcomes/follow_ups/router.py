"""HTTP of follow-ups."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response, Security
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.masking import view_of
from plut_api.actors.problems import StaffOnly
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import created, documented, etagged
from plut_api.kit.database import Database
from plut_api.kit.etags import put_etag
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.outcomes.follow_ups import answering, queries
from plut_api.outcomes.follow_ups.problems import (
    CorrectionTooLate,
    EnrolmentNotCompleted,
    FollowUpAnswered,
    FollowUpMissed,
    FollowUpNotAnswered,
    FollowUpNotFound,
    FollowUpOpen,
)
from plut_api.outcomes.follow_ups.queries import FollowUpFilters
from plut_api.outcomes.follow_ups.schemas import (
    FollowUpAnswer,
    FollowUpCorrect,
    FollowUpDetail,
    FollowUpNoted,
    FollowUpPage,
    OpenFollowUpPage,
)
from plut_api.outcomes.follow_ups.shapes import follow_up_detail, follow_up_page, open_page
from plut_api.programs.problems import EnrolmentNotFound, ParticipantOrStaffOnly

router = Router(tag="outcomes")

OutcomesRead = Annotated[Caller, Security(signed_in, scopes=["outcomes:read"])]
OutcomesWrite = Annotated[Caller, Security(signed_in, scopes=["outcomes:write"])]
OwnRead = Annotated[Caller, Security(signed_in, scopes=["me:read", "outcomes:read"])]
Wanted = Annotated[FollowUpFilters, Depends()]


@router.get("/v1/me/follow-ups", summary="List what I am asked after training")
async def list_my_follow_ups(db: Database, caller: OwnRead, paging: PageOf) -> OpenFollowUpPage:
    """The open follow-ups of the caller, and of minors in their care, the longest due first.

    Each has at most three questions with closed choices, in both languages: three taps answer it.
    """
    return open_page(await queries.page_to_answer(db, paging, caller), view_of(caller, in_list=True))


@router.get("/v1/follow-ups", summary="List follow-ups")
async def list_follow_ups(db: Database, caller: OutcomesRead, paging: PageOf, wanted: Wanted) -> FollowUpPage:
    """Follow-ups within the caller's rows by the day they fall on, with the answers that hold.

    A person's own, those of people assigned to a consultant, those in an OPD's programmes, or all for the Dinas.
    `overdue=true` is whom a consultant calls.
    """
    rows = await queries.page_of_follow_ups(db, paging, caller, wanted)
    return follow_up_page(rows, view_of(caller, in_list=True))


@router.get(
    "/v1/enrolments/{enrolment_id}/follow-ups",
    responses=documented(EnrolmentNotFound),
    summary="List the follow-ups of an enrolment",
)
async def list_enrolment_follow_ups(
    enrolment_id: PathId, db: Database, caller: OutcomesRead, paging: PageOf
) -> FollowUpPage:
    """What was asked after one enrolment was completed, and what was answered. What is not due yet is not there."""
    rows = await queries.page_of_enrolment(db, paging, caller, enrolment_id)
    return follow_up_page(rows, view_of(caller, in_list=True))


@router.post(
    "/v1/enrolments/{enrolment_id}/follow-ups",
    status_code=201,
    responses=created() | documented(EnrolmentNotFound, StaffOnly, EnrolmentNotCompleted, FollowUpOpen),
    summary="Note what was found between follow-ups",
)
async def create_follow_up(
    enrolment_id: PathId, body: FollowUpNoted, db: Database, caller: OutcomesWrite, response: Response
) -> FollowUpDetail:
    """Note what PLUT's staff learnt by phone or on a visit between the planned follow-ups.

    It counts like an answer: what is no longer in use lowers its level at once. While a planned one is open, answer
    that.
    """
    follow_up = await answering.note_visit(db, caller, enrolment_id, body)
    response.headers["Location"] = f"/v1/follow-ups/{follow_up.id}"
    return await _shown(db, caller, response, follow_up.id)


@router.get(
    "/v1/follow-ups/{follow_up_id}", responses=etagged() | documented(FollowUpNotFound), summary="Read a follow-up"
)
async def get_follow_up(follow_up_id: PathId, db: Database, caller: OutcomesRead, response: Response) -> FollowUpDetail:
    """One follow-up, with its questions as long as it is open."""
    return await _shown(db, caller, response, follow_up_id)


@router.post(
    "/v1/follow-ups/{follow_up_id}/answer",
    responses=etagged() | documented(FollowUpNotFound, ParticipantOrStaffOnly, FollowUpAnswered, FollowUpMissed),
    summary="Answer a follow-up",
)
async def answer_follow_up(
    follow_up_id: PathId, body: FollowUpAnswer, db: Database, caller: OutcomesWrite, response: Response
) -> FollowUpDetail:
    """Answer once: the participant, or PLUT's staff with what they were told.

    What is no longer in use lowers its level at once: `no` to the baseline, `partly` by one level, never below the
    baseline. Nothing is raised by an answer; new evidence does that. A business that is said to be closed stays as it
    is on file until somebody has checked.
    """
    follow_up = await answering.answer(db, caller, follow_up_id, body)
    return await _shown(db, caller, response, follow_up.id)


@router.post(
    "/v1/follow-ups/{follow_up_id}/correct",
    responses=etagged() | documented(FollowUpNotFound, StaffOnly, FollowUpNotAnswered, CorrectionTooLate),
    summary="Correct an answer",
)
async def correct_follow_up(
    follow_up_id: PathId, body: FollowUpCorrect, db: Database, caller: OutcomesWrite, response: Response
) -> FollowUpDetail:
    """Replace a wrong answer, with the reason, within the days of the rule value `follow_up.correct_days`.

    PLUT's staff may. Levels that the wrong answer lowered go back as far as the right one lets them, never above what
    evidence had proven; what evidence has moved since stays. The first answer is kept.
    """
    follow_up = await answering.correct(db, caller, follow_up_id, body)
    return await _shown(db, caller, response, follow_up.id)


async def _shown(db: AsyncSession, caller: Caller, response: Response, follow_up_id: UUID) -> FollowUpDetail:
    row = await queries.one_follow_up(db, caller, follow_up_id)
    put_etag(response, row)
    return follow_up_detail(row, view_of(caller, in_list=True))

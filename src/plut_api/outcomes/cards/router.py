"""HTTP of cards."""

from fastapi import Request

from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId
from plut_api.outcomes.cards import queries
from plut_api.outcomes.cards.schemas import Card, MyCard
from plut_api.outcomes.cards.shapes import card, card_short
from plut_api.outcomes.follow_ups.router import OutcomesRead, OwnRead
from plut_api.programs.problems import EnrolmentNotFound

router = Router(tag="outcomes")


@router.get("/v1/me/card", summary="Read my card")
async def get_my_card(request: Request, db: Database, caller: OwnRead) -> MyCard:
    """All that the caller, or a minor in their care, takes or took part in: where they stand, and what is next.

    For a phone: of each enrolment the levels and the three most useful steps; `href` leads to the whole card.
    """
    locale = request.state.locale
    return MyCard(data=[card_short(facts, locale) for facts in await queries.own_cards(db, caller)])


@router.get("/v1/enrolments/{enrolment_id}/card", responses=documented(EnrolmentNotFound), summary="Read a card")
async def get_card(enrolment_id: PathId, request: Request, db: Database, caller: OutcomesRead) -> Card:
    """Where a participant stands in each of the five outcomes, in the words of the rubric, and what is next.

    For the participant, the organizer and PLUT's staff.
    """
    return card(await queries.one_card(db, caller, enrolment_id), request.state.locale)

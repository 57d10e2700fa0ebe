"""HTTP of how people want to be told, for officers who serve them."""

from typing import Annotated

from fastapi import BackgroundTasks, Body, Request, Response

from plut_api.actors.access import require_acting_for
from plut_api.actors.messages import contact_of
from plut_api.actors.problems import PersonNotFound
from plut_api.actors.router.people import PeopleRead, PeopleWrite
from plut_api.identity.messages import preferences
from plut_api.identity.messages.answers import put_preferences, send_email_code
from plut_api.identity.messages.problems import EmailCodeRefused, NoEmailToConfirm
from plut_api.identity.messages.schemas import EmailConfirmation, PreferencesPatch, PreferencesRead
from plut_api.identity.problems import ResendTooSoon
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="messages")

MergePatch = Annotated[PreferencesPatch, Body(media_type="application/merge-patch+json")]


@router.get(
    "/v1/people/{person_id}/preferences", responses=documented(PersonNotFound), summary="Read how a person is told"
)
async def get_person_preferences(
    person_id: PathId, db: Database, caller: PeopleRead, response: Response
) -> PreferencesRead:
    """How a person wants to be told: for themself, the consultant they are assigned to, and the Dinas."""
    person = await require_acting_for(db, caller, person_id)
    return await put_preferences(db, response, await preferences.whose_person(db, contact_of(person)))


@router.patch(
    "/v1/people/{person_id}/preferences",
    responses=documented(PersonNotFound, ResendTooSoon),
    summary="Change how a person is told",
)
async def change_person_preferences(
    person_id: PathId,
    body: MergePatch,
    request: Request,
    db: Database,
    caller: PeopleWrite,
    response: Response,
    after: BackgroundTasks,
    if_match: IfMatch = None,
) -> PreferencesRead:
    """Change how a person wants to be told, as they say it to an officer who serves them; also of who has no account.

    An e-mail address gets a code at once, which the person reads out to the officer.
    """
    person = await require_acting_for(db, caller, person_id, for_update=True)
    whose = await preferences.whose_person(db, contact_of(person), for_update=True)
    settings, changes = request.app.state.settings, body.changes()
    code = await preferences.change(db, settings, whose, if_match, changes, by=caller.id)
    shown = await put_preferences(db, response, whose)
    await send_email_code(request, db, after, shown, code)
    return shown


@router.post(
    "/v1/people/{person_id}/preferences/email-confirmation",
    responses=documented(PersonNotFound, NoEmailToConfirm, EmailCodeRefused),
    summary="Confirm a person's e-mail address",
)
async def confirm_person_email(
    person_id: PathId, body: EmailConfirmation, request: Request, db: Database, caller: PeopleWrite, response: Response
) -> PreferencesRead:
    """Let a person's e-mail address be used, by the code that went there and that they read out."""
    person = await require_acting_for(db, caller, person_id, for_update=True)
    whose = await preferences.whose_person(db, contact_of(person), for_update=True)
    await preferences.confirm_email(db, request.app.state.sessions, whose, body.code)
    return await put_preferences(db, response, whose)

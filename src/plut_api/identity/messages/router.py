"""HTTP of messages: one's own wishes and inbox, receipts of gateways, and what the Dinas watches over."""

from typing import Annotated

from fastapi import BackgroundTasks, Body, Header, Query, Request, Response, Security
from sqlalchemy import select

from plut_api.identity.messages import inbox, preferences
from plut_api.identity.messages.answers import put_preferences, require_signed, send_email_code
from plut_api.identity.messages.problems import (
    DeliveryNotFound,
    EmailCodeRefused,
    MessageNotFound,
    NoEmailToConfirm,
    SignatureRefused,
)
from plut_api.identity.messages.schemas import (
    EmailConfirmation,
    GatewayReceipt,
    LetterPage,
    LetterRead,
    MessageDeliveryPage,
    MessageSpendingPage,
    PreferencesPatch,
    PreferencesRead,
)
from plut_api.identity.messages.watching import messages_in, require_receipt_taken
from plut_api.identity.problems import ResendTooSoon
from plut_api.identity.service import AccountNotFound
from plut_api.kit.caller import Caller, signed_in
from plut_api.kit.contract import documented
from plut_api.kit.database import Database
from plut_api.kit.etags import IfMatch
from plut_api.kit.messages.models import Channel, Kind, Message, MessageSpending, MessageState
from plut_api.kit.pages import PageOf
from plut_api.kit.web import Router
from plut_api.kit.wire import PathId

router = Router(tag="messages")

MeRead = Annotated[Caller, Security(signed_in, scopes=["me:read"])]
MeWrite = Annotated[Caller, Security(signed_in, scopes=["me:write"])]
AuditRead = Annotated[Caller, Security(signed_in, scopes=["audit:read"])]
MergePatch = Annotated[PreferencesPatch, Body(media_type="application/merge-patch+json")]
Unread = Annotated[bool | None, Query(description="Only those not read yet, or only the others.")]
Kinds = Annotated[list[Kind] | None, Query(max_length=4, description="Only these kinds.")]
States = Annotated[list[MessageState] | None, Query(max_length=5, description="Only in these states.")]
ByChannels = Annotated[list[Channel] | None, Query(max_length=3, description="Only by these channels.")]
ReceiptId = Annotated[
    str,
    Header(alias="webhook-id", max_length=200, pattern=r"^[\x21-\x7e]+$", description="Id of the receipt."),
]
ReceiptTime = Annotated[
    str,
    Header(
        alias="webhook-timestamp",
        max_length=12,
        pattern=r"^[0-9]+$",
        description="When it was signed, in seconds since 1970; within five minutes of now.",
        examples=["1767225600"],
    ),
]
ReceiptSignature = Annotated[
    str,
    Header(
        alias="webhook-signature",
        max_length=500,
        pattern=r"^[\x20-\x7e]+$",
        description="`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` by the shared secret.",
    ),
]


@router.get("/v1/me/preferences", responses=documented(AccountNotFound), summary="Read how one is told")
async def get_my_preferences(db: Database, caller: MeRead, response: Response) -> PreferencesRead:
    """How the caller wants to be told: language, channels in their order, quiet hours, what is switched off."""
    return await put_preferences(db, response, await preferences.whose_own(db, caller))


@router.patch(
    "/v1/me/preferences", responses=documented(AccountNotFound, ResendTooSoon), summary="Change how one is told"
)
async def change_my_preferences(
    body: MergePatch,
    request: Request,
    db: Database,
    caller: MeWrite,
    response: Response,
    after: BackgroundTasks,
    if_match: IfMatch = None,
) -> PreferencesRead:
    """Change how one wants to be told. Codes and decisions cannot be switched off.

    An e-mail address gets a code at once and is used once that came back
    (`POST /v1/me/preferences/email-confirmation`). Staff have the address that they sign in by.
    """
    whose = await preferences.whose_own(db, caller, for_update=True)
    settings, changes = request.app.state.settings, body.changes()
    code = await preferences.change(db, settings, whose, if_match, changes, by=caller.id)
    shown = await put_preferences(db, response, whose)
    await send_email_code(request, db, after, shown, code)
    return shown


@router.post(
    "/v1/me/preferences/email-confirmation",
    responses=documented(AccountNotFound, NoEmailToConfirm, EmailCodeRefused),
    summary="Confirm one's e-mail address",
)
async def confirm_my_email(
    body: EmailConfirmation, request: Request, db: Database, caller: MeWrite, response: Response
) -> PreferencesRead:
    """Let an e-mail address be used, by the code that went there."""
    whose = await preferences.whose_own(db, caller, for_update=True)
    await preferences.confirm_email(db, request.app.state.sessions, whose, body.code)
    return await put_preferences(db, response, whose)


@router.get("/v1/me/messages", summary="Read one's inbox")
async def list_my_messages(
    request: Request, db: Database, caller: MeRead, paging: PageOf, unread: Unread = None, kind: Kinds = None
) -> LetterPage:
    """What was said to the caller, newest first: decisions, reminders, offers; codes never lie here.

    `unread=true&include=total&limit=1` gives the number of unread ones. Kept for three months.
    """
    query = await inbox.letters(db, caller, unread=unread, kinds=kind or [])
    rows = await paging.fetch(db, query, Message.id, descending=True)
    data = [inbox.letter(row, request.state.locale) for row in rows["data"]]
    return LetterPage.model_validate(rows | {"data": data}, from_attributes=True)


@router.post(
    "/v1/me/messages/{message_id}/read", responses=documented(MessageNotFound), summary="Mark a message as read"
)
async def read_my_message(message_id: PathId, request: Request, db: Database, caller: MeWrite) -> LetterRead:
    """Note that a message was read; again changes nothing."""
    message = await inbox.read(db, caller, message_id)
    return LetterRead.model_validate(inbox.letter(message, request.state.locale))


@router.post(
    "/v1/gateway/receipts",
    status_code=204,
    responses=documented(SignatureRefused, DeliveryNotFound),
    summary="Tell what became of a message",
)
async def take_gateway_receipt(
    body: GatewayReceipt,
    request: Request,
    db: Database,
    webhook_id: ReceiptId,
    webhook_timestamp: ReceiptTime,
    webhook_signature: ReceiptSignature,
) -> None:
    """For gateways: a message arrived, or never will; then it goes by the next channel.

    Signed as Standard Webhooks are, with the secret that the gateway shares with the house. The same told twice changes
    nothing.
    """
    await require_signed(request, webhook_id, webhook_timestamp, webhook_signature)
    await require_receipt_taken(request.app.state.sessions, body)


@router.get("/v1/messages/deliveries", summary="List messages by where they stand")
async def list_message_deliveries(
    db: Database,
    caller: AuditRead,
    paging: PageOf,
    state: States = None,
    kind: Kinds = None,
    channel: ByChannels = None,
) -> MessageDeliveryPage:
    """Which messages wait, left or failed, and why, newest first; neither texts nor recipients. For the Dinas."""
    rows = await paging.fetch(db, messages_in(state or [], kind or [], channel or []), Message.id, descending=True)
    return MessageDeliveryPage.model_validate(rows, from_attributes=True)


@router.get("/v1/messages/spending", summary="See what messages cost")
async def list_message_spending(db: Database, caller: AuditRead, paging: PageOf) -> MessageSpendingPage:
    """What the messages of each day (WITA) cost, and whether its money sufficed, newest day first. For the Dinas."""
    rows = await paging.fetch(db, select(MessageSpending), MessageSpending.day, descending=True)
    return MessageSpendingPage.model_validate(rows, from_attributes=True)

"""What the routes of messages share: answers about wishes, codes to new addresses, signatures of gateways."""

from fastapi import BackgroundTasks, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.identity.messages.codes import send_code
from plut_api.identity.messages.preferences import Whose, shown
from plut_api.identity.messages.problems import SignatureRefused
from plut_api.identity.messages.schemas import PreferencesRead
from plut_api.kit.etags import put_etag
from plut_api.kit.i18n import Locale
from plut_api.kit.messages import Address
from plut_api.kit.messages.receipts import is_signed


async def put_preferences(db: AsyncSession, response: Response, whose: Whose) -> PreferencesRead:
    """Wishes as an answer, with their ETag."""
    put_etag(response, whose)
    return PreferencesRead.model_validate(await shown(db, whose))


async def send_email_code(
    request: Request, db: AsyncSession, after: BackgroundTasks, told: PreferencesRead, code: str | None
) -> None:
    """Send the code that confirms an address, if one was made; in the language of whose address it is."""
    if code is None or told.email is None:
        return
    language: Locale = "en" if told.language == "en" else "id"
    to = Address.email(told.email)
    await send_code(request, db, after, to=to, template="email_code", code=code, language=language)


async def require_signed(request: Request, receipt_id: str, timestamp: str, signature: str) -> None:
    """Let only who holds the shared secret through. Raises SignatureRefused."""
    secret = request.app.state.settings.gateway_secret
    body = await request.body()
    if secret is None or not is_signed(secret.get_secret_value(), receipt_id, timestamp, signature, body):
        raise SignatureRefused(headers={"WWW-Authenticate": "Signature"})

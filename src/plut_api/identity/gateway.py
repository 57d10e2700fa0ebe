"""Whether codes can leave the house at all. How they do is the matter of kit/messages."""

import structlog

from plut_api.kit.messages.gateways import LOG, messages_file
from plut_api.kit.problems import ServiceUnavailable
from plut_api.settings import Settings

log = structlog.get_logger()

__all__ = ["LOG", "messages_file", "require_gateway"]


def require_gateway(settings: Settings) -> None:
    """Let nobody wait for a message that production would only write to a file. Raises ServiceUnavailable."""
    if settings.mode == "production" and settings.sms_gateway == LOG:
        log.error("no_message_gateway", remedy="set PLUT_SMS_GATEWAY to the URL of an HTTP gateway")
        raise ServiceUnavailable(headers={"Retry-After": "300"})

"""What a body says it is: a content type that the operation does not read is refused before the body is looked at."""

from collections.abc import Callable
from email.message import Message

from fastapi import Request, params
from pydantic.fields import FieldInfo

from plut_api.kit.problems import UnsupportedMediaType

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def content_type_check(body: FieldInfo | None) -> Callable[[Request], None]:
    """A check for the requests of a route with such a body. What it returns raises UnsupportedMediaType."""
    if body is None:
        return lambda _: None
    readable = _is_form if isinstance(body, params.Form) else _is_json

    def check(request: Request) -> None:
        if _has_body(request) and not readable(request.headers.get("content-type", "")):
            raise UnsupportedMediaType()

    return check


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _is_form(content_type: str) -> bool:
    return _plain(content_type) in _FORMS


def _is_json(content_type: str) -> bool:
    plain = _plain(content_type)
    return plain == "application/json" or (plain.startswith("application/") and plain.endswith("+json"))


def _plain(content_type: str) -> str:
    """The media type without parameters, as the framework reads it."""
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type()

"""Sales channels on the wire."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.actors.models import ChannelKind
from plut_api.actors.schemas.people import PastDay
from plut_api.kit.i18n import Text
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Patch, Read, Wire

_URL = Text(
    id="Tulis alamat https tanpa nama pengguna dan kata sandi, misalnya https://toko.contoh.example/kopi",
    en="Write an https address without user name and password, such as https://toko.contoh.example/kopi",
)


def _public_https(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    named = "." in host.strip(".") and not host.replace(".", "").isdigit() and ":" not in host
    if parts.scheme != "https" or "@" in parts.netloc or not named or port not in (None, 443):
        raise PydanticCustomError("url_not_https", "Not a public https address", {"words": _URL})
    return value


Url = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"^https://[^\s\\<>]+$",
        description="Public https address, without credentials. It is not visited.",
        examples=["https://toko.contoh.example/kopi"],
    ),
    AfterValidator(_public_https),
]
Kind = Annotated[ChannelKind, Field(description="Where it sells. Open: expect new values.", examples=["marketplace"])]


class ChannelCreate(Wire):
    """A place to sell at."""

    kind: Kind
    name: Name
    url: Url | None = Field(default=None, description="Its address on the web.", examples=["https://contoh.example"])
    since: PastDay | None = Field(default=None, description="Since when.", examples=["2024-01-05"])


class ChannelPatch(Patch):
    """A change of a sales channel; null removes. With `until` it has ended."""

    kind: Kind = Field(default_factory=lambda: ChannelKind.other)
    name: Name = Field(default_factory=str)
    url: Url | None = Field(default=None, description="Its address on the web.", examples=["https://contoh.example"])
    since: PastDay | None = Field(default=None, description="Since when.", examples=["2024-01-05"])
    until: PastDay | None = Field(default=None, description="Its last day; null: it sells there.", examples=[None])


class ChannelRead(Read):
    """A place where a business sells."""

    id: Id
    actor_id: Id
    kind: Kind
    name: Name
    url: Url | None = Field(description="Its address on the web.", examples=["https://contoh.example"])
    since: Day | None = Field(description="Since when; null if not told.", examples=["2024-01-05"])
    until: Day | None = Field(description="Its last day; null while it sells there.", examples=[None])
    created_at: Instant
    updated_at: Instant


class ChannelPage(Page[ChannelRead]):
    """One page of sales channels, newest first."""

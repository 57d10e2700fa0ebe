"""What crosses the wire about messages."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from plut_api.identity.models import Language
from plut_api.identity.schemas import EMAIL, LONGEST_EMAIL, LanguageField
from plut_api.kit.i18n import Text
from plut_api.kit.messages.models import Channel, Kind, MessageState
from plut_api.kit.pages import Page
from plut_api.kit.wire import ANYTHING, LINE, TEXT, Day, Id, Idr, Instant, Patch, Read, Wire

HOUR = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_TWICE = Text(id="Tulis setiap saluran sekali saja", en="Name each channel once")


def _each_once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("channels_repeated", "Name each channel once", {"words": _TWICE})
    return values


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


ChannelField = Annotated[
    Channel, Field(description="A way out of the house. Open: expect new values.", examples=["sms"])
]
KindField = Annotated[
    Kind,
    Field(
        description="`code`, `decision`, `offer` or `reminder`. Open: expect new values.",
        examples=["reminder"],
    ),
]
Channels = Annotated[
    list[ChannelField],
    Field(min_length=1, max_length=3, description="In the order to try.", examples=[["whatsapp", "sms"]]),
    AfterValidator(_each_once),
]
MutedKinds = Annotated[
    list[KindField],
    Field(max_length=4, description="Kinds that only come into the inbox.", examples=[["offer"]]),
]
HourWritten = Annotated[
    str,
    Field(max_length=5, pattern=HOUR, description="Hour and minute in WITA.", examples=["21:00"]),
    AfterValidator(time.fromisoformat),
]
HourRead = Annotated[
    str,
    Field(max_length=5, pattern=HOUR, description="Hour and minute in WITA.", examples=["21:00"]),
    BeforeValidator(lambda value: f"{value:%H:%M}" if isinstance(value, time) else value),
]
EmailWritten = Annotated[
    str,
    Field(max_length=LONGEST_EMAIL, pattern=EMAIL, description="E-mail address.", examples=["baiq.sri@contoh.example"]),
    BeforeValidator(_lower),
]


class PreferencesRead(Read):
    """How somebody wants to be told; what was never chosen is shown as it holds by default."""

    language: LanguageField
    channels: Channels
    has_smartphone: Annotated[
        bool, Field(description="Without one, everything goes by SMS, whatever the channels.", examples=[True])
    ]
    quiet_from: HourRead
    quiet_to: HourRead
    muted_kinds: MutedKinds
    email: Annotated[
        str | None,
        Field(
            max_length=LONGEST_EMAIL,
            pattern=EMAIL,
            description="Where mails go once it is confirmed; of staff, what they sign in by.",
            examples=["baiq.sri@contoh.example"],
        ),
    ]
    email_confirmed: Annotated[bool, Field(description="Whether mails go there.", examples=[True])]


class PreferencesPatch(Patch):
    """A change of how somebody wants to be told."""

    language: LanguageField = Field(default_factory=lambda: Language.indonesian)
    channels: Channels = Field(default_factory=list)
    has_smartphone: Annotated[
        bool, Field(strict=True, description="Without one, everything goes by SMS.", examples=[False])
    ] = Field(default_factory=bool)
    quiet_from: HourWritten | None = Field(
        default=None,
        description="Reminders and offers wait from here on (WITA); null: the default.",
        examples=["20:30"],
    )
    quiet_to: HourWritten | None = Field(
        default=None, description="Until here; the same as `quiet_from`: no quiet hours.", examples=["06:30"]
    )
    muted_kinds: MutedKinds = Field(default_factory=list)
    email: EmailWritten | None = Field(
        default=None,
        description="Gets a code at once; sent again, a new one. Null removes it.",
        examples=["baiq.sri@contoh.example"],
    )


class EmailConfirmation(Wire):
    """The code that came by e-mail."""

    code: Annotated[
        str, Field(min_length=6, max_length=6, pattern=r"^[0-9]{6}$", description="Six digits.", examples=["042917"])
    ]


class LetterRead(Read):
    """A message in the inbox."""

    id: Id
    kind: KindField
    template: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z_]+$",
            description="What it is about. Open: expect new values.",
            examples=["certificate_ends"],
        ),
    ]
    subject: Annotated[
        str, Field(max_length=200, pattern=LINE, description="In a few words.", examples=["Sertifikat akan berakhir"])
    ]
    text: Annotated[
        str,
        Field(
            max_length=2000,
            pattern=TEXT,
            description="In the language asked for.",
            examples=["PLUT NTB: P-IRT milik Kopi Sembalun berakhir 30 September 2026."],
        ),
    ]
    sent_at: Instant
    read_at: Annotated[Instant | None, Field(description="When it was first read; null: not yet.", examples=[None])]


class LetterPage(Page[LetterRead]):
    """One page of an inbox, newest first."""


class GatewayReceipt(Wire):
    """What a gateway tells of a message that it took."""

    channel: ChannelField
    id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=ANYTHING,
            description="The id that the gateway gave the message.",
            examples=["gw-18273"],
        ),
    ]
    state: Annotated[
        Literal["delivered", "undelivered"],
        Field(description="Whether it arrived; `undelivered` is final.", examples=["delivered"]),
    ]


StateField = Annotated[
    MessageState,
    Field(
        description="`waiting`, `sent` (taken by a gateway), `delivered` (a receipt says so), `failed`, or `inbox` "
        "(left by no channel). Open: expect new values.",
        examples=["waiting"],
    ),
]


class MessageDeliveryRead(Read):
    """Where a message stands, without its text and recipient."""

    id: Id
    kind: KindField
    template: Annotated[
        str, Field(max_length=64, pattern=r"^[a-z_]+$", description="What it is about.", examples=["sign_in_code"])
    ]
    state: StateField
    reason: Annotated[
        str | None,
        Field(
            max_length=64,
            pattern=LINE,
            description="Why it waits or failed: `quiet_hours`, `daily_cap`, `expired`, `HTTP 503` and the like. Open.",
            examples=["quiet_hours"],
        ),
    ]
    channel: Annotated[
        Channel | None, Field(description="The channel tried last, or next; null: not decided yet.", examples=["sms"])
    ]
    attempts: Annotated[
        int,
        Field(
            ge=0,
            le=32_767,
            json_schema_extra={"format": "int32"},
            description="Attempts by that channel.",
            examples=[2],
        ),
    ]
    created_at: Instant
    not_before: Annotated[Instant, Field(description="When it is looked at next.")]
    ended_at: Annotated[Instant | None, Field(description="When it left or failed; null: not yet.", examples=[None])]


class MessageDeliveryPage(Page[MessageDeliveryRead]):
    """One page of messages, newest first."""


class MessageSpendingRead(Read):
    """What the messages of one day cost, in whole rupiah."""

    day: Day
    ordinary_idr: Annotated[Idr, Field(description="Of the day's money.")]
    cap_idr: Annotated[Idr, Field(description="The most it may be; then reminders and offers wait for the next day.")]
    reserve_idr: Annotated[Idr, Field(description="Of the reserve for codes and decisions.")]
    reserve_cap_idr: Annotated[Idr, Field(description="The most it may be.")]
    sms_idr: Annotated[Idr, Field(description="By SMS, of both together.")]
    whatsapp_idr: Annotated[Idr, Field(description="By WhatsApp.")]
    email_idr: Annotated[Idr, Field(description="By e-mail.")]
    cap_reached_at: Annotated[
        Instant | None, Field(description="When the day's money did not suffice any more.", examples=[None])
    ]
    reserve_reached_at: Annotated[
        Instant | None, Field(description="When the reserve did not suffice any more.", examples=[None])
    ]


class MessageSpendingPage(Page[MessageSpendingRead]):
    """One page of days, newest first."""

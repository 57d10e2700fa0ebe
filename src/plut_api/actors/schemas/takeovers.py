"""Taking a record over, and changing phones, on the wire."""

import string
from typing import Annotated

from pydantic import BeforeValidator, Field

from plut_api.actors.identifiers import Nik
from plut_api.actors.schemas.proofs import OnBehalf, SixDigits
from plut_api.identity.phones import Phone
from plut_api.kit.pages import Page
from plut_api.kit.wire import Id, Instant, Name, Read, VillageCode, Wire

ALPHABET = "".join(sorted(set(string.digits + string.ascii_uppercase) - set("01IO")))
"""Without characters that look alike on paper."""
CODE_LENGTH = 10


def _as_kept(value: object) -> object:
    return value.replace("-", "").replace(" ", "").upper() if isinstance(value, str) else value


TakeoverSecret = Annotated[
    str,
    Field(
        min_length=10,
        max_length=16,
        pattern=r"^[0-9A-Za-z -]+$",
        description="The ten characters on the slip from PLUT; case, blanks and hyphens do not count.",
        examples=["7KQ4M-XW29P"],
    ),
    BeforeValidator(_as_kept),
]
MaskedName = Annotated[
    str, Field(max_length=400, pattern=r"^[^\x00]*$", description="Masked name.", examples=["B•••• R••••"])
]


class RecordRead(Read):
    """A record that waits for its person, masked: enough to recognise oneself."""

    id: Id
    full_name: MaskedName
    village_code: VillageCode | None = Field(description="Village of residence.", examples=["52.71.01.1004"])
    registered_at: Instant
    phone_is_proven: Annotated[
        bool,
        Field(
            description="Whether a code to this phone stands behind the record: then the phone alone takes it over. "
            "Otherwise the NIK on file does, or a code from PLUT.",
            examples=[True],
        ),
    ]


class RecordPage(Page[RecordRead]):
    """One page of records that wait for their person."""


class TakeoverCreate(Wire):
    """Which record is taken over, and by what: `record_id`, with `nik` if need be; or `code` alone."""

    record_id: Id | None = Field(
        default=None,
        description="A record of `GET /v1/me/records`.",
        examples=["01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
    )
    nik: Nik | None = Field(
        default=None, description="The NIK on file, where the phone is not proven.", examples=["5271015705900003"]
    )
    code: TakeoverSecret | None = Field(default=None, description="A code from PLUT.", examples=["7KQ4M-XW29P"])


class TakeoverCodeRead(Read):
    """A code for taking a record over, shown this once."""

    id: Id
    person_id: Id
    code: Annotated[
        str,
        Field(
            max_length=11,
            pattern=r"^[0-9A-Z]{5}-[0-9A-Z]{5}$",
            description="For the person alone; nobody can read it again.",
            examples=["7KQ4M-XW29P"],
            repr=False,
        ),
    ]
    full_name: Name
    expires_at: Instant


class PhoneRequest(Wire):
    """The new number of one's own account."""

    phone: Phone


class PhoneConfirm(Wire):
    """The code that was sent to the new number."""

    code: SixDigits


class PersonPhoneChange(Wire):
    """The new number of a person, and what stands behind it."""

    phone: Phone
    on_behalf: OnBehalf

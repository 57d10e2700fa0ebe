"""Searching people and businesses at once, on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from plut_api.actors.identifiers import Nib, Nik, Npwp
from plut_api.actors.schemas.actors import ActorRead
from plut_api.identity.phones import Phone, PhoneRead
from plut_api.kit.wire import LINE, Id, Read, Trimmed, Unicode, VillageCode, Wire

MOST_FOUND = 50


class ActorSearch(Wire):
    """What to look businesses up by, exactly: at least one. All that are given must fit."""

    nib: Nib | None = Field(default=None, description="NIB.", examples=["0220103123456"])
    npwp: Npwp | None = Field(default=None, description="NPWP of the business.", examples=[None])
    owner_nik: Nik | None = Field(default=None, description="NIK of an owner.", examples=[None])
    owner_phone: Phone | None = Field(default=None, description="Phone of an owner.", examples=[None])


class ActorMatches(Read):
    """The businesses that fit, in the order of their registration."""

    data: Annotated[list[ActorRead], Field(max_length=MOST_FOUND, description="The businesses.", examples=[[]])]


class FoundKind(StrEnum):
    """What was found."""

    person = "person"
    business = "business"


class FoundBy(StrEnum):
    """Why it was found."""

    nik = "nik"
    phone = "phone"
    nib = "nib"
    npwp = "npwp"
    owner_nik = "owner_nik"
    owner_phone = "owner_phone"
    name = "name"
    similar_name = "similar_name"
    village = "village"


Words = Annotated[
    str,
    Field(
        min_length=2,
        max_length=100,
        pattern=LINE,
        description="A name, a village, both, or one number: phone, NIK, NIB, NPWP.",
        examples=["kopi sembalun"],
    ),
    Trimmed,
    Unicode,
]
Why = Annotated[FoundBy, Field(description="Why it was found. Open: expect new values.", examples=["name"])]


class RegistrySearch(Wire):
    """One box: what the caller typed."""

    q: Words
    kinds: list[FoundKind] = Field(
        default_factory=lambda: list(FoundKind),
        min_length=1,
        max_length=2,
        description="Only people, or only businesses; both unless said.",
        examples=[["person", "business"]],
    )
    limit: int = Field(
        default=20,
        ge=1,
        le=MOST_FOUND,
        strict=True,
        json_schema_extra={"format": "int32"},
        description="At most so many.",
        examples=[20],
    )


class Found(Read):
    """A person or a business that was found, and why."""

    kind: Annotated[FoundKind, Field(description="What it is. Open: expect new values.", examples=["business"])]
    id: Id
    href: Annotated[
        str,
        Field(
            max_length=100,
            pattern=r"^/v1/",
            description="Where the record is.",
            examples=["/v1/actors/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
        ),
    ]
    name: Annotated[
        str, Field(min_length=1, max_length=200, pattern=LINE, description="Name.", examples=["Kopi Sembalun"])
    ]
    village_code: VillageCode | None = Field(description="Village, if it is known.")
    village: Annotated[
        str | None, Field(max_length=100, pattern=LINE, description="Its name.", examples=["Sembalun Lawang"])
    ]
    phone: PhoneRead | None = Field(description="Of a person, masked.", examples=["+62812••••••90"])
    owners: Annotated[
        list[Annotated[str, Field(max_length=200, pattern=LINE)]],
        Field(max_length=3, description="Of a business: names of owners, three at most.", examples=[["Baiq Rinjani"]]),
    ]
    why: Annotated[list[Why], Field(min_length=1, max_length=9, description="Why it was found.", examples=[["name"]])]
    closeness: Annotated[
        float,
        Field(ge=0, le=1, description="How well it fits; the list is sorted by it.", examples=[0.9]),
    ]


class Findings(Read):
    """What was found, best first, people and businesses mixed."""

    data: Annotated[list[Found], Field(max_length=MOST_FOUND, description="The findings.", examples=[[]])]
    more: Annotated[
        bool, Field(description="Whether more fits than is shown: type more of the name.", examples=[False])
    ]

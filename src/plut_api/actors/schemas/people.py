"""People on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.actors.duplicates.schemas import Elsewhere, PossibleDuplicates
from plut_api.actors.identifiers import Nik, NikRead
from plut_api.actors.models import Disability, MaritalStatus, Sex
from plut_api.actors.schemas.fields import PastDay as PastDay
from plut_api.actors.schemas.guardians import GuardianCreate
from plut_api.actors.schemas.proofs import OnBehalf, RegistrationProof
from plut_api.identity.phones import Phone, PhoneRead
from plut_api.kit.pages import Page
from plut_api.kit.wire import Day, Id, Instant, Name, Patch, Read, VillageCode, Wire

SexField = Annotated[Sex, Field(description="Sex, as on the identity card.", examples=["female"])]
Marital = Annotated[MaritalStatus, Field(description="Marital status, as on the identity card.", examples=["married"])]
Disabilities = Annotated[
    list[Annotated[Disability, Field(description="Kind of disability (UU 8/2016 art. 4).")]],
    Field(max_length=4, description="Kinds of disability; told by the person, never demanded.", examples=[[]]),
]
Segments = Annotated[
    list[Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$", description="A segment.")]],
    Field(
        max_length=10,
        description="`women`, `mothers`, `youth` (by the dated age bounds), `disability` (with the scope "
        "`disability:read`), `remote_village`; as of today. Open.",
        examples=[["women", "youth"]],
    ),
]


class PersonCreate(Wire):
    """A person to register. Only the name is needed; no document is demanded before it is needed."""

    full_name: Name
    nik: Nik | None = Field(default=None, description="NIK, once it is at hand.", examples=["5271015705900003"])
    phone: Phone | None = Field(
        default=None,
        description="Only when staff register somebody else; who registers themself has the number they signed in by.",
        examples=["+6281234567890"],
    )
    sex: SexField | None = Field(default=None, description="Sex, as on the identity card.", examples=["female"])
    birth_date: PastDay | None = Field(default=None, description="Birth date.", examples=["1990-05-17"])
    marital_status: Marital | None = Field(default=None, description="Marital status.", examples=["married"])
    disabilities: Disabilities = Field(default_factory=list, description="Told by the person.", examples=[[]])
    village_code: VillageCode | None = Field(
        default=None, description="Village of residence.", examples=["52.71.01.1004"]
    )
    on_behalf: OnBehalf | None = Field(
        default=None, description="What stands behind it, when staff register somebody else; they need it."
    )
    guardian: GuardianCreate | None = Field(
        default=None, description="Who acts for the person; needed when staff register a minor."
    )


class PersonPatch(Patch):
    """A change of a person; null removes."""

    full_name: Name = Field(default_factory=str)
    nik: Nik | None = Field(default=None, description="NIK; null removes it.", examples=["5271015705900003"])
    sex: SexField | None = Field(default=None, description="Sex.", examples=["female"])
    birth_date: PastDay | None = Field(default=None, description="Birth date.", examples=["1990-05-17"])
    marital_status: Marital | None = Field(default=None, description="Marital status.", examples=["married"])
    disabilities: Disabilities = Field(default_factory=list, description="Told by the person.", examples=[[]])
    village_code: VillageCode | None = Field(default=None, description="Village.", examples=["52.71.01.1004"])


class PersonSearch(Wire):
    """What to look a person up by, exactly: one of the two."""

    nik: Nik | None = Field(default=None, description="NIK.", examples=["5271015705900003"])
    phone: Phone | None = Field(default=None, description="Phone.", examples=["+6281234567890"])


class Advice(Read):
    """Something that looks wrong but is accepted."""

    pointer: Annotated[
        str, Field(max_length=200, pattern=r"^#/", description="Which value.", examples=["#/birth_date"])
    ]
    code: Annotated[
        str,
        Field(max_length=64, pattern=r"^[a-z_]+$", description="Stable code.", examples=["nik_birth_date_differs"]),
    ]
    message: Annotated[
        str,
        Field(max_length=300, pattern=r"^[^\x00]*$", description="What to check.", examples=["Periksa tanggal lahir"]),
    ]


class PersonRead(Read):
    """A person, as shown to themself, to PLUT's staff who serve them, and masked to an OPD whose programme they join.

    A null is what nobody has told or what this caller is not shown.
    """

    id: Id
    full_name: Name
    nik: NikRead | None = Field(description="NIK; masked in lists and for an OPD.", examples=["5271015705900003"])
    phone: PhoneRead | None = Field(description="Phone; masked in lists and for an OPD.", examples=["+6281234567890"])
    sex: SexField | None = Field(description="Sex.", examples=["female"])
    birth_date: Day | None = Field(description="Birth date; not for an OPD.", examples=["1990-05-17"])
    marital_status: Marital | None = Field(description="Marital status; not for an OPD.", examples=["married"])
    disabilities: Disabilities
    village_code: VillageCode | None = Field(description="Village of residence.", examples=["52.71.01.1004"])
    segments: Segments
    has_account: Annotated[bool, Field(description="Whether the person signs in themself.", examples=[True])]
    registered_on_behalf: Annotated[
        bool, Field(description="Whether somebody else registered the person, or a file did.", examples=[False])
    ]
    registration_proof: RegistrationProof | None = Field(
        description="What stood behind that; null for who registered alone, and for an OPD.", examples=[None]
    )
    identity_verified_at: Instant | None = Field(
        description="When staff compared the identity card.", examples=["2026-03-02T01:30:00.000000Z"]
    )
    created_at: Instant
    warnings: Annotated[
        list[Advice], Field(max_length=10, description="What looks wrong but is accepted.", examples=[[]])
    ]


class PersonRegistered(PersonRead):
    """The registered person, and those among the caller's rows who may be the same."""

    possible_duplicates: PossibleDuplicates
    possible_duplicates_elsewhere: Elsewhere


class PersonPage(Page[PersonRead]):
    """One page of people."""


class PersonMatches(Read):
    """The people that fit a search exactly."""

    data: Annotated[list[PersonRead], Field(max_length=50, description="The people.", examples=[[]])]

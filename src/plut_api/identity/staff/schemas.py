"""What crosses the wire about staff and how they sign in."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.identity.schemas import LONGEST_EMAIL, OrganizationOfAccount
from plut_api.identity.staff.strength import LONGEST, SHORTEST
from plut_api.kit.caller import Role
from plut_api.kit.pages import Page
from plut_api.kit.wire import ANYTHING, LINE, Id, Instant, Name, Patch, Read, Trimmed, Unicode, Wire

STAFF_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"
LINK_TOKEN = r"^[A-Za-z0-9_-]+$"  # noqa: S105

StaffRole = Annotated[
    Literal["dinas", "consultant", "opd", "bank", "ojk", "partner"],
    Field(description="Role in the house; the organization has to know it.", examples=["consultant"]),
]
StaffEmail = Annotated[
    str,
    Field(
        max_length=LONGEST_EMAIL,
        pattern=STAFF_EMAIL,
        description="E-mail address, to sign in with.",
        examples=["petugas@plut.example"],
        repr=False,
    ),
    Trimmed,
]
OrganizationCode = Annotated[
    str,
    Field(
        max_length=32,
        pattern=r"^[A-Z][A-Z0-9_]{1,31}$",
        description="Code of the organization acted for; needed where several know the role.",
        examples=["DISKOP_NTB"],
    ),
]
NewPassword = Annotated[
    str,
    Field(
        min_length=SHORTEST,
        max_length=LONGEST,
        pattern=ANYTHING,
        description="Any characters, kept exactly as sent; long counts, odd signs do not. Well-known ones are refused.",
        examples=["perahu kertas di bawah hujan"],
        repr=False,
    ),
    Unicode,
]
PresentPassword = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST,
        pattern=ANYTHING,
        description="The present password.",
        examples=["not-a-secret"],
        repr=False,
    ),
    Unicode,
]
TotpCode = Annotated[
    str,
    Field(
        max_length=7,
        pattern=r"^[0-9]{3} ?[0-9]{3}$",
        description="The code that the authenticator shows now.",
        examples=["123456"],
        repr=False,
    ),
]


class PasswordChange(Wire):
    """The present password and the next one."""

    old_password: PresentPassword
    new_password: NewPassword


class ResetRequest(Wire):
    """Who forgot their password."""

    email: StaffEmail


class ResetAsked(Read):
    """A mail is on its way if somebody has this address; the answer is the same for every address."""

    expires_in: Annotated[
        int,
        Field(
            ge=1,
            le=86_400,
            json_schema_extra={"format": "int32"},
            description="Seconds that the link will be good for.",
            examples=[3600],
        ),
    ]


class PasswordChoice(Wire):
    """The token of a link, and the password to set."""

    token: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            pattern=LINK_TOKEN,
            description="What follows `#` in the link of the mail.",
            examples=["mD0k1c3Zq8"],
            repr=False,
        ),
    ]
    password: NewPassword


class TotpBegin(Wire):
    """The present password: a stolen session alone sets up nothing."""

    password: PresentPassword


class TotpConfirmation(Wire):
    """A code made from the new secret."""

    code: TotpCode


class TotpSecretRead(Read):
    """What to put into an authenticator; it is not shown again."""

    secret: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[A-Z2-7]+$",
            description="Base32 (RFC 6238).",
            examples=["JBSWY3DPEHPK3PXP"],
            repr=False,
        ),
    ]
    otpauth_uri: Annotated[
        str,
        Field(
            max_length=600,
            pattern=r"^otpauth://totp/",
            description="The same for a QR code.",
            examples=["otpauth://totp/PLUT%20NTB:a%40plut.example?secret=JBSWY3DPEHPK3PXP&issuer=PLUT%20NTB"],
            repr=False,
        ),
    ]


class RecoveryCodesRead(Read):
    """Codes that stand in for the authenticator, each once; they are not shown again."""

    recovery_codes: Annotated[
        list[
            Annotated[
                str,
                Field(
                    max_length=27,
                    pattern=r"^[0-9A-Z]{6}(-[0-9A-Z]{6}){3}$",
                    description="A code; hyphens, blanks and small letters make no difference.",
                    examples=["7K2M9P-4XQ8ZT-VB3N6W-H5J1RD"],
                ),
            ]
        ],
        Field(max_length=20, description="Keep them apart from the authenticator.", repr=False),
    ]


class TotpRead(Read):
    """The second factor of the own account."""

    confirmed_at: Annotated[
        Instant | None, Field(description="Since when it counts; null until a first code was given.")
    ]
    recovery_codes_left: Annotated[
        int,
        Field(
            ge=0, le=20, json_schema_extra={"format": "int32"}, description="Recovery codes not used yet.", examples=[9]
        ),
    ]


class StaffCreate(Wire):
    """A member of staff to invite."""

    email: StaffEmail
    role: StaffRole
    name: Annotated[Name | None, Field(description="How to address them.")] = None
    organization_code: Annotated[
        OrganizationCode | None,
        Field(description="Code of the organization acted for; needed where several know the role."),
    ] = None


class StaffPatch(Patch):
    """A change of an account of staff."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    name: Name = Field(default_factory=str)
    role: StaffRole = Field(default_factory=lambda: "partner")
    is_active: Annotated[bool, Field(strict=True, description="Whether the account may sign in.", examples=[True])] = (
        Field(default_factory=bool)
    )


class StaffRead(Read):
    """An account of staff."""

    id: Id
    email: Annotated[
        str,
        Field(max_length=LONGEST_EMAIL, pattern=LINE, description="They sign in by it.", examples=["a@plut.example"]),
    ]
    name: Annotated[
        str | None, Field(max_length=200, pattern=LINE, description="How to address them.", examples=["Baiq Sri"])
    ]
    role: Annotated[Role, Field(description="Role in the house. Open: expect new values.", examples=["consultant"])]
    organization: Annotated[OrganizationOfAccount, Field(description="Organization acted for.")]
    is_active: Annotated[bool, Field(description="Whether the account may sign in.", examples=[True])]
    email_confirmed_at: Annotated[
        Instant | None, Field(description="When a link sent to the address was first used; null until then.")
    ]
    has_totp: Annotated[bool, Field(description="Whether an authenticator is set up.", examples=[True])]
    created_at: Instant
    updated_at: Instant


class StaffPage(Page[StaffRead]):
    """One page of accounts of staff."""

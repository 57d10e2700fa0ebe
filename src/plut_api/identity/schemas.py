"""What crosses the wire of the identity room."""

from typing import Annotated, Literal

from pydantic import Field

from plut_api.identity.models import Language
from plut_api.identity.phones import Phone, PhoneRead
from plut_api.kit.caller import Kind, Role
from plut_api.kit.wire import LINE, Id, Name, Patch, Read, Wire

TOKEN = r"^[A-Za-z0-9._~+/=-]+$"  # noqa: S105
EMAIL = r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"
LONGEST_EMAIL = 254
Url = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"^https?://",
        description="Absolute address.",
        examples=["https://api.plut.example/oauth/token"],
    ),
]
ScopeName = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z]+:[a-z]+$", description="A scope.", examples=["programs:read"])
]
LanguageField = Annotated[
    Language, Field(description="Language of messages. Open: expect new values.", examples=["id"])
]


class CodeRequest(Wire):
    """A phone to which a one-time code goes."""

    phone: Phone


class CodeSent(Read):
    """The code is on its way, if the number can be reached; the answer is the same for every number."""

    expires_in: Annotated[
        int,
        Field(
            ge=1, le=900, json_schema_extra={"format": "int32"}, description="Seconds it is good for.", examples=[300]
        ),
    ]


class TokenRead(Read):
    """Tokens (RFC 6749 section 5.1)."""

    access_token: Annotated[
        str,
        Field(
            max_length=4000,
            pattern=TOKEN,
            description="Access token.",
            examples=["eyJhbGciOi.eyJzdWIi.c2ln"],
            repr=False,
        ),
    ]
    token_type: Annotated[
        Literal["Bearer", "DPoP"],
        Field(description="How it is sent; `DPoP` needs a proof with each call (RFC 9449).", examples=["Bearer"]),
    ]
    expires_in: Annotated[
        int, Field(ge=1, le=3600, json_schema_extra={"format": "int32"}, description="Seconds.", examples=[600])
    ]
    refresh_token: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=TOKEN,
            description="Good for one further set of tokens; people and staff only, null for machines.",
            examples=["f3Jk0v2n"],
            repr=False,
        ),
    ]
    scope: Annotated[
        str,
        Field(
            max_length=2000,
            pattern=r"^[a-z: ]*$",
            description="Scopes, separated by blanks.",
            examples=["me:read me:write"],
        ),
    ]


class OrganizationOfAccount(Read):
    """The organization that an account acts for."""

    id: Id
    code: Annotated[
        str,
        Field(max_length=32, pattern=r"^[A-Z][A-Z0-9_]{1,31}$", description="Its short code.", examples=["DISKOP_NTB"]),
    ]
    name: Name


class AccountRead(Read):
    """The own account."""

    id: Id
    kind: Annotated[Kind, Field(description="Person or staff. Open: expect new values.", examples=["person"])]
    role: Annotated[Role, Field(description="Role in the house. Open: expect new values.", examples=["person"])]
    name: Annotated[
        str | None, Field(max_length=200, pattern=LINE, description="How to address the holder.", examples=["Baiq Sri"])
    ]
    email: Annotated[
        str | None,
        Field(max_length=LONGEST_EMAIL, pattern=EMAIL, description="Staff sign in by it.", examples=["a@b.example"]),
    ]
    phone: Annotated[PhoneRead | None, Field(description="People sign in by it.", examples=["+6281234567890"])]
    language: LanguageField
    organization: Annotated[
        OrganizationOfAccount | None, Field(description="Organization acted for; null for people.", examples=[None])
    ]
    scopes: Annotated[
        list[ScopeName], Field(max_length=64, description="What the present token allows.", examples=[["me:read"]])
    ]


class AccountPatch(Patch):
    """A change of the own account."""

    # A factory, unlike a default, neither admits null nor shows in the contract; `changes()` never reads its value.
    name: Name = Field(default_factory=str)
    language: LanguageField = Field(default_factory=lambda: Language.indonesian)


Algorithms = Annotated[
    list[Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9]+$", description="An algorithm.")]],
    Field(max_length=10, description="Algorithms that signatures of machines may use.", examples=[["PS256", "ES256"]]),
]


class ServerMetadata(Read):
    """Authorization server metadata (RFC 8414)."""

    issuer: Url
    token_endpoint: Url
    revocation_endpoint: Url
    jwks_uri: Url
    service_documentation: Url
    grant_types_supported: Annotated[
        list[Annotated[str, Field(max_length=64, pattern=r"^[a-z:_-]+$", description="A grant.")]],
        Field(max_length=10, description="Grants of the token endpoint.", examples=[["client_credentials"]]),
    ]
    revocation_endpoint_auth_methods_supported: Annotated[
        list[Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+$", description="A method.")]],
        Field(max_length=10, description="`none`: holding the token is enough.", examples=[["none"]]),
    ]
    revocation_endpoint_auth_signing_alg_values_supported: Algorithms
    introspection_endpoint: Url
    introspection_endpoint_auth_methods_supported: Annotated[
        list[Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+$", description="A method.")]],
        Field(max_length=10, description="How machines authenticate.", examples=[["private_key_jwt"]]),
    ]
    introspection_endpoint_auth_signing_alg_values_supported: Algorithms
    token_endpoint_auth_signing_alg_values_supported: Algorithms
    dpop_signing_alg_values_supported: Algorithms
    response_types_supported: Annotated[
        list[Annotated[str, Field(max_length=64, pattern=r"^[a-z_ ]+$", description="A response type.")]],
        Field(max_length=10, description="None: there is no authorization endpoint.", examples=[[]]),
    ]
    token_endpoint_auth_methods_supported: Annotated[
        list[Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+$", description="A method.")]],
        Field(
            max_length=10,
            description="How machines authenticate; `none` is for the grants of people and staff.",
            examples=[["client_secret_basic"]],
        ),
    ]
    scopes_supported: Annotated[
        list[ScopeName], Field(max_length=64, description="Every scope.", examples=[["programs:read"]])
    ]
    ui_locales_supported: Annotated[
        list[Annotated[str, Field(max_length=8, pattern=r"^[a-z]+$", description="A language.")]],
        Field(max_length=10, description="Languages of messages, by `Accept-Language`.", examples=[["id", "en"]]),
    ]


JwkMember = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_-]+$", description="Member of RFC 7517.")]


class Jwk(Read):
    """A public key (RFC 7517)."""

    kty: JwkMember
    crv: JwkMember
    kid: JwkMember
    use: JwkMember
    alg: JwkMember
    x: JwkMember
    y: JwkMember


class Jwks(Read):
    """The keys that access tokens are signed with, newest first."""

    keys: Annotated[list[Jwk], Field(max_length=20, description="The keys.", examples=[[]])]

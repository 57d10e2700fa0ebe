"""What can stand in the way of signing in. Answers of the token endpoint carry OAuth's `error` member as well."""

from dataclasses import dataclass, field
from typing import Any

from plut_api.kit.i18n import Text
from plut_api.kit.problems import BadRequest, Conflict, Problem, TooManyRequests, Unauthorized


@dataclass(eq=False)
class OAuthProblem(Problem):
    """An error of RFC 6749 section 5.2."""

    extra: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        self.extra = {"error": self.code, **self.extra}


@dataclass(eq=False)
class InvalidGrant(OAuthProblem, BadRequest):
    """The code, password or refresh token is wrong, used up, expired or revoked; which of these is not told."""

    code = "invalid_grant"
    title = Text(
        id="Kode atau sandi salah, atau sudah tidak berlaku",
        en="The code or password is wrong, or no longer valid",
    )


@dataclass(eq=False)
class InvalidClient(OAuthProblem, Unauthorized):
    """Client authentication failed: unknown client, wrong secret, or switched off."""

    code = "invalid_client"
    title = Text(id="Klien tidak dikenal", en="Unknown client")


@dataclass(eq=False)
class InvalidScope(OAuthProblem, BadRequest):
    """A scope was asked for that this caller does not hold."""

    code = "invalid_scope"
    title = Text(id="Cakupan itu tidak dimiliki pemanggil ini", en="This caller does not hold that scope")


@dataclass(eq=False)
class InvalidTokenRequest(OAuthProblem, BadRequest):
    """Parameters are missing or malformed; `errors` names every one of them."""

    code = "invalid_request"
    title = Text(id="Ada parameter yang kurang atau salah", en="Parameters are missing or malformed")


@dataclass(eq=False)
class UnsupportedGrantType(OAuthProblem, BadRequest):
    """The token endpoint does not know this `grant_type`; `errors` names those it knows."""

    code = "unsupported_grant_type"
    title = Text(id="Jenis izin ini tidak dikenal", en="This grant type is not supported")


class ResendTooSoon(TooManyRequests):
    """A code was sent a moment ago; wait for it before asking again."""

    code = "resend_too_soon"
    title = Text(id="Kode baru saja dikirim; tunggu sebentar", en="A code was just sent; wait a moment")


class EmailTaken(Conflict):
    """Another member of staff has this e-mail address."""

    code = "email_taken"
    title = Text(id="Alamat surel ini sudah dipakai", en="This e-mail address is taken")


class RoleNotAllowed(Conflict):
    """Staff of such an organization do not have this role."""

    code = "role_not_allowed"
    title = Text(id="Petugas lembaga tersebut tidak memiliki peran ini", en="Staff of that organization lack this role")


class ScopeNotAllowed(Conflict):
    """The scope is more than a client of such an organization may hold."""

    code = "scope_not_allowed"
    title = Text(
        id="Cakupan ini tidak boleh dimiliki klien lembaga tersebut",
        en="A client of that organization may not hold this scope",
    )

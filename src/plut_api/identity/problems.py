"""What can stand in the way of signing in. Answers of the token endpoint carry OAuth's `error` member as well."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from plut_api.kit.i18n import Text
from plut_api.kit.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    Problem,
    TooManyRequests,
    Unauthorized,
    Unprocessable,
)


@dataclass(eq=False)
class OAuthProblem(Problem):
    """An error of RFC 6749 section 5.2; a `code` that says more than OAuth does comes beside its `error`."""

    error: ClassVar[str | None] = None
    extra: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        self.extra = {"error": self.error or self.code, **self.extra}


@dataclass(eq=False)
class InvalidGrant(OAuthProblem, BadRequest):
    """The code, password or refresh token is wrong, used up, expired or revoked; which of these is not told."""

    code = "invalid_grant"
    title = Text(
        id="Kode atau sandi salah, atau sudah tidak berlaku",
        en="The code or password is wrong, or no longer valid",
    )


@dataclass(eq=False)
class TotpRequired(OAuthProblem, BadRequest):
    """The password was right; a code of the authenticator, or a recovery code, has to come with it as `totp`."""

    code = "totp_required"
    error = "invalid_grant"
    title = Text(
        id="Sertakan kode dari aplikasi autentikator atau kode pemulihan",
        en="Send a code of the authenticator, or a recovery code",
    )


@dataclass(eq=False)
class InvalidClient(OAuthProblem, Unauthorized):
    """Client authentication failed: unknown client, wrong secret, or switched off."""

    code = "invalid_client"
    title = Text(id="Klien tidak dikenal", en="Unknown client")


@dataclass(eq=False)
class InvalidDpopProof(OAuthProblem, BadRequest):
    """Tokens of this client are bound to a key, and the `DPoP` header holds no good, fresh proof (RFC 9449)."""

    code = "invalid_dpop_proof"
    title = Text(
        id="Sertakan header DPoP dengan satu bukti kunci yang baru (RFC 9449)",
        en="Send a DPoP header with one fresh proof of a key (RFC 9449)",
    )


@dataclass(eq=False)
class UnsupportedTokenType(OAuthProblem, BadRequest):
    """Access tokens cannot be revoked: they end by themselves within minutes."""

    code = "unsupported_token_type"
    title = Text(
        id="Token akses tidak dapat dicabut; ia berakhir sendiri dalam beberapa menit",
        en="An access token cannot be revoked; it ends by itself within minutes",
    )


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


class SecretNotAllowed(Conflict):
    """In production a client of a bank signs in by a key, never by a secret."""

    code = "secret_not_allowed"
    title = Text(
        id="Klien bank masuk dengan kunci, bukan rahasia; sertakan JWKS",
        en="A client of a bank signs in by a key, not by a secret; give its JWKS",
    )


class ClientKeysUnusable(Unprocessable):
    """The keys given for a client are not public keys that it could sign in with."""

    code = "client_keys_unusable"
    title = Text(id="Kunci klien tidak dapat dipakai", en="The keys of the client cannot be used")


class ClientNotFound(NotFound):
    """There is no such client."""

    code = "client_not_found"
    title = Text(id="Klien tidak ditemukan", en="There is no such client")


class SigningKeyNotFound(NotFound):
    """There is no such signing key."""

    code = "signing_key_not_found"
    title = Text(id="Kunci penanda tangan tidak ditemukan", en="There is no such signing key")


class SigningKeyInUse(Conflict):
    """The key still signs, or tokens that it signed may still be valid."""

    code = "signing_key_in_use"
    title = Text(
        id="Kunci ini masih dipakai atau tokennya mungkin masih berlaku",
        en="This key still signs, or tokens of it may still be valid",
    )


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


class StaffNotFound(NotFound):
    """There is no such member of staff."""

    code = "staff_not_found"
    title = Text(id="Petugas tidak ditemukan", en="There is no such member of staff")


class StaffOnly(Forbidden):
    """People sign in by codes to their phone; passwords and authenticators are for staff."""

    code = "staff_only"
    title = Text(id="Hanya untuk petugas", en="For staff only")


class LastOfficer(Conflict):
    """Nobody of the Dinas would be left who could let anybody in."""

    code = "last_officer"
    title = Text(
        id="Ini petugas Dinas terakhir yang aktif; undang petugas lain dahulu",
        en="This is the last active officer of the Dinas; invite another one first",
    )


class OwnSecondFactor(Conflict):
    """The own authenticator is removed by a code of it; who lost it asks another officer."""

    code = "own_second_factor"
    title = Text(
        id="Hapus autentikator sendiri dengan kodenya, atau minta petugas lain",
        en="Remove your own authenticator by a code of it, or ask another officer",
    )


class InactiveStaff(Conflict):
    """The account is switched off; switch it on again first."""

    code = "inactive_staff"
    title = Text(id="Akun ini dinonaktifkan; aktifkan dahulu", en="This account is switched off; switch it on first")


class WrongPassword(Unprocessable):
    """The present password is not the one that was given."""

    code = "wrong_password"
    title = Text(id="Sandi saat ini salah", en="The present password is wrong")


class NoPassword(Conflict):
    """The account signs in through the outside issuer, which looks after passwords and second factors."""

    code = "no_password"
    title = Text(
        id="Akun ini masuk melalui penyedia identitas luar; ubah di sana",
        en="This account signs in through the outside issuer; change it there",
    )


class WeakPassword(Unprocessable):
    """The password is one that guessers try early; `errors` says why."""

    code = "weak_password"
    title = Text(id="Sandi ini mudah ditebak; pilih yang lain", en="This password is easy to guess; choose another")


class PasswordLinkOver(Unprocessable):
    """The link was used, replaced by a newer one, has expired, or never was; ask for a new one."""

    code = "password_link_over"
    title = Text(id="Tautan ini tidak berlaku lagi; minta yang baru", en="This link is over; ask for a new one")


class TotpNotSetUp(NotFound):
    """No authenticator is set up, or being set up."""

    code = "totp_not_set_up"
    title = Text(id="Autentikator belum dipasang", en="No authenticator is set up")


class TotpAlreadySetUp(Conflict):
    """An authenticator is set up; remove it before another takes its place."""

    code = "totp_already_set_up"
    title = Text(
        id="Autentikator sudah terpasang; hapus dahulu untuk menggantinya",
        en="An authenticator is set up already; remove it before another takes its place",
    )


class WrongTotp(Unprocessable):
    """The code is not the present one, or it was used already; wait for the next."""

    code = "wrong_totp"
    title = Text(
        id="Kode salah atau sudah dipakai; tunggu kode berikutnya", en="A wrong or used code; wait for the next one"
    )

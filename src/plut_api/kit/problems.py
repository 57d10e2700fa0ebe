"""Typed problems (RFC 9457). Services raise them; only this module knows their HTTP statuses.

A room declares one class per fact that can stand in the way:

    @dataclass(eq=False)
    class ProgramFull(Conflict):
        \"\"\"Every seat is taken; the waiting list is the way on.\"\"\"

        code = "program_full"
        title = Text(id="Program sudah penuh", en="The programme is full")
        program_id: UUID
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from plut_api.kit.i18n import Locale, Text

PROBLEM_JSON = "application/problem+json"
CATALOGUE: dict[str, type["Problem"]] = {}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: where (JSON pointer), a stable code, and what to do about it."""

    pointer: str
    code: str
    message: Text


@dataclass(eq=False)
class Problem(Exception):
    """A fact that stands in the way of a request. Subclasses name the fact; their docstring goes into the catalogue."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[Text] = Text(id="Terjadi kesalahan di server", en="Something went wrong on the server")

    detail: Text | None = field(default=None, kw_only=True)
    errors: Sequence[Fault] = field(default=(), kw_only=True)
    extra: dict[str, Any] = field(default_factory=dict, kw_only=True)
    headers: dict[str, str] = field(default_factory=dict, kw_only=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            known = CATALOGUE.setdefault(cls.code, cls)
            if known.__qualname__ != cls.__qualname__:
                raise TypeError(f"two problems share the code {cls.code}: {known.__name__}, {cls.__name__}")

    def words(self) -> Text:
        """What happened this time, in both languages."""
        return self.detail or self.title

    def body(self, locale: Locale, request_id: str, base_url: str) -> dict[str, Any]:
        """The problem as RFC 9457 members, in one language."""
        return {
            "type": f"{base_url}/problems/{self.code}",
            "title": self.title.in_locale(locale),
            "status": self.status,
            "detail": self.words().in_locale(locale)[:1000],
            "code": self.code,
            "errors": [
                {"pointer": f.pointer[:500], "code": f.code[:64], "message": f.message.in_locale(locale)[:500]}
                for f in self.errors[:100]
            ],
            "request_id": request_id,
            **self.extra,
        }


CATALOGUE[Problem.code] = Problem


class BadRequest(Problem):
    """The request cannot be read as what it claims to be."""

    code, status = "bad_request", 400
    title = Text(id="Permintaan tidak dapat dibaca", en="The request cannot be read")


class MalformedJson(BadRequest):
    """The body is not well-formed JSON in UTF-8."""

    code = "malformed_json"
    title = Text(id="Isi permintaan bukan JSON yang benar", en="The body is not well-formed JSON")


class InvalidCursor(BadRequest):
    """The cursor or token is not ours, was changed, or belongs to other filters, another list or another caller."""

    code = "invalid_cursor"
    title = Text(
        id="Kursor tidak berlaku untuk daftar ini; mulai lagi tanpa kursor",
        en="The cursor does not belong to this list; start again without it",
    )


class IdempotencyKeyRequired(BadRequest):
    """A machine client must send `Idempotency-Key` with every POST, so that a retry cannot act twice."""

    code = "idempotency_key_required"
    title = Text(id="Sertakan header Idempotency-Key", en="Send an Idempotency-Key header")


class Unauthorized(Problem):
    """No valid token came with the request."""

    code, status = "unauthorized", 401
    title = Text(id="Silakan masuk terlebih dahulu", en="Sign in first")


class Forbidden(Problem):
    """The token lacks the scope or the role that this operation asks for."""

    code, status = "forbidden", 403
    title = Text(id="Anda tidak berwenang melakukan ini", en="You may not do this")


class NotFound(Problem):
    """There is no such thing, or it is not yours to see; the two are never told apart."""

    code, status = "not_found", 404
    title = Text(id="Data tidak ditemukan", en="Not found")


class MethodNotAllowed(Problem):
    """The path exists, but not with this method; `Allow` lists those it has."""

    code, status = "method_not_allowed", 405
    title = Text(id="Metode ini tidak tersedia di alamat ini", en="This method is not available here")


class NotAcceptable(Problem):
    """None of the media types in `Accept` can be produced here."""

    code, status = "not_acceptable", 406
    title = Text(id="Bentuk jawaban yang diminta tidak tersedia", en="No representation you accept is available")


class RequestTimeout(Problem):
    """The request did not arrive within the time that is given to it; the connection was closed."""

    code, status = "request_timeout", 408
    title = Text(id="Permintaan terlalu lama dikirim; ulangi", en="The request took too long to arrive; repeat it")


class Conflict(Problem):
    """The request is well formed, but the present state of things refuses it."""

    code, status = "conflict", 409
    title = Text(id="Bertentangan dengan keadaan data saat ini", en="In conflict with the present state")


class IdempotencyInProgress(Conflict):
    """A request with the same `Idempotency-Key` is still being worked on; ask again shortly."""

    code = "idempotency_in_progress"
    title = Text(
        id="Permintaan dengan kunci yang sama sedang diproses",
        en="A request with the same key is still in progress",
    )


class Gone(Problem):
    """It was here and will not come back; `detail` says how to go on."""

    code, status = "gone", 410
    title = Text(id="Sudah tidak tersedia", en="No longer available")


class PreconditionFailed(Problem):
    """The resource changed since the version named in `If-Match`; read it again and repeat the change."""

    code, status = "precondition_failed", 412
    title = Text(id="Data sudah berubah; muat ulang lalu ulangi", en="It changed meanwhile; read it again and repeat")


class PayloadTooLarge(Problem):
    """The body is larger than this operation takes."""

    code, status = "payload_too_large", 413
    title = Text(id="Isi permintaan terlalu besar", en="The body is too large")


class UnsupportedMediaType(Problem):
    """The body has a content type that this operation does not read."""

    code, status = "unsupported_media_type", 415
    title = Text(id="Jenis isi permintaan tidak didukung", en="The content type is not supported")


class Unprocessable(Problem):
    """Well formed, but values are wrong; `errors` names every one of them by JSON pointer."""

    code, status = "unprocessable", 422
    title = Text(id="Ada isian yang perlu diperbaiki", en="Some values need correction")


class Invalid(Unprocessable):
    """One or more values do not have the form that the contract asks for."""

    code = "invalid"


class IdempotencyKeyReused(Unprocessable):
    """The same `Idempotency-Key` came earlier with another request; use a new key for a new request."""

    code = "idempotency_key_reused"
    title = Text(id="Kunci ini sudah dipakai untuk permintaan lain", en="This key was used for another request")


class PreconditionRequired(Problem):
    """Changing this resource needs `If-Match` with the ETag that was read before."""

    code, status = "precondition_required", 428
    title = Text(id="Sertakan header If-Match", en="Send an If-Match header")


class TooManyRequests(Problem):
    """The quota of calls is used up; `Retry-After` says when the next one is welcome."""

    code, status = "too_many_requests", 429
    title = Text(id="Terlalu banyak permintaan; coba lagi nanti", en="Too many requests; try again later")


class RequestHeadTooLarge(Problem):
    """The address and headers together are too large, or the headers too many; the connection was closed."""

    code, status = "request_head_too_large", 431
    title = Text(id="Alamat atau header permintaan terlalu besar", en="The address or the headers are too large")


class ServiceUnavailable(Problem):
    """The database or another necessary part is away for the moment; nothing was changed."""

    code, status = "service_unavailable", 503
    title = Text(id="Layanan sedang tidak tersedia; coba lagi", en="The service is unavailable; try again")


def fault(pointer: str, code: str, *, id: str, en: str) -> Fault:
    """A fault in one line: `fault("#/nik", "nik_format", id="…", en="…")`."""
    return Fault(pointer, code, Text(id=id, en=en))

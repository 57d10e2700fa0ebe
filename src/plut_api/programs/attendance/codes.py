"""Codes at the door: eight digits that change with time (RFC 6238), from a key that each session has of its own.

The key is derived from the index key of the house, so nothing of it is stored, and who knows the codes of one session
knows none of another. A phone that scanned a code tells it later together with its own time: the code has to be that
of this time, give or take how far clocks go wrong.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import pyotp
import segno

from plut_api.kit.crypto import vault

CONTEXT = "training_sessions.check_in"
DIGITS = 8
MOST = 360


@dataclass(frozen=True)
class Code:
    """A code, and the instants from which and until which it is shown."""

    code: str
    valid_from: datetime
    valid_until: datetime


def codes_from(session_id: UUID, at: datetime, count: int, rules: Mapping[str, int]) -> list[Code]:
    """The code that is shown at an instant and the next ones, `count` in all."""
    seconds = rules["attendance.code_seconds"]
    otp, first = _otp(session_id, seconds), int(at.timestamp()) // seconds
    return [_code(otp, step, seconds) for step in range(first, first + count)]


def fits(session_id: UUID, given: str, at: datetime, rules: Mapping[str, int]) -> bool:
    """Whether a code was shown at an instant, as far as clocks may go wrong, or shortly before it was sent."""
    seconds, off = rules["attendance.code_seconds"], rules["attendance.clock_seconds"]
    if at.timestamp() < off:
        return False  # Before time began for such codes.
    otp, now = _otp(session_id, seconds), int(at.timestamp())
    shown = [otp.generate_otp(step) for step in range((now - off) // seconds, (now + off) // seconds + 1)]
    found = [hmac.compare_digest(code.encode(), given.encode()) for code in shown]  # All, so that time tells nothing.
    return any(found)


def qr_text(session_id: UUID, code: str) -> str:
    """What the QR says. A phone without a network keeps it, with its own time, and sends both later."""
    return f"plut:check-in?session={session_id}&code={code}"


def qr_svg(text: str, *, scale: int = 8) -> bytes:
    """A text as a QR in SVG."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=scale, border=4, xmldecl=False)
    return drawn.getvalue()


def _otp(session_id: UUID, seconds: int) -> pyotp.TOTP:
    key = base64.b32encode(vault().blind(CONTEXT, str(session_id))).decode()
    return pyotp.TOTP(key, digits=DIGITS, digest=hashlib.sha256, interval=seconds)


def _code(otp: pyotp.TOTP, step: int, seconds: int) -> Code:
    begins, ends = (datetime.fromtimestamp(one * seconds, UTC) for one in (step, step + 1))
    return Code(otp.generate_otp(step), begins, ends)

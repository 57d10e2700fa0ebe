"""What stands behind something that staff do for a person: a code to the person's phone, or a paper they signed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors import identifiers
from plut_api.actors.access import require_staff
from plut_api.actors.models import ProofKind
from plut_api.actors.problems import CodeRefused
from plut_api.actors.schemas.proofs import GivenProof, OnBehalf, PersonCodeRequest
from plut_api.identity.purpose_codes import TEMPLATES, CodePurpose, make_purpose_code, use_purpose_code
from plut_api.kit.caller import Caller
from plut_api.kit.files import require_file
from plut_api.kit.problems import Fault, fault
from plut_api.kit.rate_limits import Quota, require_quota

OF_OFFICER = Quota("counter-codes", 60, 3600)
"""Codes that one officer may send in an hour."""
PAPER_KINDS = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
_OF_PAPER = ("paper_reference", "paper_file_id")


@dataclass(frozen=True)
class Proof:
    """A proof that holds."""

    kind: ProofKind
    phone_index: bytes | None = None
    paper_reference: str | None = None
    paper_file_id: UUID | None = None


Prove = Callable[[], Awaitable[Proof]]


def proven(proof: Proof) -> Prove:
    """A proof that was taken in already, for samples and loads."""

    async def prove() -> Proof:
        return proof

    return prove


def proof_faults(given: OnBehalf | None, phone: str | None, pointer: str) -> list[Fault]:
    """What is missing of a proof, or does not belong to it."""
    if given is None:
        return [_proof_missing(pointer)]
    faults = []
    if given.proof is GivenProof.own_code:
        if given.code is None:
            faults.append(_missing(f"{pointer}/code"))
        if phone is None:
            faults.append(_missing("#/phone"))
        faults += [_not_of_it(f"{pointer}/{name}") for name in _OF_PAPER if getattr(given, name) is not None]
    else:
        faults += [_missing(f"{pointer}/{name}") for name in _OF_PAPER if getattr(given, name) is None]
        faults += [_not_of_it(f"{pointer}/code")] if given.code is not None else []
    return faults


def proving(
    db: AsyncSession,
    sessions: async_sessionmaker[AsyncSession],
    caller: Caller,
    purpose: CodePurpose,
    phone: str | None,
    given: OnBehalf,
    pointer: str,
) -> Prove:
    """Takes in a proof without faults, once all else was checked: a code is used up by it.

    Raises CodeRefused, Invalid (`file_unknown`, `file_kind`).
    """

    async def prove() -> Proof:
        if given.proof is GivenProof.own_code:
            if not await use_purpose_code(sessions, purpose, phone or "", given.code or ""):
                raise CodeRefused()
            return Proof(ProofKind.own_code, identifiers.blind(identifiers.PHONE, phone))
        file_id = given.paper_file_id
        if file_id is not None:
            await require_file(db, caller, file_id, kinds=PAPER_KINDS, pointer=f"{pointer}/paper_file_id")
        return Proof(ProofKind.signed_paper, None, given.paper_reference, file_id)

    return prove


def _proof_missing(pointer: str) -> Fault:
    return fault(
        pointer,
        "proof_missing",
        id="Sebutkan dasarnya: kode dari ponsel orangnya (own_code) atau surat yang ditandatanganinya (signed_paper)",
        en="Say what stands behind it: a code from the person's phone (`own_code`) or a paper they signed "
        "(`signed_paper`)",
    )


def _missing(pointer: str) -> Fault:
    return fault(pointer, "missing", id="Wajib diisi untuk bukti ini", en="This proof needs it")


def _not_of_it(pointer: str) -> Fault:
    return fault(pointer, "of_another_proof", id="Bukan bagian dari bukti ini", en="This proof does not have it")


async def ask_code(request: Request, db: AsyncSession, caller: Caller, given: PersonCodeRequest) -> tuple[str, str]:
    """A fresh code for somebody at the counter, after the message that carries it; it counts against the officer too.

    Raises StaffOnly, ResendTooSoon, TooManyRequests.
    """
    require_staff(caller)
    await require_quota(request, OF_OFFICER, str(caller.id))
    settings, purpose = request.app.state.settings, CodePurpose(given.purpose.value)
    return TEMPLATES[purpose], await make_purpose_code(db, settings, purpose, given.phone)

"""Signed papers behind consents: where the file lies, by which hash it is known, and who may read it."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import actors_reached_by
from plut_api.actors.privacy.models import Consent
from plut_api.actors.schemas.consents import ConsentCreate
from plut_api.kit.caller import Caller
from plut_api.kit.files import readable_through, require_file
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Fault, Invalid, fault

PAPER_KINDS = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
OF_PAPER = ("signed_by", "paper_reference", "paper_sha256", "paper_file_id")
"""What only a consent on paper has."""


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    return Consent.actor_id.in_(subject.sole_actor_ids) | (Consent.signed_by == subject.person_id)


@readable_through(Consent.paper_file_id, of_subject=_of_subject)
def consents_of_reached_businesses(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read a business may read the paper that its owner signed."""
    return actors_reached_by(caller, Consent.actor_id)


async def paper_of(db: AsyncSession, caller: Caller, given: ConsentCreate) -> dict[str, Any]:
    """The columns that say where the paper is: a file handed in here, or one that lies elsewhere.

    Raises Invalid (`file_unknown`, `file_kind`, `paper_differs`).
    """
    if given.paper_file_id is None:
        return {"paper_reference": given.paper_reference, "paper_hash": bytes.fromhex(given.paper_sha256 or "")}
    file = await require_file(db, caller, given.paper_file_id, kinds=PAPER_KINDS, pointer="#/paper_file_id")
    if given.paper_sha256 is not None and bytes.fromhex(given.paper_sha256) != file.sha256:
        raise Invalid(errors=[_DIFFERS])
    reference = given.paper_reference or f"/v1/files/{file.id}"
    return {"paper_reference": reference, "paper_hash": file.sha256, "paper_file_id": file.id}


def missing_of(given: ConsentCreate, *names: str) -> list[Fault]:
    """A fault for each of these that a consent on paper lacks."""
    return [
        fault(f"#/{name}", "missing", id="Wajib diisi untuk persetujuan di atas kertas", en="A paper consent needs it")
        for name in names
        if getattr(given, name) is None
    ]


_DIFFERS = fault(
    "#/paper_sha256",
    "paper_differs",
    id="Hash ini bukan hash berkas yang diunggah; lihat sha256 di jawaban unggahan",
    en="This is not the hash of the file that was handed in; see `sha256` in the answer to it",
)

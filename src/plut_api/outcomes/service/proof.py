"""What is handed in as evidence: whether the rubric takes it, and its files."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.kit.caller import Caller
from plut_api.kit.files import readable_through, release, require_file
from plut_api.kit.privacy import Subject
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.outcomes.models import Evidence, EvidenceFile, Outcome
from plut_api.outcomes.rubric import ProofKind, rubric_in_force, rubric_of
from plut_api.outcomes.schemas import EvidenceCreate
from plut_api.programs.access import enrolments_visible_to
from plut_api.programs.models import Enrolment


def _of_subject(subject: Subject) -> ColumnElement[bool]:
    proof = select(Evidence.id).join(Outcome, Outcome.id == Evidence.outcome_id)
    proof = proof.join(Enrolment, Enrolment.id == Outcome.enrolment_id)
    return EvidenceFile.evidence_id.in_(proof.where(Enrolment.person_id == subject.person_id))


@readable_through(EvidenceFile.file_id, of_subject=_of_subject)
def files_of_reached_evidence(caller: Caller) -> ColumnElement[bool]:
    """Whoever may read an enrolment may read the files of its evidence."""
    proof = select(Evidence.id).join(Outcome, Outcome.id == Evidence.outcome_id)
    proof = proof.join(Enrolment, Enrolment.id == Outcome.enrolment_id).where(enrolments_visible_to(caller))
    return EvidenceFile.evidence_id.in_(proof)


def kinds_of(outcome: Outcome) -> dict[str, ProofKind]:
    """The kinds of evidence that the outcome's version of the rubric takes for its dimension."""
    judged_by = rubric_of(outcome.rubric_version) or rubric_in_force()
    return dict(judged_by.kinds.get(outcome.dimension.value, {}))


async def attach(db: AsyncSession, caller: Caller, outcome: Outcome, evidence: Evidence, given: EvidenceCreate) -> None:
    """Check what was handed in against the rubric and take hold of its files; all faults are told at once.

    Raises Invalid (`evidence_kind`, `evidence_kind_level`, `proof_missing`, `link_not_taken`, `files_not_taken`,
    `file_twice`, `file_unknown`, `file_kind`).
    """
    kinds = kinds_of(outcome)
    kind = kinds.get(given.kind)
    faults = list(_faults(kinds, kind, given))
    media = kind.media_types if kind is not None and kind.takes_files else None
    for position, file_id in sorted(enumerate(given.files), key=lambda entry: entry[1]):
        try:  # Locked in the order of their ids, whatever order they came in.
            await require_file(db, caller, file_id, kinds=media, pointer=f"#/files/{position}")
        except Invalid as refused:
            faults += refused.errors
    if faults:
        raise Invalid(errors=sorted(faults, key=lambda found: found.pointer))
    db.add(evidence)
    await db.flush()
    db.add_all(
        EvidenceFile(evidence_id=evidence.id, file_id=file_id, position=position)
        for position, file_id in enumerate(given.files)
    )
    await db.flush()


async def let_go(db: AsyncSession, evidence: Evidence) -> None:
    """Take the files off evidence that is not decided on any more; what nothing else holds goes within a day."""
    held = (await db.scalars(select(EvidenceFile).where(EvidenceFile.evidence_id == evidence.id))).all()
    for row in held:
        await db.delete(row)
    await db.flush()
    await release(db, *(row.file_id for row in held))


def _faults(kinds: dict[str, ProofKind], kind: ProofKind | None, given: EvidenceCreate) -> Iterator[Fault]:
    if kind is None or kind.is_system:
        yield _kind_unknown(kinds)
        return
    if given.claimed_level not in kind.levels:
        yield _kind_of_other_levels(kinds, given.claimed_level)
    if given.files and not kind.takes_files:
        yield _FILES_NOT_TAKEN
    if given.url is not None and not kind.takes_link:
        yield _LINK_NOT_TAKEN
    if not given.files and given.url is None:
        yield _missing(kind)
    seen: set[UUID] = set()
    for position, file_id in enumerate(given.files):
        if file_id in seen:
            yield _twice(position)
        seen.add(file_id)


def _kind_unknown(kinds: dict[str, ProofKind]) -> Fault:
    named = ", ".join(code for code, known in kinds.items() if not known.is_system)
    return fault("#/kind", "evidence_kind", id=f"Jenis bukti di sini: {named}", en=f"Kinds of evidence here: {named}")


def _kind_of_other_levels(kinds: dict[str, ProofKind], level: int) -> Fault:
    fitting = [code for code, known in kinds.items() if level in known.levels and not known.is_system]
    named = ", ".join(fitting)
    return fault(
        "#/kind",
        "evidence_kind_level",
        id=f"Tingkat {level} dibuktikan dengan: {named}",
        en=f"Level {level} is proven by: {named}",
    )


def _missing(kind: ProofKind) -> Fault:
    if kind.takes_files:
        return fault("#/files", "proof_missing", id="Sertakan sedikitnya satu berkas", en="Give at least one file")
    return fault("#/url", "proof_missing", id="Sertakan alamat https", en="Give an https address")


def _twice(position: int) -> Fault:
    return fault(
        f"#/files/{position}",
        "file_twice",
        id="Berkas ini sudah disebut; sertakan sekali saja",
        en="This file is named already; give it once",
    )


_FILES_NOT_TAKEN = fault(
    "#/files",
    "files_not_taken",
    id="Jenis bukti ini berupa alamat, bukan berkas; isi url",
    en="This kind of evidence is an address, not a file; give url",
)
_LINK_NOT_TAKEN = fault(
    "#/url",
    "link_not_taken",
    id="Jenis bukti ini berupa berkas, bukan alamat; isi files",
    en="This kind of evidence is a file, not an address; give files",
)

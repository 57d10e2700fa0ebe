"""Assembling a dossier from what is on file: a statement for each section, whatever the number of its items.

Runs for owners, for PLUT's staff and in the worker: behind a bank's wall most of it cannot be read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, AnnualFigure, Consent, Ownership, Person, counting_figures, owns
from plut_api.actors.privacy.models import DataCategory
from plut_api.financing.dossiers.content import (
    DossierBusiness,
    DossierConfirmation,
    DossierContent,
    DossierEvidence,
    DossierGate,
    DossierRequest,
)
from plut_api.financing.models import Readiness, Referral, RuleSet
from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.referrals.consents import live_consent
from plut_api.identity.models import Account
from plut_api.kit import clock
from plut_api.kit.files import FileRow
from plut_api.organizations.models import Organization
from plut_api.outcomes.models import Evidence, EvidenceFile, EvidenceState, Outcome
from plut_api.programs.certificates.models import Certificate
from plut_api.programs.models import Enrolment, EnrolmentState, Program
from plut_api.reference.models import Region

NOBODY = frozenset[str]()


async def assemble(db: AsyncSession, referral: Referral) -> DossierContent:
    """The dossier as it stands now, of what the owner's consent to the bank allows.

    Without a live consent it holds the request alone.
    """
    allowed = await _allowed(db, referral)
    actor_id = referral.actor_id
    gates, confirmed = await _readiness(db, actor_id)
    enrolments = await _training(db, actor_id) if DataCategory.training_outcomes in allowed else []
    outcomes = await _outcomes(db, actor_id) if DataCategory.training_outcomes in allowed else []
    return DossierContent(
        request=await _request(db, referral),
        business=await _business(db, actor_id, allowed),
        readiness=confirmed,
        gates=gates if DataCategory.readiness_gates in allowed else [],
        figures=await _figures(db, actor_id) if DataCategory.yearly_figures in allowed else [],
        training=enrolments,
        outcomes=outcomes,
        evidence=await _evidence(db, [row["id"] for row in outcomes]),
    )


async def _allowed(db: AsyncSession, referral: Referral) -> Collection[str]:
    consent_id = await db.scalar(live_consent(referral.actor_id, referral.bank_id))
    if consent_id is None:
        return NOBODY
    return await db.scalar(select(Consent.data_categories).where(Consent.id == consent_id)) or NOBODY


async def _request(db: AsyncSession, referral: Referral) -> DossierRequest:
    query = (
        select(Organization.name.label("bank"), FinancingProduct.title_id.label("product"))
        .outerjoin(FinancingProduct, FinancingProduct.id == referral.product_id)
        .where(Organization.id == referral.bank_id)
    )
    asked = {name: getattr(referral, name) for name in ("scheme", "amount_idr", "tenor_months", "purpose")}
    return DossierRequest.model_validate(dict((await db.execute(query)).mappings().one()) | asked)


async def _business(db: AsyncSession, actor_id: UUID, allowed: Collection[str]) -> DossierBusiness:
    owner = (
        select(Person.id, Person.full_name, Person.identity_verified_at, Person.identity_verified_by)
        .join(Ownership, Ownership.person_id == Person.id)
        .where(Ownership.actor_id == actor_id, owns())
        .order_by(Ownership.id)
        .limit(1)
        .subquery()
    )
    query = (
        select(
            *(Actor.name, Actor.village_code, Actor.regency_code, Actor.kbli_version, Actor.kbli_code),
            *(Actor.size_class, Actor.started_on, Region.name.label("village"), Account.name.label("verifier")),
            *(owner.c.full_name, owner.c.identity_verified_at),
        )
        .join(Region, Region.code == Actor.village_code)
        .outerjoin(owner, owner.c.id.is_not(None))
        .outerjoin(Account, Account.id == owner.c.identity_verified_by)
        .where(Actor.id == actor_id)
    )
    row = (await db.execute(query)).one()
    shown: dict[DataCategory, dict[str, Any]] = {
        DataCategory.business_name: {"name": row.name},
        DataCategory.owner_name: {
            "owner_name": row.full_name,
            "identity_verified_at": row.identity_verified_at,
            "identity_verified_by": row.verifier,
        },
        DataCategory.village: {"village_code": row.village_code, "village": row.village},
        DataCategory.business_activity: {
            "regency_code": row.regency_code,
            "kbli_version": row.kbli_version,
            "kbli_code": row.kbli_code,
            "started_on": row.started_on,
        },
        DataCategory.size_class: {"size_class": row.size_class},
    }
    values: dict[str, Any] = dict.fromkeys(DossierBusiness.model_fields)
    for category, members in shown.items():
        values |= members if category in allowed else {}
    return DossierBusiness.model_validate(values)


async def _readiness(db: AsyncSession, actor_id: UUID) -> tuple[list[DossierGate], DossierConfirmation]:
    query = (
        select(Readiness, RuleSet.content, Account.name)
        .join(RuleSet, RuleSet.version == Readiness.rule_set)
        .outerjoin(Account, Account.id == Readiness.confirmed_by)
        .where(Readiness.actor_id == actor_id)
    )
    kept, content, confirmed_by = (await db.execute(query)).one()
    titles = {rule["code"]: rule["title"] for rule in content["rules"] if rule["kind"] == "gate"}
    gates = [
        DossierGate.model_validate({**result, "title": titles[result["code"]]})
        for result in kept.results
        if result["code"] in titles
    ]
    confirmed = {name: getattr(kept, name) for name in ("rule_set", "confirmed_at", "expires_at")}
    return gates, DossierConfirmation.model_validate(confirmed | {"confirmed_by": confirmed_by})


async def _figures(db: AsyncSession, actor_id: UUID) -> list[dict[str, Any]]:
    of = counting_figures.c
    query = (
        select(
            *(of.id, of.year, of.sales_idr, of.capital_idr, of.verification, of.source),
            (of.workers_female + of.workers_male).label("workers"),
            of.created_at.label("recorded_at"),
            Account.name.label("recorded_by"),
            FileRow.id.label("file_id"),
        )
        .join(AnnualFigure, AnnualFigure.id == of.id)
        .outerjoin(Account, (Account.id == AnnualFigure.recorded_by) & (Account.kind == "staff"))
        .outerjoin(FileRow, FileRow.id == AnnualFigure.file_id)
        .where(of.actor_id == actor_id)
        .order_by(of.year.desc())
        .limit(20)
    )
    rows = (await db.execute(query)).mappings().all()
    documents = await _documents(db, (row["file_id"] for row in rows))
    return [dict(row) | {"documents": documents.get(row["file_id"], [])} for row in rows]


async def _training(db: AsyncSession, actor_id: UUID) -> list[dict[str, Any]]:
    owners = select(Ownership.person_id).where(Ownership.actor_id == actor_id, owns())
    query = (
        select(
            *(Enrolment.id, Program.title.label("program"), Program.starts_on, Program.ends_on),
            *(Enrolment.completed_at, Organization.name.label("organizer"), Certificate.organizers),
            *(Certificate.number.label("certificate_number"), Certificate.code.label("certificate_code")),
        )
        .join(Program, Program.id == Enrolment.program_id)
        .join(Organization, Organization.id == Program.organization_id)
        .outerjoin(Certificate, (Certificate.enrolment_id == Enrolment.id) & Certificate.revoked_at.is_(None))
        .where(
            or_(Enrolment.actor_id == actor_id, Enrolment.actor_id.is_(None) & Enrolment.person_id.in_(owners)),
            Enrolment.state == EnrolmentState.completed,
        )
        .order_by(Enrolment.completed_at.desc(), Enrolment.id)
        .limit(100)
    )
    return [
        dict(row)
        | {
            "organizers": row["organizers"] or [row["organizer"]],
            "completed_on": row["completed_at"].astimezone(clock.WITA).date(),
        }
        for row in (await db.execute(query)).mappings()
    ]


async def _outcomes(db: AsyncSession, actor_id: UUID) -> list[dict[str, Any]]:
    query = (
        select(
            *(Outcome.id, Outcome.enrolment_id, Outcome.dimension, Outcome.rubric_version.label("rubric")),
            *(Outcome.baseline_level, Outcome.target_level, Outcome.reached_level, Outcome.reached_at),
        )
        .where(Outcome.actor_id == actor_id, Outcome.reached_level.is_not(None))
        .order_by(Outcome.reached_at.desc(), Outcome.id)
        .limit(500)
    )
    return [dict(row) for row in (await db.execute(query)).mappings()]


async def _evidence(db: AsyncSession, outcome_ids: Sequence[UUID]) -> list[DossierEvidence]:
    query = (
        select(Evidence, Account.name, func.array_remove(func.array_agg(EvidenceFile.file_id), None))
        .outerjoin(Account, Account.id == Evidence.decided_by)
        .outerjoin(EvidenceFile, EvidenceFile.evidence_id == Evidence.id)
        .where(Evidence.outcome_id.in_(outcome_ids), Evidence.state == EvidenceState.verified)
        .group_by(Evidence.id, Account.name)
        .order_by(Evidence.id)
        .limit(1000)
    )
    rows = (await db.execute(query)).all() if outcome_ids else []
    documents = await _documents(db, (file_id for *_, files in rows for file_id in files))
    return [
        DossierEvidence(
            id=row.id,
            outcome_id=row.outcome_id,
            kind=row.kind,
            verified_level=row.verified_level,
            verified_at=row.decided_at,
            verified_by=verifier,
            record=row.fact_table,
            documents=[one for file_id in sorted(files) for one in documents.get(file_id, [])],
        )
        for row, verifier, files in rows
    ]


async def _documents(db: AsyncSession, file_ids: Iterable[UUID | None]) -> Mapping[UUID, list[dict[str, Any]]]:
    wanted = {one for one in file_ids if one is not None}
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    if wanted:
        for row in await db.scalars(select(FileRow).where(FileRow.id.in_(wanted), FileRow.erased_at.is_(None))):
            found[row.id].append(
                {"sha256": row.sha256.hex(), "media_type": row.media_type, "size_bytes": row.size_bytes}
            )
    return found

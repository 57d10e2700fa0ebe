"""Making an objection: to which result, by whom, and on whose word that result rests."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import owned_by
from plut_api.actors.models import Ownership, Person, owns
from plut_api.cooperatives.access import cooperatives_kept_by
from plut_api.cooperatives.models import Cooperative
from plut_api.cooperatives.problems import CooperativeNotFound
from plut_api.financing.objections.models import REASON, Objection, ObjectionFile
from plut_api.financing.objections.problems import ObjectionOpen
from plut_api.financing.objections.schemas import ObjectionCreate
from plut_api.financing.objections.standing import Standing, of_business, of_cooperative
from plut_api.financing.objections.telling import tell
from plut_api.financing.rules.checking import facts_of
from plut_api.financing.rules.loading import shipped_rule_sets
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.database import refusing
from plut_api.kit.files import require_file
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.outcomes.models import Evidence, EvidenceState, Outcome
from plut_api.reference.rules import rule_value

_TAKEN = {
    "uq_readiness_objections_actor": ObjectionOpen(),
    "uq_readiness_objections_cooperative": ObjectionOpen(),
}
_RULE_UNKNOWN = fault(
    "#/rule",
    "rule_unknown",
    id="Syarat ini tidak dipakai dalam penilaian Anda; lihat kesiapan Anda",
    en="No rule of this code was applied; look at the readiness",
)


async def object_as_owner(db: AsyncSession, caller: Caller, actor_id: UUID, given: ObjectionCreate) -> Objection:
    """An owner, or the guardian of one, objects to a result of their business.

    Raises ActorNotFound, ObjectionOpen, Invalid (`rule_unknown`, `file_unknown`). Emits objection.made.
    """
    actor = await owned_by(db, caller, actor_id)
    standing = await of_business(db, caller, actor.id)
    facts = facts_of_rule(standing.rule_set, given.rule)
    words = await _word_of(db, actor.id, facts)
    return await _made(db, caller, given, standing, words, actor_id=actor.id)


async def object_as_manager(
    db: AsyncSession, caller: Caller, cooperative_id: UUID, given: ObjectionCreate
) -> Objection:
    """A manager objects to a result of their cooperative. The Dinas keeps all of them, and objects for none.

    Raises CooperativeNotFound, ObjectionOpen, Invalid (`rule_unknown`, `file_unknown`). Emits objection.made.
    """
    kept = select(Cooperative.id).where(Cooperative.id == cooperative_id, cooperatives_kept_by(caller))
    if not caller.is_person or await db.scalar(kept) is None:
        raise CooperativeNotFound()
    standing = await of_cooperative(db, caller, cooperative_id)
    return await _made(db, caller, given, standing, [], cooperative_id=cooperative_id)


def facts_of_rule(rule_set: str, code: str) -> list[str]:
    """The facts that a rule of a rule set reads, those behind its names too, by name."""
    return sorted(
        {
            name
            for rules in shipped_rule_sets()
            if rules.version == rule_set
            for rule in rules.rules
            if rule.code == code
            for condition in rule.conditions
            for name in facts_of(condition, rules.named)
        }
    )


async def _made(
    db: AsyncSession,
    caller: Caller,
    given: ObjectionCreate,
    standing: Standing,
    words: Sequence[UUID | None],
    **subject: UUID,
) -> Objection:
    files = list(dict.fromkeys(given.file_ids))
    faults = [] if given.rule in standing.results else [_RULE_UNKNOWN]
    faults += await _file_faults(db, caller, files)
    if faults:
        raise Invalid(errors=faults)
    hours = await rule_value(db, "objection.answer_hours")
    objection = Objection(
        id=new_id(),
        rule_set=standing.rule_set,
        rule_code=given.rule,
        result=standing.results[given.rule],
        reason_sealed=vault().seal(REASON, given.reason),
        made_by=caller.id,
        word_of=sorted({word for word in (standing.confirmed_by, *words) if word is not None}),
        due_at=clock.now() + timedelta(hours=hours),
        **subject,
    )
    with refusing(_TAKEN):
        db.add(objection)
        await db.flush()
    db.add_all(ObjectionFile(id=new_id(), objection_id=objection.id, file_id=file_id) for file_id in files)
    await db.flush()
    await db.refresh(objection)
    await tell(db, "objection.made", objection, caller)
    return objection


async def _file_faults(db: AsyncSession, caller: Caller, files: Sequence[UUID]) -> list[Fault]:
    faults: list[Fault] = []
    for at, file_id in enumerate(files):
        try:
            await require_file(db, caller, file_id, pointer=f"#/file_ids/{at}")
        except Invalid as refused:
            faults += refused.errors
    return faults


async def _word_of(db: AsyncSession, actor_id: UUID, facts: Sequence[str]) -> list[UUID | None]:
    """Whose word a result rests on besides that of who confirmed the file: who compared the identity card, who
    verified the outcomes.
    """
    words: list[UUID | None] = []
    if any(name.startswith("identity") for name in facts):
        cards = select(Person.identity_verified_by).join(Ownership, Ownership.person_id == Person.id)
        words += await db.scalars(cards.where(Ownership.actor_id == actor_id, owns()))
    if any(name.endswith("_level") for name in facts):
        proven = select(Evidence.decided_by).join(Outcome, Outcome.id == Evidence.outcome_id)
        words += await db.scalars(proven.where(Outcome.actor_id == actor_id, Evidence.state == EvidenceState.verified))
    return words

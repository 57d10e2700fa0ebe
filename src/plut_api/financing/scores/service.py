"""Setting which bank sees scores. Every token of a bank ends with a change of its setting, and with its days."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.financing.scores.models import ScoreDisclosure
from plut_api.financing.scores.problems import NotABank, ScoreDisclosureNotFound
from plut_api.financing.scores.schemas import ScoreDisclosureSet
from plut_api.kit import clock, outbox
from plut_api.kit.caller import Caller, Role
from plut_api.kit.etags import require_match
from plut_api.kit.ids import new_id
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.organizations.models import OrganizationKind
from plut_api.organizations.service import organization_by_id

_PAST = fault(
    "#/valid_from",
    "in_the_past",
    id="Pembukaan skor tidak dapat berlaku surut",
    en="Scores cannot be shown for days that are over",
)
_ENDS_BEFORE = fault(
    "#/valid_until",
    "ends_before_it_begins",
    id="Hari terakhir tidak boleh sebelum hari pertama",
    en="The last day must not come before the first",
)


async def require_disclosure(
    db: AsyncSession, caller: Caller, bank_id: UUID, *, for_update: bool = False
) -> ScoreDisclosure:
    """The setting of a bank, for the Dinas and for that bank itself. Raises ScoreDisclosureNotFound."""
    query = select(ScoreDisclosure).where(ScoreDisclosure.bank_id == bank_id)
    if caller.role is not Role.dinas:
        query = query.where(ScoreDisclosure.bank_id == caller.organization_id)
    found = await db.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise ScoreDisclosureNotFound()
    return found


async def set_disclosure(
    db: AsyncSession, caller: Caller, bank_id: UUID, if_match: str | None, given: ScoreDisclosureSet
) -> ScoreDisclosure:
    """Let a bank see scores in a period, or change the period; the first setting needs no `If-Match`.

    Raises OrganizationNotFound, NotABank, PreconditionRequired, PreconditionFailed, Invalid (`in_the_past`,
    `ends_before_it_begins`). Emits score_disclosure.set.
    """
    bank = await organization_by_id(db, bank_id, for_update=True)  # Two first settings queue for it.
    if bank.kind is not OrganizationKind.bank:
        raise NotABank()
    row = await db.scalar(select(ScoreDisclosure).where(ScoreDisclosure.bank_id == bank_id).with_for_update())
    if row is not None:
        require_match(row, if_match)
    if faults := _faults(row, given):
        raise Invalid(errors=faults)
    if row is None:
        row = ScoreDisclosure(id=new_id(), bank_id=bank_id, set_by=caller.id, **given.model_dump())
        db.add(row)
    else:
        row.valid_from, row.valid_until, row.reason = given.valid_from, given.valid_until, given.reason
        row.set_by = caller.id
        row.version += 1
    await db.flush()
    await db.refresh(row)
    await outbox.record(db, "score_disclosure.set", row.id, by=caller, organization_id=bank_id)
    return row


async def end_disclosure(db: AsyncSession, caller: Caller, bank_id: UUID, if_match: str | None) -> None:
    """Take it back: from now on the bank sees no score, and pulls the list anew.

    Raises ScoreDisclosureNotFound, PreconditionRequired, PreconditionFailed. Emits score_disclosure.ended.
    """
    row = await require_disclosure(db, caller, bank_id, for_update=True)
    require_match(row, if_match)
    await db.delete(row)
    await db.flush()
    await outbox.record(db, "score_disclosure.ended", row.id, by=caller, organization_id=bank_id)


def in_force(row: ScoreDisclosure) -> bool:
    """Whether the bank sees scores today (WITA)."""
    today = clock.today()
    return row.valid_from <= today and (row.valid_until is None or today <= row.valid_until)


def _faults(row: ScoreDisclosure | None, given: ScoreDisclosureSet) -> list[Fault]:
    stood = row is not None and row.valid_from == given.valid_from
    faults = [] if stood or given.valid_from >= clock.today() else [_PAST]
    if given.valid_until is not None and given.valid_until < given.valid_from:
        faults.append(_ENDS_BEFORE)
    return faults

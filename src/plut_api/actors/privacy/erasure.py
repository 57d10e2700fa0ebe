"""Erasing a person (UU 27/2022 art. 8, 43-44): asked for, confirmed by a code to the phone, done at once.

The code keeps who holds a stolen session from erasing somebody. Rooms erase what is theirs by hooks (kit/privacy.py),
in one transaction; what others refer to, or a law keeps, stays as rows that name nobody.
"""

from typing import Any

from fastapi import Request
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.models import Actor, ActorStatus, Assignment, Consent, Ownership, Person
from plut_api.actors.privacy.held import subject_of
from plut_api.actors.privacy.models import DataRequest, RequestKind, RequestState
from plut_api.actors.privacy.requests import new_request, tell
from plut_api.actors.problems import CodeRefused, ErasureBlocked, ErasureNotAsked, PeopleOnly
from plut_api.actors.service.consents import end_consents
from plut_api.identity.codes import make_code, use_code
from plut_api.identity.service import account_of
from plut_api.kit import audit, clock, outbox
from plut_api.kit.caller import Caller
from plut_api.kit.i18n import Text
from plut_api.kit.privacy import Erased, Kept, Subject, erase, erasing, obstacles_to_erasing
from plut_api.reference.retention import kept_until
from plut_api.settings import Settings

GONE = "(dihapus)"


async def ask_erasure(db: AsyncSession, settings: Settings, caller: Caller) -> tuple[DataRequest, str, str]:
    """Make the request, and the code that confirms it, with the phone to send it to; asking again makes a new code.

    Raises PeopleOnly, AccountNotFound, ErasureBlocked, ResendTooSoon, TooManyRequests.
    """
    subject = await _locked_subject(db, caller)
    await _require_no_obstacle(db, subject)
    code = await make_code(db, settings, _addressed(subject))
    request = await _waiting(db, caller)
    if request is None:
        request = await new_request(db, caller, RequestKind.erasure, RequestState.awaiting_code)
        db.add(request)
        await db.flush()
        await db.refresh(request)
        await tell(db, caller, request)
    return request, subject.phone or "", code


async def confirm_erasure(db: AsyncSession, caller: Caller, code: str, request: Request) -> DataRequest:
    """Erase the caller, by the code. Two at once erase once; the second finds no account.

    Raises PeopleOnly, AccountNotFound, ErasureNotAsked, ErasureBlocked, CodeRefused. Emits consent.withdrawn for each
    consent, what the rooms tell, and person.erased.
    """
    subject = await _locked_subject(db, caller)
    asked = await _waiting(db, caller)
    if asked is None:
        raise ErasureNotAsked()
    await _require_no_obstacle(db, subject)
    if not await use_code(request.app.state.sessions, _addressed(subject), code):
        raise CodeRefused()
    done = await erase(db, caller, subject)
    asked.report = report_of(done, request.state.locale)
    asked.state, asked.decided_at, asked.decided_by = RequestState.done, clock.now(), caller.id
    asked.version += 1
    await db.flush()
    await db.refresh(asked)
    await tell(db, caller, asked)
    if subject.person_id is not None:
        await outbox.record(db, "person.erased", subject.person_id, by=caller)
    return asked


def report_of(done: list[Erased], locale: Any) -> dict[str, Any]:
    """What was erased and what stays, as the answer has it."""
    return {
        "erased": [{"section": e.section, "deleted": e.deleted, "emptied": e.emptied} for e in done],
        "kept": [
            {
                "section": kept.section,
                "why": kept.why.in_locale(locale),
                "law": kept.law,
                "until": kept.until.isoformat() if kept.until else None,
            }
            for e in done
            for kept in e.kept
        ],
    }


async def _locked_subject(db: AsyncSession, caller: Caller) -> Subject:
    """The caller, whose account and person nobody else changes meanwhile. Raises PeopleOnly, AccountNotFound."""
    if not caller.is_person:
        raise PeopleOnly()
    await account_of(db, caller, for_update=True)
    # Not `FOR UPDATE`: who takes a seat right now holds the programme and refers to the person.
    await db.execute(select(Person.id).where(Person.account_id == caller.id).with_for_update(key_share=True))
    subject = await subject_of(db, caller)
    # Nor do two owners of one business leave it at once, each believing that the other stays.
    businesses = select(Actor.id).where(Actor.id.in_(subject.actor_ids)).order_by(Actor.id)
    await db.execute(businesses.with_for_update(key_share=True))
    return await subject_of(db, caller)


async def _require_no_obstacle(db: AsyncSession, subject: Subject) -> None:
    found = await obstacles_to_erasing(db, subject)
    if found:
        raise ErasureBlocked(detail=found[0].words, extra={"reasons": [each.code for each in found]})


async def _waiting(db: AsyncSession, caller: Caller) -> DataRequest | None:
    query = select(DataRequest).where(
        DataRequest.account_id == caller.id, DataRequest.state == RequestState.awaiting_code
    )
    found: DataRequest | None = await db.scalar(query.with_for_update())
    return found


def _addressed(subject: Subject) -> str:
    """A name of its own for the codes of this purpose: a code for signing in erases nobody, nor the other way round."""
    return f"erasure:{subject.phone}"


@erasing(order=10)
async def withdraw_consents(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """End the consents of businesses that are the person's alone, and those that they gave for others."""
    of_person = Consent.actor_id.in_(subject.sole_actor_ids) | (Consent.given_by == subject.account_id)
    if subject.person_id is not None:
        of_person |= Consent.signed_by == subject.person_id
    rows = await db.scalars(select(Consent).where(of_person).order_by(Consent.actor_id).with_for_update())
    consents = list(rows)
    for consent in consents:
        if consent.withdrawn_at is None and consent.actor_id is not None:
            await end_consents(db, caller, consent.actor_id, consent.organization_id)
    kept = Kept(
        "consents",
        Text(
            id="Bukti bahwa persetujuan pernah diberikan dan dicabut, tanpa nama.",
            en="Proof that consents were given and withdrawn, without a name.",
        ),
        "UU 27/2022 art. 24",
        kept_until("consents"),
    )
    return Erased("consents", emptied=0, kept=[kept] if consents else [])


@erasing(order=40)
async def empty_businesses(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Empty the businesses that are the person's alone; of others only the ownership goes."""
    ids = subject.sole_actor_ids
    await db.execute(select(Actor.id).where(Actor.id.in_(ids)).order_by(Actor.id).with_for_update(key_share=True))
    emptied = await _count(db, update(Actor).where(Actor.id.in_(ids)).values(**_EMPTY_ACTOR, erased_at=clock.now()))
    owned = delete(Ownership).where(Ownership.person_id == subject.person_id)  # Those that ended too.
    owned = owned.where(Ownership.actor_id.not_in(ids)) if ids else owned
    gone = await _count(db, owned)
    for actor_id in set(subject.actor_ids) - set(ids):
        await outbox.record(db, "actor.changed", actor_id, by=caller, actor_id=actor_id)
    kept = Kept(
        "businesses",
        Text(
            id="Baris kosong berisi desa saja, tempat angka pelatihan dan rujukan bersandar.",
            en="An empty row with the village alone, which counts of training and referrals lean on.",
        ),
        "UU 27/2022 art. 31, 44",
    )
    return Erased("businesses", deleted=gone, emptied=emptied, kept=[kept] if ids else [])


@erasing(order=45)
async def empty_person(db: AsyncSession, caller: Caller, subject: Subject) -> Erased:
    """Empty the person's own row and let go of the account."""
    if subject.person_id is None:
        return Erased("person")
    emptied = await _count(
        db, update(Person).where(Person.id == subject.person_id).values(**_EMPTY_PERSON, erased_at=clock.now())
    )
    gone = await _count(db, delete(Assignment).where(Assignment.person_id == subject.person_id))
    requests = update(DataRequest).where(DataRequest.account_id == subject.account_id)
    await _count(db, requests.values(text_sealed=None, answer_sealed=None))
    kept = [
        Kept(
            "disclosures",
            Text(
                id="Catatan siapa yang pernah melihat data, dengan nomor yang tidak lagi menunjuk siapa pun.",
                en="The record of who saw data, by ids that point to nobody any more.",
            ),
            "UU 27/2022 art. 31",
            kept_until("disclosures"),
        ),
        Kept(
            "data_requests",
            Text(id="Bahwa permintaan ini dijawab tepat waktu.", en="That this request was answered in time."),
            "UU 27/2022 art. 31",
            kept_until("data_requests"),
        ),
    ]
    return Erased("person", deleted=gone, emptied=emptied, kept=kept)


_EMPTY_ACTOR: dict[str, Any] = {
    "name": GONE,
    "status": ActorStatus.closed,
    **dict.fromkeys(
        (
            *("address", "kbli_version", "kbli_code", "started_on", "nib_sealed", "nib_index", "npwp_sealed"),
            *("npwp_index", "size_class", "size_basis", "registered_by", "import_id", "row_key"),
            *("size_by_sales", "size_by_capital"),
            *("qris_nmid", "qris_verified_at", "qris_verified_by"),
        )
    ),
    "version": Actor.version + 1,
}
_EMPTY_PERSON: dict[str, Any] = {
    "full_name": GONE,
    "disabilities": [],
    **dict.fromkeys(
        (
            *("account_id", "nik_sealed", "nik_index", "phone_sealed", "phone_index", "sex", "birth_date"),
            *("marital_status", "village_code", "registered_by", "identity_verified_at", "identity_verified_by"),
            "import_id",
        )
    ),
    "version": Person.version + 1,
}


async def _count(db: AsyncSession, statement: Any) -> int:
    """Run a change without telling the session, which has to forget what it knows; how many rows it met."""
    met = (await db.scalars(statement.returning(statement.table.c.id).execution_options(**_QUIETLY))).all()
    action = audit.Action.deleted if statement.is_delete else audit.Action.changed
    audit.record(db, action, statement.table.name, met, after={"erased": True})
    return len(met)


_QUIETLY = {"synchronize_session": False}

"""What a business would score if some facts were true, or for one product: judged by the same SQL, nothing stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import require_actor
from plut_api.actors.models import Actor
from plut_api.financing.generations import serving
from plut_api.financing.models import Readiness, ReadinessStatus
from plut_api.financing.products.models import BorrowerKind, FinancingProduct
from plut_api.financing.products.problems import FinancingProductNotFound
from plut_api.financing.products.schemes import schemes_on
from plut_api.financing.readiness import Explained
from plut_api.financing.rules.compiling import judge
from plut_api.financing.rules.facts import Value
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.financing.rules.terms import terms_of
from plut_api.financing.schemas.readiness import GivenFact
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.rules import rule_values


@dataclass(frozen=True)
class Compared:
    """What the rules say now, and what they would say."""

    now: Explained
    then: Explained


async def explain_for(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    *,
    product_id: UUID | None = None,
    given: Mapping[str, Value] | None = None,
) -> Explained:
    """Judge a business now, by the terms of a product if one is named, and with facts that are taken as given.

    Raises ActorNotFound, FinancingProductNotFound.
    """
    actor = await require_actor(db, caller, actor_id)
    rules, values = await serving(db), await rule_values(db, "")
    if product_id is not None:
        values = values | await product_terms(db, product_id)
    query = judge(rules, values, Actor.id == actor.id, given=given)
    row = (await db.execute(query, {"today": clock.today()})).one()
    kept = await db.get(Readiness, actor.id)
    return Explained(actor.id, rules, ReadinessStatus(row.status), row.score, row.results, clock.now(), kept)


async def what_if(
    db: AsyncSession, caller: Caller, actor_id: UUID, facts: Sequence[GivenFact], product_id: UUID | None
) -> Compared:
    """What a business scores, and what it would if these facts were true; by the terms of a product if one is named.

    A fact is taken as it is named: what would follow from it for other facts is not worked out. Raises ActorNotFound,
    FinancingProductNotFound, Invalid (`fact_unknown`, `fact_of_other_kind`, `fact_twice`).
    """
    now = await explain_for(db, caller, actor_id, product_id=product_id)
    if faults := faults_of(now.rules.subject, facts):
        raise Invalid(errors=faults)
    given: dict[str, Value] = {fact.name: fact.value for fact in facts}
    return Compared(now, await explain_for(db, caller, actor_id, product_id=product_id, given=given))


async def product_terms(
    db: AsyncSession,
    product_id: UUID,
    day: date | None = None,
    *,
    borrower_kind: BorrowerKind = BorrowerKind.business,
) -> dict[str, int]:
    """The terms of a product that was published for such borrowers, and of its scheme.

    Raises FinancingProductNotFound.
    """
    product = await db.get(FinancingProduct, product_id)
    if product is None or product.published_at is None or product.borrower_kind is not borrower_kind:
        raise FinancingProductNotFound()
    return terms_of(schemes_on(day or clock.today()).get(product.scheme), product)


def faults_of(subject: str, facts: Sequence[GivenFact]) -> list[Fault]:
    """What is wrong with facts that are to be taken as given, each by its pointer."""
    known, faults, seen = SUBJECTS[subject].facts, [], set()
    for number, given in enumerate(facts):
        fact = known.get(given.name)
        if fact is None:
            faults.append(_unknown(number))
        elif not fact.takes(given.value):
            faults.append(_of_other_kind(number, fact.kind))
        if given.name in seen:
            faults.append(_twice(number))
        seen.add(given.name)
    return faults


def _unknown(number: int) -> Fault:
    return fault(
        f"#/facts/{number}/name",
        "fact_unknown",
        id="Pilih nama dari GET /v1/financing/facts",
        en="Choose a name of GET /v1/financing/facts",
    )


def _of_other_kind(number: int, kind: str) -> Fault:
    words = {
        "yes_no": ("Isi true atau false", "Say true or false"),
        "number": ("Isi bilangan bulat, paling rendah 0", "Say a whole number, at least 0"),
        "text": ("Isi teks", "Say text"),
    }[kind]
    return fault(f"#/facts/{number}/value", "fact_of_other_kind", id=words[0], en=words[1])


def _twice(number: int) -> Fault:
    return fault(f"#/facts/{number}/name", "fact_twice", id="Fakta ini sudah disebut", en="This fact is given twice")

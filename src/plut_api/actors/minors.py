"""Who is a minor, and for whom a guardian acts: conditions of SQL, true on the day asked (UU 27/2022 art. 25-26).

The age is the dated rule value `minors.of_age_years`, read by the statement itself. Whose birth date nobody has told
counts as of age.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from plut_api.actors.models import Guardianship, Person
from plut_api.actors.people_problems import GuardianNeeded
from plut_api.kit import clock
from plut_api.reference.models import RuleValue

OF_AGE = "minors.of_age_years"


def years_before(on: date, years: Any) -> ColumnElement[date]:
    """The day so many years before a day: who was born on it is exactly so old then, who was born later is younger."""
    return cast(literal(on, Date) - func.make_interval(years), Date)


def ruled(code: str, on: date) -> ScalarSelect[int]:
    """A whole rule value as it holds on a day, as a part of a statement; null if there is none."""
    value = RuleValue.__table__.alias()
    held = (value.c.valid_from <= on) & or_(value.c.valid_to.is_(None), value.c.valid_to >= on)
    query = select(cast(value.c.value, Integer)).where(value.c.code == code, held)
    return query.order_by(value.c.valid_from.desc()).limit(1).scalar_subquery()


def is_minor(on: date, person: Any = Person) -> ColumnElement[bool]:
    """The condition on `people`, or an alias of it, that somebody is a minor on a day."""
    younger: ColumnElement[bool] = person.birth_date > years_before(on, ruled(OF_AGE, on))
    return younger


def is_born_a_minor(born: date) -> ColumnElement[bool]:
    """The same of a birth date that is not on file yet, today."""
    today = clock.today()
    return literal(born, Date) > years_before(today, ruled(OF_AGE, today))


def lives(on: date, guardianship: Any = Guardianship) -> ColumnElement[bool]:
    """The condition on `guardianships`, or an alias of it, that one is in force on a day, if the ward is a minor."""
    return and_(guardianship.since <= on, or_(guardianship.until.is_(None), guardianship.until > on))


def acted_for_by(account_id: UUID) -> Select[Any]:
    """The ids of the people for whom the holder of an account acts today: themself, and the minors in their care.

    Leans on uq_people_account_id and ix_guardianships_guardian_id.
    """
    own, guardian, care = aliased(Person), aliased(Person), aliased(Guardianship)
    wards = _wards(care).join(guardian, guardian.id == care.guardian_id).where(guardian.account_id == account_id)
    both = union_all(select(own.id).where(own.account_id == account_id), wards).subquery()
    return select(both.c[0])


def wards_of(person_id: UUID | None) -> Select[Any]:
    """The ids of the minors in the care of a person today; of nobody none."""
    care = aliased(Guardianship)
    return _wards(care).where(care.guardian_id == person_id)


def _wards(care: Any) -> Select[Any]:
    ward, today = aliased(Person), clock.today()
    joined = select(care.ward_id).join(ward, ward.id == care.ward_id)
    return joined.where(lives(today, care), is_minor(today, ward))


def lacks_guardian() -> ColumnElement[bool]:
    """The condition on `people` that somebody is a minor today without a guardian on record."""
    today, care = clock.today(), aliased(Guardianship)
    return is_minor(today) & ~exists().where(care.ward_id == Person.id, lives(today, care))


async def require_guardian(db: AsyncSession, of_whom: ColumnElement[bool]) -> None:
    """Refuse what a minor without a guardian cannot do; `of_whom` is a condition on `people`. Raises GuardianNeeded."""
    if await db.scalar(select(Person.id).where(of_whom, lacks_guardian()).limit(1)) is not None:
        raise GuardianNeeded()

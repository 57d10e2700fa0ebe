"""Who reads the papers behind registrations, changed phones and guardians: whoever acts for the person."""

from sqlalchemy import ColumnElement, or_, select

from plut_api.actors.access import people_served_by
from plut_api.actors.models import Guardianship, Person, PhoneChange, Registration
from plut_api.kit.caller import Caller
from plut_api.kit.files import readable_through
from plut_api.kit.privacy import Subject


def _of_ward_or_guardian(subject: Subject) -> ColumnElement[bool]:
    return or_(Guardianship.ward_id == subject.person_id, Guardianship.guardian_id == subject.person_id)


@readable_through(Registration.paper_file_id, of_subject=lambda subject: Registration.person_id == subject.person_id)
def registrations_of_served(caller: Caller) -> ColumnElement[bool]:
    """The condition on `registrations` that a caller acts for the person."""
    return Registration.person_id.in_(select(Person.id).where(people_served_by(caller)))


@readable_through(PhoneChange.paper_file_id, of_subject=lambda subject: PhoneChange.person_id == subject.person_id)
def phone_changes_of_served(caller: Caller) -> ColumnElement[bool]:
    """The condition on `phone_changes` that a caller acts for the person."""
    return PhoneChange.person_id.in_(select(Person.id).where(people_served_by(caller)))


@readable_through(Guardianship.proof_file_id, of_subject=_of_ward_or_guardian)
def guardianships_of_served(caller: Caller) -> ColumnElement[bool]:
    """The condition on `guardianships` that a caller acts for the ward."""
    return Guardianship.ward_id.in_(select(Person.id).where(people_served_by(caller)))

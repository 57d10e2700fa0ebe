"""Something that was said to a person of the world."""

from plut_api.actors.models import Person
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id
from plut_api.kit.messages.models import Kind, Message, MessageState
from plut_api.kit.messages.sending import FACTS


def said_to(person: Person) -> Message:
    """A decision that lies in somebody's inbox and has not left by any channel yet."""
    return Message(
        id=new_id(),
        recipient_id=person.id,
        kind=Kind.decision,
        template="assignment_made",
        facts_sealed=vault().seal(FACTS, '{"consultant": "Petugas"}'),
        state=MessageState.waiting,
        tried=[],
        attempts=0,
        not_before=clock.now(),
        shown_from=clock.now(),
    )

"""How each operation is called about the object of one side, so that whoever may call it gets a success.

What a call needs to be there (a draft to submit, an invitation to accept) is made for it, and is used up by it alone.
"""

from tests.access.calls import (
    businesses,
    consulting,
    cooperatives,
    duplicates,
    exchange,
    facilities,
    figures,
    files,
    financing,
    follow_ups,
    identity,
    merging,
    messages,
    of_businesses,
    outcomes,
    overlaps,
    partners,
    people,
    people_steps,
    privacy,
    program_details,
    programs,
    public,
    searching,
    sessions,
    staff,
    training,
    waiting,
    webhooks,
)
from tests.access.calls.call import CALLS, Call, prepared

ROOMS = (
    overlaps,
    webhooks,
    duplicates,
    exchange,
    facilities,
    searching,
    figures,
    files,
    public,
    identity,
    staff,
    people,
    people_steps,
    businesses,
    of_businesses,
    programs,
    sessions,
    outcomes,
    waiting,
    training,
    program_details,
    financing,
    follow_ups,
    partners,
    consulting,
    cooperatives,
    privacy,
    merging,
    messages,
)
"""Importing a room registers its calls."""

__all__ = ["CALLS", "ROOMS", "Call", "prepared"]

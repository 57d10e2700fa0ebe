"""How each operation is called about the object of one side, so that whoever may call it gets a success.

What a call needs to be there (a draft to submit, an invitation to accept) is made for it, and is used up by it alone.
"""

from tests.access.calls import (
    businesses,
    cooperatives,
    duplicates,
    exchange,
    facilities,
    figures,
    files,
    financing,
    identity,
    merging,
    messages,
    of_businesses,
    people,
    people_steps,
    privacy,
    programs,
    public,
    searching,
    staff,
)
from tests.access.calls.call import CALLS, Call, prepared

ROOMS = (
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
    financing,
    cooperatives,
    privacy,
    merging,
    messages,
)
"""Importing a room registers its calls."""

__all__ = ["CALLS", "ROOMS", "Call", "prepared"]

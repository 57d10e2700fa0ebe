"""How each operation is called about the object of one side, so that whoever may call it gets a success.

What a call needs to be there (a draft to submit, an invitation to accept) is made for it, and is used up by it alone.
"""

from tests.access.calls import businesses, cooperatives, financing, identity, people, privacy, programs, public, staff
from tests.access.calls.call import CALLS, Call, prepared

ROOMS = (public, identity, staff, people, businesses, programs, financing, cooperatives, privacy)
"""Importing a room registers its calls."""

__all__ = ["CALLS", "ROOMS", "Call", "prepared"]

"""The card of a participant: where I stand, what is next."""

"""The waiting list of programmes: who waits, in which order and why, and how a seat that frees is offered."""

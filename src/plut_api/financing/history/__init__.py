"""The history of results: what changed, from what to what, and by which event."""

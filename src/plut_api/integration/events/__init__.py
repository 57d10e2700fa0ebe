"""The public stream of events: thin, numbered without gaps, each to those whom it concerns."""

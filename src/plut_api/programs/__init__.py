"""Training programmes: proposal to completion, sessions, enrolments."""

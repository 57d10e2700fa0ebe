"""Objections of owners to what a rule of readiness says of them, each with a clock, answered by a person."""

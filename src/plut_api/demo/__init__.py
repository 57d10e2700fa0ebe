"""The chain, told while it happens: one programme of two agencies, from overlap to five proven outcomes and a loan."""

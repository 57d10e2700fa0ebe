"""Accounts, sign-in, tokens, machine clients, and the one policy of who may do what."""

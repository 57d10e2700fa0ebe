"""Passwords that cost little, so that tests of who gets in do not wait for the hash."""

import pytest
from argon2 import PasswordHasher

from plut_api.identity import passwords


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with the least work it allows."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "_DECOY", cheap.hash("of nobody"))

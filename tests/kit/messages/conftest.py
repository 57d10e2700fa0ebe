"""Gateways for the tests of messages."""

from collections.abc import Iterator

import pytest

from tests.kit.messages.gateway import FakeGateway, fake_gateway


@pytest.fixture
def sms() -> Iterator[FakeGateway]:
    """A gateway for SMS."""
    with fake_gateway() as running:
        yield running


@pytest.fixture
def whatsapp() -> Iterator[FakeGateway]:
    """A gateway for WhatsApp."""
    with fake_gateway() as running:
        yield running

"""Counts of messages for Prometheus: by channel and outcome, never by recipient."""

from prometheus_client import Counter

from plut_api.kit.messages.models import Channel, Outcome

_ATTEMPTS = Counter("plut_message_attempts_total", "Attempts to hand a message to a gateway.", ["channel", "outcome"])


def count(channel: Channel, outcome: Outcome) -> None:
    """Count one attempt."""
    _ATTEMPTS.labels(channel.value, outcome.value).inc()

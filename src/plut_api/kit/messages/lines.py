"""A line to each gateway: how many messages are on it at once, and how long it rests after trouble.

One gateway that is down or slow takes only the places of its own line. What waits for it stays in the database.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plut_api.kit import clock
from plut_api.kit.messages.models import Channel

PLACES = 8
"""Messages on a line at once, per process."""
_TROUBLES = 5
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=1)


@dataclass
class Line:
    """The state of one line in this process. After several failures in a row it rests; then one message probes it."""

    channel: Channel
    troubles: int = 0
    rests_until: datetime | None = None

    @property
    def is_resting(self) -> bool:
        """Whether nothing goes by this line now."""
        return self.rests_until is not None and clock.now() < self.rests_until

    @property
    def places(self) -> int:
        """How many messages may be on it at once now."""
        if self.is_resting:
            return 0
        return 1 if self.troubles >= _TROUBLES else PLACES

    def went_well(self) -> None:
        """The gateway answered, whatever it made of the message."""
        self.troubles, self.rests_until = 0, None

    def had_trouble(self, wait: timedelta | None) -> None:
        """The gateway did not answer as it should; `wait` is how long it asked to be left alone."""
        self.troubles += 1
        rest = wait or timedelta()
        if self.troubles >= _TROUBLES:
            doubled = min(_FIRST_REST * 2 ** min(self.troubles - _TROUBLES, 10), _LONGEST_REST)
            rest = max(rest, doubled * random.uniform(0.5, 1))  # noqa: S311 (spreads load, guards nothing)
        if rest:
            self.rests_until = clock.now() + rest


@dataclass
class Lines:
    """One line for each channel."""

    of: dict[Channel, Line] = field(default_factory=lambda: {channel: Line(channel) for channel in Channel})

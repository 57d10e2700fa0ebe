"""Delivering: for ever in the worker, all that is due in tests and seeds, and single codes right after the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.kit import clock
from plut_api.kit.audit import acting_as
from plut_api.kit.database import unit_of_work
from plut_api.kit.messages.attempts import Claim, attempt, claim
from plut_api.kit.messages.lines import Line, Lines
from plut_api.kit.messages.models import Channel, Kind, Message, MessageState
from plut_api.kit.messages.planning import plan_due, recipient_of, ways_of
from plut_api.settings import Settings

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]
IDLE_SECONDS = 0.5
_DIVERTED_AT_ONCE = 100
_ROUNDS = 3
_at_once = Lines()
"""The lines of codes that leave by the process that answered; shared by its requests."""


async def deliver_for_ever(settings: Settings, sessions: Sessions) -> None:
    """Plan and deliver until cancelled; each line by itself, so that none waits for another."""
    lines = Lines()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_for_ever(lambda: plan_due(sessions, settings)))
        for line in lines.of.values():
            tasks.create_task(_work_line(settings, sessions, line))


async def deliver_due(settings: Settings, sessions: Sessions) -> int:
    """Deliver all that is due now and whose gateway answers, then return how many attempts were made."""
    lines, attempts = Lines(), 0
    while True:
        planned = await plan_due(sessions, settings)
        tried = sum([await _one_round(settings, sessions, line) for line in lines.of.values()])
        attempts += tried
        if not planned and not tried:
            return attempts


async def deliver_now(settings: Settings, sessions: Sessions, ids: Collection[UUID]) -> None:
    """Try to deliver single messages right after an answer; what does not go is the worker's. Raises nothing."""
    for _ in range(_ROUNDS):
        try:
            planned = await plan_due(sessions, settings, ids)
            tried = [await _one_round(settings, sessions, line, ids) for line in _at_once.of.values()]
        except (OSError, SQLAlchemyError) as error:
            log.error("message_left_to_the_worker", error=type(error).__name__)
            return
        if not planned and not any(tried):
            return


async def _one_round(settings: Settings, sessions: Sessions, line: Line, only: Collection[UUID] | None = None) -> int:
    if not line.places:
        return await _divert(settings, sessions, line)
    claims = await claim(sessions, line.channel, line.places, only)
    await asyncio.gather(*(_attempted(settings, sessions, line, claimed) for claimed in claims))
    return len(claims)


async def _work_line(settings: Settings, sessions: Sessions, line: Line) -> None:
    running: set[asyncio.Task[None]] = set()

    async def step() -> int:
        running.difference_update([task for task in running if task.done()])
        if line.is_resting:
            return await _divert(settings, sessions, line)
        room = line.places - len(running)
        claims = await claim(sessions, line.channel, room) if room > 0 else []
        running.update(asyncio.create_task(_attempted(settings, sessions, line, claimed)) for claimed in claims)
        if claims or not running:
            return len(claims)
        ended, _ = await asyncio.wait(running, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return len(ended)

    try:
        await _for_ever(step)
    finally:
        for task in running:
            task.cancel()


async def _for_ever(step: Callable[[], Awaitable[int]]) -> None:
    while True:
        try:
            done = await step()
        except (OSError, SQLAlchemyError) as error:
            log.error("messages_not_looked_at", error=type(error).__name__)
            done = 0
        if not done:
            await asyncio.sleep(IDLE_SECONDS)


async def _attempted(settings: Settings, sessions: Sessions, line: Line, claimed: Claim) -> None:
    """One attempt; whatever breaks it, the lease ends and the message is tried again."""
    try:
        with acting_as("job:messages.deliver"):
            await attempt(sessions, settings, line, claimed)
    except Exception as error:  # One message must not take the line down.
        line.had_trouble(None)
        log.error("message_attempt_broke", message_id=str(claimed.message_id), error=type(error).__name__)


async def _divert(settings: Settings, sessions: Sessions, line: Line) -> int:
    """Send codes that wait for a line at rest by another channel, if they have one; how many."""
    waiting = select(Message).where(
        Message.state == MessageState.waiting,
        Message.channel == line.channel,
        Message.kind == Kind.code,
        Message.leased_until.is_(None),
    )
    diverted = 0
    async with unit_of_work(sessions) as db:
        query = waiting.order_by(Message.not_before).limit(_DIVERTED_AT_ONCE).with_for_update(skip_locked=True)
        for message in list(await db.scalars(query)):
            others = await _other_ways(db, settings, message)
            if others:
                message.tried = [*message.tried, line.channel]
                message.channel, message.attempts, message.first_tried_at = others[0], 0, None
                message.not_before = clock.now()
                diverted += 1
    return diverted


async def _other_ways(db: AsyncSession, settings: Settings, message: Message) -> list[Channel]:
    try:
        recipient = await recipient_of(db, message)
        ways = ways_of(settings, recipient, message) if recipient is not None else []
    except (LookupError, ValueError):  # Told of when it is planned or tried.
        return []
    return [way for way in ways if way is not message.channel]

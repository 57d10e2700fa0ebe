"""Whom numbered events concern."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.integration.events.catalogue import CATALOGUE
from plut_api.kit.database import Model
from plut_api.kit.outbox import Event
from plut_api.kit.relay import after_numbering
from plut_api.organizations.models import Organization


class FeedEntry(Model):
    """A numbered event concerns an organization. Written by the relay with the number, so the feed has no gaps."""

    __tablename__ = "feed_entries"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id, ondelete="CASCADE"), index=True)


_ADDRESS = text("""
    INSERT INTO feed_entries (organization_id, position, event_id)
    SELECT o.id, e.position, e.id FROM events e
    JOIN unnest(CAST(:names AS text[]), CAST(:keys AS text[])) AS told (name, key) ON told.name = e.name
    JOIN organizations o ON o.id::text = e.facts ->> told.key OR o.kind = 'dinas'
    WHERE e.id = ANY(:ids)
""")


@after_numbering
async def address(db: AsyncSession, event_ids: list[UUID]) -> None:
    """Enter numbered events into the feeds of those whom they concern."""
    told = [(one.name, one.to or "") for one in CATALOGUE.values()]
    names, keys = [name for name, _ in told], [key for _, key in told]
    await db.execute(_ADDRESS, {"names": names, "keys": keys, "ids": event_ids})

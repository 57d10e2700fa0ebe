"""Messages to people and staff: codes, decisions, offers, reminders, by SMS, WhatsApp, e-mail and the inbox.

A room says `await messages.send(db, to=…, template="certificate_ends", facts={…}, kind=Kind.reminder)` in the
transaction of what it tells of; the worker delivers. Who a recipient is and how they want to be told is answered by a
directory that the identity room registers: kit knows no accounts.
"""

from plut_api.kit.messages.models import Channel, Kind
from plut_api.kit.messages.sending import Address, Letter, send, send_all

__all__ = ["Address", "Channel", "Kind", "Letter", "send", "send_all"]

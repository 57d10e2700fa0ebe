"""Who reads the ready list, and what is noted of it: each block that identifies anybody is a disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.actors.service.disclosures import FINANCING, disclose
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id

OPERATION = "listReadyBusinesses"
FIELDS = ("name", "owner_name", "village_code", "figures_year", "sales_idr", "capital_idr", "workers")
"""What an identified row shows and a masked one does not."""


@dataclass(frozen=True)
class Reader:
    """A caller of a bank, within one request."""

    caller: Caller
    bank_id: UUID
    request_id: UUID

    def values(self) -> dict[str, Any]:
        """The parameters that make a row a bank's own: the bank, and the secret of its pseudonyms."""
        return {"bank": self.bank_id, "salt": vault().blind("ready_list.pseudonyms", str(self.bank_id))}

    def disclosure(self) -> dict[str, Any]:
        """The parameters of a statement that notes by itself what it identifies."""
        return {
            "disclosure": new_id(),
            "caller": self.caller.id,
            "operation": OPERATION,
            "purpose": FINANCING,
            "fields": list(FIELDS),
            "request": self.request_id,
        }

    async def note(self, connection: AsyncConnection, actor_ids: Sequence[UUID | str]) -> None:
        """Note that these businesses were identified to the reader, before the block that does so leaves."""
        await disclose(connection, self.caller, self.request_id, OPERATION, actor_ids, FIELDS)

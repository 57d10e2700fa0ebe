"""Who reads the ready list, and what is noted of it: each block that identifies anybody is a disclosure."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.actors.service.disclosures import FINANCING
from plut_api.financing.ready_list.statements import Statement
from plut_api.kit.caller import Caller
from plut_api.kit.crypto import vault
from plut_api.kit.ids import new_id

OPERATION = "listReadyBusinesses"
FIELDS = (
    *("name", "owner_name", "segments", "village_code", "figures_year", "sales_idr", "capital_idr", "workers"),
    *("amount_idr", "tenor_months", "principle"),
)
"""What an identified row shows and a masked one does not."""

# Who sees scores: the setting in force and its version, or nothing; a token that came from another one has ended.
SEEING = """coalesce((SELECT d.id\\:\\:text || '.' || d.version FROM score_disclosures d
    WHERE d.bank_id = CAST(:bank AS uuid) AND (now() AT TIME ZONE 'Asia/Makassar')\\:\\:date
        BETWEEN d.valid_from AND coalesce(d.valid_until, 'infinity')), '')"""
DISCLOSED = f"""
    INSERT INTO disclosures (id, caller_id, organization_id, operation, purpose, fields, request_id, actor_ids,
        person_ids)
    SELECT CAST(:disclosure AS uuid), CAST(:caller AS uuid), CAST(:bank AS uuid), CAST(:operation AS text),
        CAST(:purpose AS text),
        CAST(:fields AS text[]) || CASE WHEN {SEEING} = '' THEN '{{}}' ELSE '{{score}}'\\:\\:text[] END,
        CAST(:request AS uuid), shown, '{{}}'
    FROM page WHERE shown IS NOT NULL
"""  # noqa: S608 (words of ours)
"""SQL that notes as disclosed the businesses that a CTE `page` names in `shown`."""
_NOTE = Statement(f"""
WITH page AS MATERIALIZED (
    SELECT CAST(string_to_array(CAST(:shown AS text), ',') AS uuid[]) AS shown,
        set_config('synchronous_commit', 'off', true)
) {DISCLOSED}
""")


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

    async def note(self, connection: AsyncConnection, actor_ids: str) -> None:
        """Note that these businesses (ids, joined by commas) were identified to the reader, before they are shown.

        The connection commits by itself.
        """
        values = self.values() | self.disclosure() | {"shown": actor_ids}
        await _NOTE.one(connection, values)

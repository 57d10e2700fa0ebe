"""Where a stream goes on that was broken off: after the last line that arrived, named by its id.

A masked line has a pseudonym, which nobody can turn back; so the businesses are asked whose it is, at the cost of one
hash each. Only ids that this bank was served are taken: any other place could be probed for the ids of others.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from plut_api.financing.ready_list.readers import Reader
from plut_api.financing.ready_list.rows import PSEUDONYM
from plut_api.financing.ready_list.statements import Statement

_PLACE = Statement(f"""
SELECT coalesce((
    SELECT c.actor_id FROM consents c WHERE c.actor_id = CAST(:served AS uuid)
        AND c.organization_id = CAST(:bank AS uuid) AND c.purpose = 'financing' LIMIT 1
), (
    SELECT r.actor_id FROM ready_rows r
    WHERE {PSEUDONYM.substitute(actor="r.actor_id")} = CAST(:served AS uuid) LIMIT 1
), (
    SELECT x.actor_id FROM ready_exits x
    WHERE {PSEUDONYM.substitute(actor="x.actor_id")} = CAST(:served AS uuid) LIMIT 1
)) AS place
""")  # noqa: S608 (words of ours)


async def place_of(connection: AsyncConnection, reader: Reader, served: UUID) -> UUID | None:
    """The business that a bank was shown under an id; None if it never was, or left the list too long ago."""
    row: Any = await _PLACE.one(connection, reader.values() | {"served": served})
    place: UUID | None = row["place"]
    return place

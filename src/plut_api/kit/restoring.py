"""A database that was restored into another cluster: its transaction numbers mean nothing there.

`change_xid` and its like say which transaction changed a row last. From an older cluster they lie ahead of a younger
one, which would deliver those rows with every pull until it has come as far. So all are written anew, once, as if
everything had changed just then; tokens of the old cluster have ended by themselves (kit/sync_tokens.py).
"""

from datetime import datetime
from string import Template

from sqlalchemy import Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model


class DatabaseOrigin(Model):
    """The cluster that the transaction numbers of this database are of; one row."""

    __tablename__ = "database_origins"
    system_identifier: Mapped[str] = mapped_column(Text, primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())


HERE = "(SELECT CAST(system_identifier AS text) FROM pg_control_system())"
_STAMPED = text(
    """
    SELECT c.table_name, array_agg(CAST(c.column_name AS text) ORDER BY c.column_name) AS columns
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND c.udt_name = 'xid8' AND t.table_type = 'BASE TABLE'
        AND c.table_name NOT LIKE 'audit\\_%'
    GROUP BY c.table_name ORDER BY c.table_name
    """
)
_STAMP = Template("UPDATE $table SET $sets")
"""Names of tables and columns come from the catalogue, and cannot be bound."""


async def is_of_another_cluster(connection: AsyncConnection) -> bool:
    """Whether the database was restored from elsewhere and its transaction numbers were not written anew since."""
    query = f"SELECT count(*) > 0 AND bool_and(system_identifier <> {HERE}) FROM database_origins"  # noqa: S608 (ours)
    return bool(await connection.scalar(text(query)))


async def settle_here(connection: AsyncConnection) -> list[str]:
    """Write transaction numbers anew if they are of another cluster, and note where they are of; the tables.

    As the owner, in one transaction. The audit log is left: its sealing starts anew by itself.
    """
    stamped: list[str] = []
    if await is_of_another_cluster(connection):
        for table, columns in await connection.execute(_STAMPED):
            sets = ", ".join(f"{column} = pg_current_xact_id()" for column in columns)
            await connection.execute(text(_STAMP.substitute(table=table, sets=sets)))
            stamped.append(table)
        await connection.execute(text("DELETE FROM database_origins"))
    await connection.execute(
        text(f"INSERT INTO database_origins (system_identifier) VALUES ({HERE}) ON CONFLICT DO NOTHING")  # noqa: S608
    )
    return stamped

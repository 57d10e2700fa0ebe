"""SQL for the hottest reads, run by the driver itself: its bookkeeping around a statement costs more than the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg
from sqlalchemy import Dialect, text
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.asyncio import AsyncConnection

_DIALECT: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Statement:
    """One statement with named parameters (`:name`); keep it, since it is put into the driver's words only once."""

    text: str

    async def one(self, connection: AsyncConnection, values: Mapping[str, Any]) -> Any:
        """Its only row. What breaks the connection takes it out of its pool. Raises ConnectionError."""
        held = connection.sync_connection
        driver: Any = held.connection.driver_connection if held is not None else None
        if driver is None:
            raise ConnectionError("the connection is closed")
        sql, names = self._compiled
        try:
            return await driver.fetchrow(sql, *[values[name] for name in names])
        except asyncpg.InterfaceError as error:
            await connection.invalidate()
            raise ConnectionError("the connection is closed") from error
        except BaseException as error:
            if driver.is_closed() or not isinstance(error, Exception):  # Interrupted, it may still be running.
                await connection.invalidate()
            raise

    @cached_property
    def _compiled(self) -> tuple[str, tuple[str, ...]]:
        compiled = text(self.text).compile(dialect=_DIALECT)
        return str(compiled), tuple(compiled.positiontup or ())

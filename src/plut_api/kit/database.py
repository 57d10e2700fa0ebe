"""PostgreSQL: the table base, the engine, one session a request, and named constraints turned into problems."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import CheckConstraint, DateTime, Enum, Integer, MetaData, Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from plut_api.kit.ids import new_id
from plut_api.kit.problems import Problem
from plut_api.settings import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table. Constraints are named by one convention, instants carry their zone."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        list[str]: ARRAY(Text),
    }


class Identified:
    """A row with a UUIDv7 made by the application, and the instant it came to be."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Versioned(Identified):
    """A row that people change: its `version` is its ETag, and a stale write fails."""

    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, nullable=False)


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id, as stamped by `pg_current_xact_id()`; read it in SQL, as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


def enum_column(kind: type[StrEnum], name: str) -> Enum:
    """A text column with a CHECK over the enum's values (a native type could not grow safely)."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=None,
        values_callable=lambda members: [member.value for member in members],
    )


def check(sql: str, name: str) -> CheckConstraint:
    """A named CHECK constraint."""
    return CheckConstraint(sql, name=name)


def asyncpg_url(dsn: str) -> str:
    """A `postgresql://` address as SQLAlchemy's asyncpg driver wants it: there `sslmode` is called `ssl`."""
    url = make_url(dsn).set(drivername="postgresql+asyncpg")
    if "sslmode" in url.query:
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})
    return url.render_as_string(hide_password=False)


def make_engine(dsn: str, settings: Settings, **options: Any) -> AsyncEngine:
    """An engine whose connections speak UTC and live in the configured schema.

    asyncpg keeps its prepared statements under unique names, so a pooler in transaction mode may stand between.
    """
    return create_async_engine(
        asyncpg_url(dsn),
        pool_size=settings.database_pool,
        max_overflow=0,
        pool_pre_ping=False,
        pool_use_lifo=True,  # Those in use keep their prepared statements warm.
        connect_args={
            "server_settings": {
                "timezone": "UTC",
                "search_path": settings.database_schema,
                "application_name": "plut-api",
                "jit": "off",
            },
            **options.pop("connect_args", {}),
        },
        **options,
    )


def session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions that keep loaded values after commit; relations are loaded by the query or not at all.

    What they change is told in the audit log.
    """
    from plut_api.kit.audit.listening import AuditedSession  # Its tables are made by means of this module.

    return async_sessionmaker(engine, expire_on_commit=False, sync_session_class=AuditedSession)


@asynccontextmanager
async def unit_of_work(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends well, undone otherwise. For commands and workers."""
    async with sessions() as session, session.begin():
        yield session


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The request's session; committed after the endpoint returned and before the answer leaves.

    Its transaction is behind the wall of the caller (kit/walls.py).
    """
    opened: AsyncSession | None = getattr(request.state, "db", None)
    if opened is not None:  # Opened earlier by the route, which also commits it.
        yield opened
        return
    async with request.app.state.sessions() as session, session.begin():
        request.state.db = session
        session.info["request"] = request
        yield session


Database = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def get_reading_session(request: Request) -> AsyncIterator[AsyncSession]:
    """A session for public data that changes with releases only; it may lag, so nothing personal is read by it."""
    async with session_factory(request.app.state.reading_engine)() as session:
        yield session


Catalogue = Annotated[AsyncSession, Depends(get_reading_session, scope="function")]


@contextmanager
def refusing(problems: Mapping[str, Problem]) -> Iterator[None]:
    """Turn the violation of a named constraint into its problem; any other error stays what it is."""
    try:
        yield
    except IntegrityError as error:
        problem = problems.get(constraint_of(error) or "")
        if problem is None:
            raise
        raise problem from None


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that a statement ran into."""
    cause = error.orig.__cause__ if error.orig is not None else None
    name = getattr(cause, "constraint_name", None)
    return name if isinstance(name, str) else None

"""Where files lie: a folder below the data directory, or a bucket of any S3-compatible service."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from plut_api.kit.files.problems import store_away
from plut_api.settings import Settings

_TOLD_AS_GONE = (FileNotFoundError, obstore.exceptions.NotFoundError)


class FileStore:
    """Sealed files by their ids. Those of one day lie beside each other, so that a day can be looked through."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, file_id: UUID, sealed: bytes) -> None:
        """Keep a sealed file. Raises FileStoreAway."""
        try:
            await obstore.put_async(self._store, path_of(file_id), sealed)
        except (BaseError, OSError):
            raise store_away() from None

    async def get(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Begin to read a sealed file; what comes back are its parts. Raises FileStoreAway, also if it is not there."""
        try:
            found = await obstore.get_async(self._store, path_of(file_id))
        except (BaseError, OSError):
            raise store_away() from None
        return (bytes(part) async for part in found.stream())

    async def remove(self, file_ids: list[UUID]) -> None:
        """Remove files; those that are gone already are no fault. Raises FileStoreAway."""
        for file_id in file_ids:
            try:
                await obstore.delete_async(self._store, path_of(file_id))
            except _TOLD_AS_GONE:
                continue
            except (BaseError, OSError):
                raise store_away() from None

    async def of_day(self, day: date) -> AsyncIterator[list[UUID]]:
        """The ids of the files that came on a day (UTC), in blocks."""
        async for block in obstore.list(self._store, prefix=_folder(day)):
            yield [UUID(entry["path"].rsplit("/", 1)[-1]) for entry in block]


def path_of(file_id: UUID) -> str:
    """Where a file lies: by the day that its id tells, then the id."""
    came_at = datetime.fromtimestamp((file_id.int >> 80) / 1000, UTC)
    return f"{_folder(came_at.date())}/{file_id}"


@lru_cache
def file_store(settings: Settings) -> FileStore:
    """The store of the settings."""
    if settings.file_store is None:
        return FileStore(LocalStore(settings.data_dir / "files", mkdir=True))
    where = urlsplit(settings.file_store)
    key_id, secret = settings.file_store_key_id, settings.file_store_secret
    endpoint = settings.file_store_endpoint
    given = {
        "access_key_id": key_id.get_secret_value() if key_id else None,
        "secret_access_key": secret.get_secret_value() if secret else None,
        "region": settings.file_store_region,
        "endpoint": endpoint,
    }
    return FileStore(
        S3Store(
            where.netloc,
            prefix=where.path.strip("/") or None,
            config={name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
            client_options={"allow_http": bool(endpoint and endpoint.startswith("http://"))},
        )
    )


def _folder(day: date) -> str:
    return f"{day:%Y/%m/%d}"

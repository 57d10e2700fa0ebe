"""Why an embedded database cannot run, in words that say what to do."""


class ClusterError(RuntimeError):
    """The embedded database cannot do what was asked; the message says what to do about it."""


class WrongVersion(ClusterError):
    """The folder holds data of another major version of PostgreSQL."""


class DiskFull(ClusterError):
    """There is no room left on the disk."""


class FolderNotUsable(ClusterError):
    """The folder cannot be created, entered or written."""


class NoUserToRunAs(ClusterError):
    """Started as root, and neither a user namespace nor an unprivileged user can run PostgreSQL here."""


class StartFailed(ClusterError):
    """PostgreSQL did not come up; the message ends with the last lines of its log."""

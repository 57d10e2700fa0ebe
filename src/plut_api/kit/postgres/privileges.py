"""PostgreSQL refuses to run as root. As root, its programs run in a user namespace, or as an unprivileged user.

In the namespace our root appears under an ordinary id, so files need not change owner and any folder will do, also one
below a folder that others cannot enter. Where namespaces are forbidden, a dropped user is tried. Data that belongs to
an ordinary user is served as that user.
"""

import ctypes
import os
import pwd
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plut_api.kit.postgres.errors import NoUserToRunAs

_CLONE_NEWUSER = 0x10000000
_NOBODY = 65534
Demotion = Callable[[], None]


@dataclass(frozen=True)
class RunAs:
    """How PostgreSQL's programs run: what a child does before it becomes one, and who must own their files."""

    demotion: Demotion | None = None
    owner: tuple[int, int] | None = None

    def give(self, *paths: Path) -> None:
        """Make these files, and all below them, belong to the user that PostgreSQL runs as."""
        if self.owner is None:
            return
        for path in paths:
            for item in (path, *path.rglob("*")):
                os.chown(item, *self.owner, follow_symlinks=False)


def run_as(folder: Path, pgdata: Path, program: Path) -> RunAs:
    """The way that works for this folder; the folder must exist. Raises NoUserToRunAs."""
    if os.geteuid() == 0 and _belongs_to_another(pgdata):
        return _as_owner_of(pgdata, program)
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return RunAs()
    if _works(_enter_namespace, folder, program):
        return RunAs(_enter_namespace)
    if os.geteuid() == 0:
        return _as_nobody(folder, pgdata, program)
    raise NoUserToRunAs(
        f"PostgreSQL needs a user with a name, and user id {os.geteuid()} has none here. "
        "Run as a user who is listed in /etc/passwd, or set PLUT_DATABASE_URL."
    )


def _belongs_to_another(pgdata: Path) -> bool:
    return pgdata.exists() and pgdata.stat().st_uid != 0


def _as_owner_of(pgdata: Path, program: Path) -> RunAs:
    status = pgdata.stat()
    owner = (status.st_uid, status.st_gid)
    demotion = _becoming(*owner)
    if _works(demotion, pgdata, program):
        return RunAs(demotion, owner)
    raise NoUserToRunAs(
        f"{pgdata} belongs to user id {owner[0]}, who cannot enter it, run {program} or write to {os.devnull}. "
        "Start as that user, or set PLUT_DATA_DIR to another folder."
    )


def _as_nobody(folder: Path, pgdata: Path, program: Path) -> RunAs:
    """Drop to a user without rights, who gets the folder for his own."""
    owner = (_NOBODY, _NOBODY)
    before = folder.stat()
    os.chown(folder, *owner)
    demotion = _becoming(*owner)
    if _works(demotion, folder, program):
        found = RunAs(demotion, owner)
        if pgdata.exists():
            found.give(pgdata)
        return found
    os.chown(folder, before.st_uid, before.st_gid)
    raise NoUserToRunAs(
        "PostgreSQL does not run as root. User namespaces are not allowed here, and an unprivileged user cannot enter "
        f"{folder}, run {program} or write to {os.devnull}. Run as an ordinary user, or keep the checkout and "
        "PLUT_DATA_DIR where everybody can enter, or set PLUT_DATABASE_URL."
    )


def _works(demotion: Demotion, folder: Path, program: Path) -> bool:
    def demoted_and_inside() -> None:
        demotion()
        os.chdir(folder)  # After the demotion: it is the demoted who must be able to enter.
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(folder)
        if not os.access(os.devnull, os.W_OK):  # initdb sends there what its programs say.
            raise PermissionError(os.devnull)

    try:
        # A fixed program, and no shell.
        subprocess.run(  # noqa: S603
            [program, "--version"], preexec_fn=demoted_and_inside, check=True, capture_output=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _enter_namespace() -> None:
    user, group, inside = os.geteuid(), os.getegid(), _named_id()
    if _libc().unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{inside} {group} 1")


def _becoming(user: int, group: int) -> Demotion:
    def become() -> None:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)

    return become


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


@cache
def _named_id() -> int:
    """An ordinary user id that has a name: initdb looks it up and fails without one."""
    ids = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0]
    return _NOBODY if not ids or _NOBODY in ids else ids[0]


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

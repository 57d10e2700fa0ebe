"""PostgreSQL refuses to run as root. As root, its programs run in a user namespace, or as an unprivileged user.

In the namespace our root appears under an ordinary id, so files need not change owner and any folder will do, also one
below a folder that others cannot enter. Where namespaces are forbidden, a dropped user is tried.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

from plut_api.kit.postgres.errors import NoUserToRunAs

_CLONE_NEWUSER = 0x10000000
_INSIDE_ID = 1000
_NOBODY = 65534
Demotion = Callable[[], None]


def demotion_for(folder: Path, program: Path) -> Demotion | None:
    """What a child process must do before it becomes a PostgreSQL program; None when we are not root.

    Raises NoUserToRunAs.
    """
    if os.geteuid() != 0:
        return None
    if _works(_enter_namespace, program):
        return _enter_namespace
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, _NOBODY, _NOBODY)
    if _works(_become_nobody, program, folder):
        return _become_nobody
    raise NoUserToRunAs(
        "PostgreSQL does not run as root. User namespaces are not allowed here, and an unprivileged user cannot reach "
        f"{folder}. Run as an ordinary user, set PLUT_DATA_DIR to a folder that everybody can enter, "
        "or set PLUT_DATABASE_URL."
    )


def _works(demotion: Demotion, program: Path, folder: Path | None = None) -> bool:
    check = [str(program), "--version"]
    try:
        subprocess.run(check, preexec_fn=demotion, cwd=folder or "/", check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _enter_namespace() -> None:
    if _libc().unshare(_CLONE_NEWUSER) != 0:
        raise OSError("unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_INSIDE_ID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{_INSIDE_ID} 0 1")


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

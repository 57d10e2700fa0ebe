"""The same page in Django REST framework, in an environment of its own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.house import Database, Server, serving

HERE = Path(__file__).parent
VENV = HERE.parent / ".bench-venv"


def install() -> bool:
    """Make the environment; False if the packages are not to be had."""
    stamp = VENV / ".stamp"
    if stamp.exists():
        return True
    try:
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run([*pip, "--require-hashes", "-r", HERE / "requirements.lock"], check=True, timeout=240, env=bare)
    except (subprocess.SubprocessError, OSError):
        return False
    stamp.touch()
    return True


@contextlib.contextmanager
def serving_django(database: Database) -> Iterator[Server]:
    """gunicorn with threads, as a Django project would run it."""
    command = [str(VENV / "bin" / "gunicorn"), "django_app:application", "-b", "127.0.0.1:{port}", "-w", "1"]
    command += ["-k", "gthread", "--threads", "4", "--log-level", "error"]
    ready = "/page?regency=52.01&size_class=micro"
    with serving(command, ready, cwd=HERE, BENCH_URL=database.url) as server:
        yield server

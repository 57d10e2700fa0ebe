"""Logs: one JSON object a line, whoever writes it."""

import json
import subprocess
import sys

SCRIPT = """
import logging
import structlog
from plut_api.kit.logs import configure_logs
from plut_api.settings import Settings

configure_logs(Settings(log_format="{form}", log_level="{level}"))
structlog.get_logger().info("request", status=200, name="line\\nbreak")
structlog.get_logger().error("unexpected", frames=["  File x, line 1"])
logging.getLogger("uvicorn.error").warning("started %s", "well")
logging.getLogger("httpx").info("GET https://gateway.example/?phone=0812")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("other").exception("failed")
"""


def lines(form: str, level: str = "INFO") -> list[str]:
    script = SCRIPT.format(form=form, level=level)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_every_line_is_one_json_object_with_time_level_and_event() -> None:
    entries = [json.loads(line) for line in lines("json")]

    assert [entry["event"] for entry in entries] == ["request", "unexpected", "started well", "failed"]
    assert [entry["level"] for entry in entries] == ["info", "error", "warning", "error"]
    assert all(entry["time"].endswith("Z") for entry in entries)
    assert entries[0]["name"] == "line\nbreak"


def test_the_level_holds_for_all_loggers() -> None:
    assert [json.loads(line)["event"] for line in lines("json", "ERROR")] == ["unexpected", "failed"]


def test_the_console_shows_the_same_to_people() -> None:
    shown = "\n".join(lines("console"))

    assert "unexpected" in shown
    assert "started well" in shown
    assert "0812" not in shown

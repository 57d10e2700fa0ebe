"""Logs: one JSON object a line, with the request id; never a body, a query value, a token or a person's data."""

import logging
import sys
from pathlib import Path
from typing import Any

import orjson
import structlog

from plut_api.settings import Settings


def configure_logs(settings: Settings, file: Path | None = None) -> None:
    """Send structlog and the standard library's loggers through one renderer, to standard output or to a file."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_as_json)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(file) if file is not None else logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("uvicorn.access", "httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for wrapped in ("uvicorn", "uvicorn.error"):
        logging.getLogger(wrapped).handlers[:] = []
        logging.getLogger(wrapped).propagate = True


def _as_json(entry: Any, **_: Any) -> str:
    return orjson.dumps(entry, default=str).decode()

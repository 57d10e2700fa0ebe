"""Logs: one JSON object a line, with the request id; never a body, a query value, a token or a person's data."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import structlog

from plut_api.settings import Settings


def configure_logs(settings: Settings, file: Path | None = None) -> None:
    """Send structlog and the standard library's loggers to standard output or to a file, rendered alike.

    Our own lines go there straight: by way of the standard library each would cost an answer three times as much.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    stream = file.open("a", encoding="utf-8") if file is not None else sys.stdout
    handler = logging.StreamHandler(stream)
    as_json = settings.log_format == "json"
    rendered = structlog.processors.JSONRenderer(_text) if as_json else structlog.dev.ConsoleRenderer()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(orjson.dumps) if as_json else rendered],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.BytesLoggerFactory(stream.buffer) if as_json else structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("uvicorn.access", "httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for wrapped in ("uvicorn", "uvicorn.error"):
        logging.getLogger(wrapped).handlers[:] = []
        logging.getLogger(wrapped).propagate = True


def _text(event: Any, default: Callable[[Any], Any]) -> str:
    return orjson.dumps(event, default).decode()

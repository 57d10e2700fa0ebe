"""A message gateway on this machine that hangs, refuses and recovers as a test tells it, and keeps all it got."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeGateway:
    """Answers with the given statuses in turn, then always with `status`; ids are numbered."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.got: list[dict[str, Any]] = []
        self.hanging = False
        self.at_once = self.most_at_once = 0
        self.seconds = 0.0
        self.released = threading.Event()
        self._lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def texts(self) -> list[str]:
        """What it was given to send."""
        return [each["text"] for each in self.got]

    @property
    def keys(self) -> list[str]:
        """The idempotency keys that came with it."""
        return [each["key"] for each in self.got]

    def close(self) -> None:
        """Let go of everything."""
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, body: dict[str, Any], headers: Any) -> tuple[int, bytes]:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            number = len(self.got) + 1
            self.got.append(
                {
                    "at": time.monotonic(),
                    "authorization": headers["authorization"],
                    "key": headers["idempotency-key"],
                    **body,
                }
            )
            status = self.statuses.pop(0) if self.statuses else self.status
        if self.hanging:
            self.released.wait(30)
        time.sleep(self.seconds)
        with self._lock:
            self.at_once -= 1
        return status, json.dumps({"id": f"gw-{number}"}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, answer = outer._answer(body, self.headers)
                try:
                    self.send_response(status)
                    for name, value in outer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass  # Who asked did not wait.

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


@contextmanager
def fake_gateway(status: int = 200) -> Iterator[FakeGateway]:
    """A gateway for the time of a block."""
    running = FakeGateway(status)
    try:
        yield running
    finally:
        running.close()

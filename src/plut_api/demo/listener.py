"""A bank's webhook receiver for the walk: it takes what is signed by the secret that the bank was given, and counts."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from plut_api.kit import clock

_TOLERANCE = 300.0
"""Seconds by which the time of a message may be off (Standard Webhooks 1.0.0)."""


class Listener:
    """A receiver on a free port of this machine, while the walk lasts. What it took is kept in `taken`, each once."""

    def __init__(self) -> None:
        self.secret = ""
        self.taken: dict[str, dict[str, Any]] = {}
        self.refused = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def types(self) -> list[str]:
        """The types that were taken, in the order in which they came first."""
        return [event["type"] for event in self.taken.values()]

    def wait_for(self, event_type: str, seconds: float = 60.0) -> dict[str, Any]:
        """The first event of a type, once it has come. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for event in list(self.taken.values()):
                if event["type"] == event_type:
                    return event
            time.sleep(0.1)
        raise TimeoutError(f"no {event_type} came within {seconds:.0f} seconds; there were {self.types()}")

    def take(self, headers: dict[str, str], body: bytes) -> dict[str, str] | None:
        """What to answer to a message; None to one that the secret did not sign."""
        event = json.loads(body)
        if event["type"] == "endpoint.verification" and not self.secret:
            return {"challenge": event["data"]["challenge"]}  # It comes before the answer that holds the secret.
        if not self._is_signed(headers, body):
            self.refused += 1
            return None
        if event["type"] == "endpoint.verification":
            return {"challenge": event["data"]["challenge"]}
        self.taken.setdefault(headers["webhook-id"], event)
        return {}

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        sent_at = headers.get("webhook-timestamp", "0")
        if not sent_at.isdigit() or abs(clock.now().timestamp() - int(sent_at)) > _TOLERANCE:
            return False
        content = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = headers.get("webhook-signature", "").split()
        return any(hmac.compare_digest(expected, one) for one in given)


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers 200 to what the listener takes, 400 to anything else."""

        def do_POST(self) -> None:
            """Take one message."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = listener.take({name.lower(): value for name, value in self.headers.items()}, body)
            content = json.dumps(answer or {}).encode()
            self.send_response(400 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    return Handler

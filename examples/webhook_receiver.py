"""Receives webhooks of PLUT: verifies each with the published library before it is read, and takes each once.

Needs standardwebhooks. Register the address it is reached by (POST /v1/webhook-endpoints), keep the secret of the
answer, then start it and ask for the verification once more (POST /v1/webhook-endpoints/{id}/verify):
    export PLUT_WEBHOOK_SECRET=whsec_…
    python examples/webhook_receiver.py 127.0.0.1 9000
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LARGEST = 20_000
_taken: set[str] = set()  # Yours is a table, written in the transaction of what the event makes you do.


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 to what is from PLUT, also a second time; 400 to anything else."""

    def do_POST(self) -> None:
        """Take one event."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), LARGEST))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            event = Webhook(os.environ["PLUT_WEBHOOK_SECRET"]).verify(body, headers)
        except WebhookVerificationError:
            self._answer(400, {"error": "this is not from PLUT"})
            return
        if event["type"] == "endpoint.verification":
            self._answer(200, {"challenge": event["data"]["challenge"]})
            return
        if headers["webhook-id"] not in _taken:
            print(event["timestamp"], event["type"], event["data"], flush=True)  # Read the subject at data.href now.
            _taken.add(headers["webhook-id"])
        self._answer(200, {})

    def _answer(self, status: int, document: dict[str, str]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Receiver).serve_forever()

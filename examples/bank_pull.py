"""A bank's nightly pull: the ready list once as a whole, from then on only what changed; and a move of a referral.

Needs httpx, and a client with the scopes financing:pull, financing:read and financing:decide. In production a bank
signs in by a key: set PLUT_CLIENT_KEY instead of PLUT_CLIENT_SECRET, as bank_fapi.py says.
    export PLUT_URL=http://127.0.0.1:8000 PLUT_CLIENT_ID=… PLUT_CLIENT_SECRET=…
    python examples/bank_pull.py                                    # the list is kept in ready-list.json
    python examples/bank_pull.py REFERRAL_ID received               # or: rejected reason_code=incomplete_file
"""

import json
import os
import re
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

STATE = Path(os.environ.get("PLUT_STATE", "ready-list.json"))
LATER = re.compile("^(429|50[0234])|idempotency_in_progress")
api = httpx.Client(base_url=os.environ["PLUT_URL"], timeout=60)


def call(method: str, path: str, **options: Any) -> httpx.Response:
    """One request, repeated with growing pauses while the network, a quota or the server says: later."""
    for attempt in range(6):
        try:
            answer = api.request(method, path, **options)
        except httpx.TransportError:
            answer = httpx.Response(503, request=httpx.Request(method, path))
        if answer.status_code == 401 and attempt == 0 and path != "/oauth/token":
            sign_in()  # The access token has run out.
        elif LATER.search(f"{answer.status_code} {answer.text[:1000]}"):
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt / 2)))
        else:
            break
    return answer


def sign_in() -> None:
    """Client credentials give a short-lived token; with a key the requests are signed one by one."""
    if "PLUT_CLIENT_KEY" in os.environ:
        from bank_fapi import bank_key

        api.auth = bank_key(os.environ["PLUT_URL"])
        return
    client = os.environ["PLUT_CLIENT_ID"], os.environ["PLUT_CLIENT_SECRET"]
    answer = call("POST", "/oauth/token", data={"grant_type": "client_credentials"}, auth=client)
    api.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"


def pull(state: dict[str, Any]) -> dict[str, Any]:
    """Every page since the kept token, or of the whole list; rows are taken over by id, tombstones removed."""
    rows = dict(state["rows"])
    query = {"limit": "200"} | ({"changed_since": state["sync_token"]} if state["sync_token"] else {})
    while True:
        answer = call("GET", "/v1/financing/ready-list", params=query)
        if answer.status_code == 410:  # The token has ended: begin again with the whole list.
            return pull({"sync_token": None, "rows": {}})
        page = answer.raise_for_status().json()
        for row in page["data"]:
            rows.pop(row["id"], None) if row["removed"] else rows.update({row["id"]: row})
        if (cursor := page["next_cursor"]) is None:
            return {"sync_token": page["sync_token"], "rows": rows}
        query["cursor"] = cursor


def move(referral_id: str, to: str, *given: str) -> dict[str, Any]:
    """Move a referral. All tries carry one key, so that it moves once even if an answer is lost."""
    values = (pair.split("=", 1) for pair in given)
    body = {"to": to} | {name: int(value) if name.endswith("_idr") else value for name, value in values}
    path, key = f"/v1/financing/referrals/{referral_id}/transitions", {"Idempotency-Key": str(uuid.uuid4())}
    return dict(call("POST", path, json=body, headers=key).raise_for_status().json())


sign_in()
if sys.argv[1:]:
    print(move(*sys.argv[1:])["state"])
else:
    kept = pull(json.loads(STATE.read_text()) if STATE.exists() else {"sync_token": None, "rows": {}})
    STATE.with_suffix(".new").write_text(json.dumps(kept))
    STATE.with_suffix(".new").replace(STATE)  # All or nothing: a broken pull is repeated from the old token.
    print(f"{len(kept['rows'])} businesses, {sum(not r['masked'] for r in kept['rows'].values())} with consent")

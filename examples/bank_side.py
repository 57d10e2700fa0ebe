"""A bank's whole day, by a client that is generated from the contract: no line of it knows more than `openapi/`.

`make bank-client` generates that client into dist/bank-client. It needs httpx and attrs, and a machine client with the
scopes financing:pull, financing:read, financing:decide, financing:offer, events:read and events:write.
    export PLUT_URL=http://127.0.0.1:8000 PLUT_CLIENT_ID=… PLUT_CLIENT_SECRET=… PYTHONPATH=dist/bank-client
    python examples/bank_side.py          # run it again and again: what it did is kept in bank-side.json
PLUT_SCHEME is the scheme of its product, PLUT_RECEIVER an address for webhooks, PLUT_PAGE the rows of a page.
"""

import json
import os
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bank_calls import PAGE, Refused, anybody, ask, post, rows_of
from plut_api_client import models
from plut_api_client.api.financing import (
    check_dossier,
    create_financing_product,
    create_saved_search,
    decide_on_referrals,
    get_financing_product,
    get_financing_schemes,
    get_referral_dossier,
    get_referral_moves,
    list_document_requests,
    list_ready_businesses,
    list_referral_documents,
    list_referrals,
    move_referral,
    publish_financing_product,
    report_repayments,
)
from plut_api_client.api.integration import create_webhook_endpoint, get_events
from plut_api_client.types import UNSET

SCHEME = os.environ.get("PLUT_SCHEME", "commercial")
STATE = Path(os.environ.get("PLUT_STATE", "bank-side.json"))
TODAY = datetime.now(timezone(timedelta(hours=8))).date()  # Days are those of NTB (WITA).
MOST = 1000  # Items of a batch.
kept: dict[str, Any] = json.loads(STATE.read_text()) if STATE.exists() else {}


def keep(**what: Any) -> None:
    """Write down what must not be forgotten: all or nothing, and for nobody else to read (a secret is in it)."""
    kept.update(what)
    new = STATE.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(kept))
    new.replace(STATE)


def offer() -> None:
    """Publish one product, as far as its scheme allows; a draft that an earlier run left is gone on with."""
    if kept.get("published"):
        return
    scheme = next(one for one in ask(get_financing_schemes).parsed.data if one.code == SCHEME)
    if "product" not in kept:
        made = post(create_financing_product, body=models.FinancingProductCreate.from_dict(terms_within(scheme)))
        keep(product=str(made.id))
    etag = ask(get_financing_product, uuid.UUID(kept["product"])).headers["ETag"]
    published = post(publish_financing_product, uuid.UUID(kept["product"]), if_match=etag)
    keep(published=True, most=published.max_amount_idr)
    print(f"product: {published.title_en}, up to Rp{published.max_amount_idr:,}, is {published.state}")


def terms_within(scheme: Any) -> dict[str, Any]:
    """Terms of conventional credit that never go beyond a scheme."""
    return {
        "title_id": f"Kredit {scheme.code}",
        "title_en": f"Credit {scheme.code}",
        "description_id": "Modal kerja dan investasi usaha.",
        "description_en": "Working capital and investment of businesses.",
        "scheme": scheme.code,
        "borrower_kind": "business",
        "principle": "conventional",
        "contract": "credit",
        "pricing_kind": "interest",
        "rate_bp": min(scheme.max_rate_bp or 1100, 1100),
        "min_amount_idr": (scheme.over_amount_idr or 0) + 1,
        "max_amount_idr": min(scheme.max_amount_idr or 100_000_000, 100_000_000),
        "min_tenor_months": 6,
        "max_tenor_months": min(scheme.max_tenor_months or 36, 36),
        "collateral": "business",
        "valid_from": str(TODAY),
        "valid_until": str(min(scheme.valid_until or TODAY + timedelta(days=180), TODAY + timedelta(days=180))),
    }


def pull() -> None:
    """The whole ready list at first, then what changed since: rows by id, tombstones removed."""
    since, rows = kept.get("sync_token") or UNSET, dict(kept.get("rows", {}))
    cursor, pages, gone = UNSET, 0, 0
    while cursor is not None:
        try:
            page = ask(list_ready_businesses, limit=PAGE, cursor=cursor, changed_since=since).parsed
        except Refused as refused:
            if since is UNSET or refused.code != "sync_token_expired":
                raise
            since, rows, cursor, pages = UNSET, {}, UNSET, 0  # The token has ended: begin again with the whole list.
            continue
        for row in page.data:
            if row.removed:
                gone += rows.pop(str(row.id), None) is not None
            else:
                rows[str(row.id)] = {"masked": row.masked, "name": row.name, "regency": row.regency_code}
        cursor, pages = page.next_cursor, pages + 1
    keep(sync_token=page.sync_token, rows=rows)
    named = sum(not row["masked"] for row in rows.values())
    what = "whole" if since is UNSET else "changes"
    print(f"ready list: {what}, {pages} pages, {gone} gone; {len(rows)} businesses, {named} with consent")


def save_search() -> None:
    """Be told (`ready_list.digest`) when businesses that fit the product come."""
    if "search" in kept or "product" not in kept:
        return
    body = {"name": f"Fits {kept['product']}", "filters": {"fits": [kept["product"]]}, "notify_from": 5}
    made = post(create_saved_search, body=models.SavedSearchCreate.from_dict(body))
    keep(search=str(made.id))
    print(f"saved search: {made.name}")


def register_receiver() -> None:
    """Register the receiver of webhooks, once. Its secret is shown in this answer only."""
    if "endpoint" in kept or not (address := os.environ.get("PLUT_RECEIVER")):
        return
    made = post(create_webhook_endpoint, body=models.WebhookEndpointCreate.from_dict({"url": address}))
    keep(endpoint=str(made.id), secret=made.secret)
    print(f"webhook endpoint: {made.url} is {made.state}")


def move(referral: Any, to: str, **given: Any) -> Any:
    """One move of a referral."""
    moved = post(move_referral, referral.id, body=models.ReferralMove.from_dict({"to": to} | given))
    print(f"referral {referral.id}: {referral.state} -> {moved.state}")
    return moved


def read_dossier(referral: Any) -> None:
    """Read what came with a referral, and check as anybody can that it is what was sent to this bank."""
    dossier = ask(get_referral_dossier, referral.id).parsed
    check = ask(check_dossier, dossier.code, by=anybody).parsed
    genuine = check.content_sha256 == dossier.content_sha256 and check.bank == dossier.content.request.bank
    proven = len(dossier.content.outcomes)
    print(f"dossier {dossier.code}: {'genuine' if genuine else 'NOT GENUINE'}, {proven} outcomes, {check.state}")


def work_on(referral: Any) -> dict[str, Any] | None:
    """Take a referral as far as it goes today: until the applicant's turn, or to a decision, which is returned."""
    if referral.state == "submitted":
        read_dossier(referral)
        referral = move(referral, "received")
    if referral.state in ("received", "info_provided"):
        referral = move(referral, "in_review")
    if referral.state != "in_review":
        return None
    supplied = next(rows_of(list_referral_documents, referral.id), None)
    if supplied is None and next(rows_of(list_document_requests, referral.id), None) is None:
        move(referral, "info_requested", documents=[{"kind": "sales_records"}])
        return None
    decided = {"referral_id": str(referral.id)}
    if supplied is None or referral.amount_idr > kept["most"]:
        return decided | {"to": "rejected", "reason_code": reason("outside_scheme" if supplied else "incomplete_file")}
    return decided | {"to": "approved", "approved_amount_idr": referral.amount_idr}


def reason(wanted: str) -> str:
    """A reason to reject that PLUT knows: the wanted one, or else the last of its list."""
    moves = ask(get_referral_moves).parsed.data
    codes = [str(one.code) for way in moves if (way.side, way.to_state) == ("bank", "rejected") for one in way.reasons]
    return wanted if wanted in codes else codes[-1]


def in_batches(name: str, operation: Any, body: Any, items: list[dict[str, Any]]) -> None:
    """Send items in batches; each is kept with its key until it is answered, so that a broken run sends it again."""
    waiting = kept.get(name, [])
    keep(**{name: waiting + [[str(uuid.uuid4()), items[at : at + MOST]] for at in range(0, len(items), MOST)]})
    while kept[name]:
        key, sent = kept[name][0]
        answer = ask(operation, body=body.from_dict({"items": sent}), idempotency_key=key).parsed
        keep(**{name: kept[name][1:]})
        print(f"{name}: {answer.done} done, {answer.already} already, {answer.refused} refused")
        for one in answer.results:
            if one.problem:
                print(f"{name}: {one.referral_id}: problem {one.problem.code}: {one.problem.detail}")


def walk() -> None:
    """Every referral that lies with the bank: work on it, decide, pay out what is approved, report what is paid out."""
    decisions = [with_problems(work_on, referral) for referral in list(rows_of(list_referrals))]
    in_batches("decisions", decide_on_referrals, models.DecisionBatch, [one for one in decisions if one])
    reports = []
    for referral in list(rows_of(list_referrals)):
        if referral.state == "approved":
            paid = {"disbursed_amount_idr": referral.approved_amount_idr, "disbursed_on": str(TODAY)}
            referral = with_problems(move, referral, "disbursed", **paid) or referral
        if referral.state in ("disbursed", "repaying"):
            stands = {"as_of": str(TODAY), "collectibility": 1, "days_past_due": 0, "paid_idr": 0}
            owed = {"referral_id": str(referral.id), "outstanding_idr": referral.disbursed_amount_idr}
            reports.append(stands | owed)
    in_batches("repayment", report_repayments, models.RepaymentReportBatch, reports)


def follow() -> None:
    """What happened since the place kept, in order, each event once."""
    more = True
    while more:
        page = ask(get_events, after=kept.get("after", UNSET), limit=min(PAGE, 200)).parsed
        for event in page.data:
            print(f"event {event.type_}: {event.href}")
        keep(after=page.after)
        more = page.has_more


def with_problems(step: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Do a step; a problem is told, and the next step goes on."""
    try:
        return step(*given, **named)
    except Refused as refused:
        print(f"problem {refused.code}: {refused.words}")
        return None


for part in (offer, pull, save_search, register_receiver, walk, follow):
    with_problems(part)

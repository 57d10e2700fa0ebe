"""A bank offers a product and listens; it is asked, asks back, decides, pays out, and reports how she repays."""

from typing import Any

from plut_api.demo.chapters.outcomes import outcome_of
from plut_api.demo.narrator import require
from plut_api.demo.scenes import Story, hand_in, refused, tell_card

PRODUCTS = "/v1/financing/products"
AMOUNT = 25_000_000


def offer_and_listen(story: Story) -> None:
    """9. A bank publishes a product within its scheme, and has a receiver of webhooks; the product fits her."""
    tell, bank, listener = story.narrator, story.tokens["bank"], story.listener
    tell.chapter("9. The bank publishes a product and is told by webhooks; she is shown what fits her")
    over = _terms(story) | {"max_amount_idr": 900_000_000}
    no = tell.call("It drafts one beyond its scheme", "POST", PRODUCTS, token=bank, expect=422, json=over).json()
    tell.say(f"refused: {no['errors'][0]['pointer']} {no['errors'][0]['message']}")
    drafted = tell.call("Within it, it may", "POST", PRODUCTS, token=bank, expect=201, json=_terms(story))
    path = f"{PRODUCTS}/{drafted.json()['id']}"
    sent: dict[str, Any] = {"token": bank, "headers": {"If-Match": drafted.headers["etag"]}}
    story.made["product"] = tell.call("And publishes it", "POST", f"{path}/publish", **sent).json()["id"]
    asked = {"url": listener.url, "event_types": [], "description": "Inti perbankan (demo)"}
    endpoint = "/v1/webhook-endpoints"
    made = tell.call("It registers a receiver", "POST", endpoint, token=bank, expect=201, json=asked).json()
    listener.secret = made["secret"]
    made = tell.wait_for(f"{endpoint}/{made['id']}", bank, state="active")
    tell.say("the receiver answered the challenge and is active; every message it takes from now on is verified")
    body = {"actor_id": story.made["actor"]}
    found = tell.call("What fits her?", "POST", f"{PRODUCTS}/match", token=story.tokens["mother"], json=body).json()
    require(story.made["product"] in str(found), "the product is judged for her")


def refer_and_decide(story: Story) -> None:
    """10. A referral goes from submitted to disbursed; the bank's yes proves the fifth outcome."""
    tell = story.narrator
    tell.chapter("10. The bank gets a referral with its dossier, asks for a document, decides and pays out")
    path = _refer(story)
    require(story.listener.wait_for("referral.submitted")["data"]["subject_id"] in path, "its receiver was told")
    tell.say("the bank's receiver got referral.submitted, signed")
    _read_dossier(story, path)
    _ask_back(story, path)
    _decide(story, path)
    proven = tell.wait_for(outcome_of(story, "finance"), story.tokens["mother"], reached_level=3)
    require(proven["counts"], "the bank's approval proves her financing")
    card = tell_card(story, "Her card")
    require(card["proven"] == card["of"] == 5, "all five are proven")


def repay(story: Story) -> None:
    """11. The bank reports how the loan is repaid; the Dinas sees the sum of it, the bank's receiver every step."""
    tell, bank, listener = story.narrator, story.tokens["bank"], story.listener
    tell.chapter("11. The bank reports repayment; the Dinas reads what came of all requests")
    path, dinas = story.made["referral"], story.tokens["dinas"]
    report = {"as_of": story.day(0), "collectibility": 1, "days_past_due": 0}
    report |= {"outstanding_idr": AMOUNT - 1_000_000, "paid_idr": 1_125_000}
    reports = f"{path}/repayment-reports"
    wrong = report | {"collectibility": 5}
    answer = tell.call("Macet, yet no day late?", "POST", reports, token=bank, expect=422, json=wrong).json()
    tell.say(f"refused: {answer['errors'][0]['message']}")
    tell.call("The first instalment came", "POST", reports, token=bank, expect=201, json=report)
    state = tell.call("Where it stands", "GET", path, token=story.tokens["mother"]).json()["state"]
    require(state == "repaying", "a report makes it repaying")
    listener.wait_for("referral.repaying")
    states = [one.partition(".")[2] for one in listener.types() if one.startswith("referral.")]
    told = [state for state in states if state in {*story.made["steps"], "repaying"}]
    tell.say(f"the bank's receiver got every step, in order: {', '.join(told)}")
    require(told == [*story.made["steps"], "repaying"][: len(told)], "they came in the order of the steps")
    require(len(told) > len(story.made["steps"]) and listener.refused == 0, "none is missing, and all were signed")
    events = tell.call("The same for who asks instead", "GET", "/v1/events", token=bank).json()
    require({"referral.submitted", "referral.repaying"} <= {one["type"] for one in events["data"]}, "the feed has them")
    late = tell.call("Which requests are late?", "GET", "/v1/financing/referral-clocks", token=dinas).json()
    tell.say(f"clocks by bank: {len(late['data'])} rows")


def _terms(story: Story) -> dict[str, Any]:
    """A product of KUR mikro."""
    return {
        "title_id": "KUR Mikro Contoh",
        "title_en": "KUR Micro Example",
        "description_id": "Modal kerja dan alat usaha mikro (contoh).",
        "description_en": "Working capital and tools of micro businesses (example).",
        "scheme": "kur_mikro",
        "borrower_kind": "business",
        "principle": "conventional",
        "contract": "credit",
        "pricing_kind": "interest",
        "rate_bp": 600,
        "purpose": "both",
        "min_amount_idr": 10_000_001,
        "max_amount_idr": 100_000_000,
        "min_tenor_months": 6,
        "max_tenor_months": 36,
        "collateral": "business",
        "quota_idr": 1_000_000_000,
        "valid_from": story.day(0),
        "valid_until": story.day(30),
    }


def _refer(story: Story) -> str:
    """The owner asks for financing; where the referral is."""
    asked = {
        "actor_id": story.made["actor"],
        "bank_id": story.organizations["BANK_DEMO"],
        "product_id": story.made["product"],
        "amount_idr": AMOUNT,
        "tenor_months": 24,
        "purpose": "Mesin pengemas vakum.",
    }
    referrals, mother = "/v1/financing/referrals", story.tokens["mother"]
    sent: dict[str, Any] = {"token": mother, "expect": 201, "json": asked}
    referral = story.narrator.call("The owner asks for financing", "POST", referrals, **sent).json()
    refused(
        story,
        "She asks again under the same scheme",
        "referral_already_open",
        "POST",
        referrals,
        token=mother,
        json=asked,
    )
    path = f"{referrals}/{referral['id']}"
    story.made["referral"] = path
    return path


def _read_dossier(story: Story, path: str) -> None:
    """What the bank gets: the chain from training to readiness, as data and on paper."""
    tell, bank = story.narrator, story.tokens["bank"]
    dossier = tell.call("The bank reads the dossier", "GET", f"{path}/dossier", token=bank).json()
    content = dossier["content"]
    for outcome in content["outcomes"]:
        proofs = [one for one in content["evidence"] if one["outcome_id"] == outcome["id"]]
        tell.say(f"{outcome['dimension']} {outcome['reached_level']}: {len(proofs)} verified proofs")
    as_pdf = {"Accept": "application/pdf"}
    paper = tell.call("And prints it", "GET", f"{path}/dossier", token=bank, headers=as_pdf).content
    checked = tell.call("Anybody with the paper checks its code", "GET", f"/v1/dossiers/{dossier['code']}").json()
    tell.say(f"{len(paper) // 1024} KiB of PDF; {checked['business']}, sent to {checked['bank']}: {checked['state']}")
    require(checked["content_sha256"] == dossier["content_sha256"], "the fingerprints are the same")


def _ask_back(story: Story, path: str) -> None:
    """The bank asks for a document, and the owner supplies it inside the referral."""
    tell, bank, mother = story.narrator, story.tokens["bank"], story.tokens["mother"]
    moves = f"{path}/transitions"
    for move in (
        {"to": "received"},
        {"to": "in_review", "note": "Berkas diperiksa."},
        {"to": "info_requested", "documents": [{"kind": "sales_records", "words": "Nota bulan lalu."}]},
    ):
        tell.call(f"The bank moves to {move['to']}", "POST", moves, token=bank, json=move)
    (asked,) = tell.call("What does it want?", "GET", f"{path}/document-requests", token=mother).json()["data"]
    paper = {"file_id": hand_in(story, "She takes a picture", "mother", "nota.png"), "request_id": asked["id"]}
    tell.call("She supplies it", "POST", f"{path}/documents", token=mother, expect=201, json=paper)
    tell.call("And says so", "POST", moves, token=mother, json={"to": "info_provided"})
    tell.call("The bank goes on", "POST", moves, token=bank, json={"to": "in_review"})


def _decide(story: Story, path: str) -> None:
    tell, bank, today = story.narrator, story.tokens["bank"], story.day(0)
    moves, referral_id = f"{path}/transitions", path.rpartition("/")[2]
    jump = {"to": "disbursed", "disbursed_amount_idr": 1, "disbursed_on": today}
    no = tell.call("The bank tries to jump ahead", "POST", moves, token=bank, expect=409, json=jump).json()
    tell.say(f"{no['code']}; allowed: {', '.join(no['allowed_moves'])}")
    item = {"referral_id": referral_id, "to": "approved", "approved_amount_idr": AMOUNT}
    batch = "/v1/financing/decisions"
    done = tell.call("It sends its decisions of the day", "POST", batch, token=bank, json={"items": [item]}).json()
    again = tell.call("The same once more", "POST", batch, token=bank, json={"items": [item]}).json()
    outcomes = [one["outcome"] for one in done["results"] + again["results"]]
    tell.say(f"first {outcomes[0]}, then {outcomes[1]}")
    require(outcomes[0] == "done" and outcomes[1] != "done", "a decision repeated changes nothing")
    paid = {"to": "disbursed", "disbursed_amount_idr": AMOUNT, "disbursed_on": today}
    tell.call("It pays out", "POST", moves, token=bank, json=paid)
    tell.call("A second time it cannot", "POST", moves, token=bank, expect=409, json=paid)
    steps = tell.call("Every step is on record", "GET", moves, token=story.tokens["dinas"]).json()["data"]
    for step in steps:
        tell.say(f"{step['created_at'][:19]} {step['caller_role']}: {step['from_state'] or '–'} → {step['to_state']}")
    story.made["steps"] = [step["to_state"] for step in steps]
    require(story.made["steps"][-1] == "disbursed", "it ends disbursed")

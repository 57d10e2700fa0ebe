"""The six chapters of the chain. What one chapter makes, the next ones use."""

import csv
import io
from datetime import timedelta
from importlib.resources import files
from typing import Any

from plut_api.demo.narrator import require
from plut_api.demo.scenes import (
    PHONE,
    Story,
    assign_consultant,
    code_sent,
    import_file,
    publish_program,
    pull,
    tell_readiness,
)
from plut_api.integration.loads.actors import COLUMNS
from plut_api.sample.records import Inventor, village_codes

DATA = files("plut_api.demo") / "data"
COOPERATIVES = files("plut_api.sample") / "data" / "cooperatives.csv"


def import_cooperatives(story: Story) -> None:
    """1. The Dinas imports every village cooperative; a dirty file; the same file again."""
    tell = story.narrator
    tell.chapter("1. Dinas staff import the village cooperatives")
    sound = COOPERATIVES.read_bytes()
    first = import_file(story, "Load 1,166 cooperatives, one for each village", "cooperatives", sound)
    require(first["created_count"] == 1166, f"1,166 were expected: {first}")
    dirty = import_file(
        story,
        "Load a dirty file: 300 rows, most with a fault",
        "cooperatives",
        (DATA / "cooperatives_dirty_ntb.csv").read_bytes(),
    )
    faults = tell.call(
        "What was wrong, by line, column and code",
        "GET",
        f"/v1/imports/{dirty['id']}/faults",
        token=story.tokens["dinas"],
        params={"limit": 4},
    ).json()["data"]
    for fault in faults:
        tell.say(f"line {fault['line']}, {fault['column']}: {fault['code']} ({fault['message']})")
    require(dirty["created_count"] == 0, "nothing of a village that is registered may be added twice")
    again = import_file(story, "Load the first file again: nothing changes", "cooperatives", sound)
    require(again["created_count"] == 0, "a second load adds nothing")


def import_businesses(story: Story) -> None:
    """2. The Dinas imports businesses with owners and figures."""
    story.narrator.chapter("2. Dinas staff import businesses (UMKM) with their owners and figures")
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(Inventor(village_codes(), story.today, seed=1).businesses(500))
    done = import_file(story, "Load 500 invented businesses", "actors", out.getvalue().encode())
    require(done["created_count"] == 500, f"500 were expected: {done}")


def register_and_enrol(story: Story) -> None:
    """3. A mother registers herself and her business, and takes a seat."""
    story.narrator.chapter("3. A mother registers herself and her business, and enrols")
    publish_program(story)
    _sign_in_by_code(story)
    _register(story)


def _sign_in_by_code(story: Story) -> None:
    tell = story.narrator
    tell.call("She asks for a code by phone", "POST", "/oauth/otp", expect=202, json={"phone": PHONE})
    tell.say("(the code arrives; in this sandbox it is read from the message log)")
    form = {"grant_type": "urn:plut:grant:otp", "phone": PHONE, "code": code_sent(story)}
    answer = tell.call("She signs in with the code", "POST", "/oauth/token", data=form).json()
    story.tokens["mother"] = answer["access_token"]


def _register(story: Story) -> None:
    tell, mother = story.narrator, story.tokens["mother"]
    person = {
        "full_name": "Baiq Ratna Contoh",
        "nik": "5271015705905001",
        "sex": "female",
        "birth_date": "1990-05-17",
        "marital_status": "married",
        "village_code": "52.71.01.1004",
    }
    registered = tell.call("She registers", "POST", "/v1/people", token=mother, expect=201, json=person).json()
    tell.say(f"segments today: {', '.join(registered['segments'])}; warnings: {len(registered['warnings'])}")
    business = {
        "name": "Keripik Ibu Ratna",
        "village_code": "52.71.01.1004",
        "kbli_code": "10794",
        "started_on": (story.today - timedelta(days=900)).isoformat(),
        "nib": "9912345678901",
    }
    actor = tell.call(
        "She registers her business", "POST", "/v1/actors", token=mother, expect=201, json=business
    ).json()
    figures = {"year": story.today.year - 1, "capital_idr": 30_000_000, "sales_idr": 140_000_000, "workers_female": 2}
    path = f"/v1/actors/{actor['id']}"
    tell.call(
        "She reports last year's figures", "POST", f"{path}/annual-figures", token=mother, expect=201, json=figures
    )
    size = tell.call("Her size class follows from them", "GET", path, token=mother).json()
    tell.say(f"size class {size['size_class']} by {size['size_basis']} (PP 7/2021)")
    seat = tell.call(
        "She takes a seat for her business",
        "POST",
        f"/v1/programs/{story.made['program']}/enrolments",
        token=mother,
        expect=201,
        json={"actor_id": actor["id"]},
    ).json()
    story.made |= {"person": registered["id"], "actor": actor["id"], "enrolment": seat["id"]}


def prove_and_confirm(story: Story) -> None:
    """4. The programme completes, an outcome is proven, readiness explained and confirmed."""
    tell, made = story.narrator, story.made
    consultant, mother, dinas = story.tokens["consultant"], story.tokens["mother"], story.tokens["dinas"]
    tell.chapter("4. The programme completes; an outcome is proven; readiness is explained and confirmed")
    enrolment, program = f"/v1/enrolments/{made['enrolment']}", f"/v1/programs/{made['program']}"
    path = f"{enrolment}/outcomes/packaging"
    assign_consultant(story, person=made["person"], closed=path)
    before = tell.call("Where she stands before", "GET", path, token=consultant)
    level: dict[str, Any] = {"token": consultant, "headers": {"If-Match": before.headers["etag"]}, "json": {"level": 1}}
    after = tell.call("The consultant sets the baseline", "PUT", f"{path}/baseline", **level)
    level = {"token": consultant, "headers": {"If-Match": after.headers["etag"]}, "json": {"level": 2}}
    tell.call("… and the target", "PUT", f"{path}/target", **level)
    tell.call("The programme begins", "POST", f"{program}/start", token=dinas, json={})
    tell.call("She finishes it", "POST", f"{enrolment}/complete", token=consultant)
    tell.call("The programme completes", "POST", f"{program}/complete", token=dinas, json={})
    proof = {"claimed_level": 2, "note": "Label lengkap, enam sisi.", "file_reference": "contoh/label.jpg"}
    evidence = tell.call("She submits proof", "POST", f"{path}/evidence", token=mother, expect=201, json=proof).json()
    found = {"level": 2, "note": "Label sesuai ketentuan."}
    tell.call(
        "The consultant finds it proven", "POST", f"/v1/evidence/{evidence['id']}/verify", token=consultant, json=found
    )
    readiness = f"/v1/actors/{made['actor']}/readiness"
    tell.call(
        "Too early to confirm: the reasons",
        "POST",
        f"{readiness}/confirm",
        token=consultant,
        expect=409,
        json={"note": "x"},
    )
    explained = tell.call("She asks what is missing", "GET", readiness, token=mother).json()
    tell_readiness(story, explained)
    tell.call(
        "The consultant compares her identity card",
        "POST",
        f"/v1/people/{made['person']}/verify-identity",
        token=consultant,
    )
    tell_readiness(story, tell.call("And now?", "GET", readiness, token=mother).json())
    note = {"note": "Berkas lengkap, pendampingan selesai."}
    tell.call("The consultant confirms", "POST", f"{readiness}/confirm", token=consultant, json=note)


def consent_and_pull(story: Story) -> None:
    """5. The bank pulls; the owner consents; the bank's next pull tells."""
    tell, made = story.narrator, story.made
    tell.chapter("5. The bank pulls the ready list; the owner consents; the next pull tells")
    form = {"grant_type": "client_credentials", **story.bank_client}
    bank = tell.call("The bank's machine signs in", "POST", "/oauth/token", data=form).json()["access_token"]
    story.tokens["bank"] = bank
    first, token = pull(story, "It pulls page by page")
    (masked,) = first
    tell.say(f"one row, masked: {masked['masked']}, id {masked['id']} is a pseudonym; name {masked['name']}")
    require(masked["masked"] and masked["id"] != made["actor"], "without consent nobody is named")
    mother, path = story.tokens["mother"], f"/v1/actors/{made['actor']}/consents"
    consent = {"organization_id": story.bank_id, "text_version": "1", "language": "id"}
    tell.call("The owner consents to this bank", "POST", path, token=mother, expect=201, json=consent)
    changes, _ = pull(story, "The bank asks what has changed", changed_since=token)
    for change in changes:
        words = (
            f"tombstone ({change['reason']})" if change["removed"] else f"{change['name']} of {change['owner_name']}"
        )
        tell.say(f"{change['id']}: {words}")
    gone, named = changes
    require(gone["removed"] and gone["id"] == masked["id"], "the pseudonym ends")
    require(named["id"] == made["actor"] and not named["masked"], "the business is named")


def refer_and_decide(story: Story) -> None:
    """6. A referral goes from submitted to disbursed; an illegal move is refused with the legal ones."""
    tell, made = story.narrator, story.made
    tell.chapter("6. The bank gets a referral and decides")
    bank = story.tokens["bank"]
    asked = {
        "actor_id": made["actor"],
        "bank_id": story.bank_id,
        "amount_idr": 25_000_000,
        "tenor_months": 24,
        "purpose": "Mesin pengemas vakum.",
    }
    referral = tell.call(
        "The owner asks for financing",
        "POST",
        "/v1/financing/referrals",
        token=story.tokens["mother"],
        expect=201,
        json=asked,
    ).json()
    path = f"/v1/financing/referrals/{referral['id']}"
    jump = {"to": "disbursed", "disbursed_amount_idr": 1, "disbursed_on": story.today.isoformat()}
    refused = tell.call(
        "The bank tries to jump ahead", "POST", f"{path}/transitions", token=bank, expect=409, json=jump
    )
    tell.say(f"{refused.json()['code']}; allowed: {', '.join(refused.json()['allowed_moves'])}")
    for move in (
        {"to": "received"},
        {"to": "in_review", "note": "Berkas diperiksa."},
        {"to": "approved", "approved_amount_idr": 25_000_000},
        {"to": "disbursed", "disbursed_amount_idr": 25_000_000, "disbursed_on": story.today.isoformat()},
    ):
        tell.call(f"It moves to {move['to']}", "POST", f"{path}/transitions", token=bank, json=move)
    steps = tell.call("Every step is on record", "GET", f"{path}/transitions", token=story.tokens["dinas"]).json()[
        "data"
    ]
    for step in steps:
        tell.say(f"{step['created_at'][:19]} {step['caller_role']}: {step['from_state'] or '–'} → {step['to_state']}")
    require([s["to_state"] for s in steps][-1] == "disbursed", "it ends disbursed")


CHAPTERS = (
    import_cooperatives,
    import_businesses,
    register_and_enrol,
    prove_and_confirm,
    consent_and_pull,
    refer_and_decide,
)

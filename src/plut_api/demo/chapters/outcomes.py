"""The five outcomes: proof is handed in and verified by another, or a row of the system speaks for itself."""

from typing import Any

from plut_api.demo.narrator import require
from plut_api.demo.scenes import Story, assign_consultant, hand_in, refused, tell_card
from plut_api.kit import clock


def prove_outcomes(story: Story) -> None:
    """6. Evidence as files and addresses, a permit taken up by itself; the card says what is left; a consultation."""
    story.narrator.chapter("6. Outcomes are proven: by evidence that another verifies, by a permit on file")
    assign_consultant(story, "The Dinas names a second consultant", "verifier", story.made["person"])
    prove_packaging(story, "She hands in a photo of the label")
    _prove_branding(story)
    _prove_market(story)
    _prove_product(story)
    card = tell_card(story, "She reads her card")
    require(card["proven"] == 4, "four of five are proven")
    require(any(step["dimension"] == "finance" for step in card["next"]), "financing is next")
    _consult(story)


def outcome_of(story: Story, dimension: str) -> str:
    """Where an outcome of the mother is."""
    return f"/v1/enrolments/{story.made['enrolment']}/outcomes/{dimension}"


def prove_packaging(story: Story, words: str) -> None:
    """The mother hands in photos of the label, and the consultant finds them to hold."""
    photo = hand_in(story, words, "mother", "label.png")
    proof = {"kind": "label", "claimed_level": 2, "note": "Label lengkap, enam sisi.", "files": [photo]}
    evidence = _submit(story, "… as proof of her packaging", "mother", "packaging", proof)
    _verify(story, "The consultant finds it proven", "consultant", evidence, 2)


def _submit(story: Story, words: str, who: str, dimension: str, proof: dict[str, Any]) -> str:
    path, token = f"{outcome_of(story, dimension)}/evidence", story.tokens[who]
    evidence_id: str = story.narrator.call(words, "POST", path, token=token, expect=201, json=proof).json()["id"]
    return evidence_id


def _verify(story: Story, words: str, who: str, evidence_id: str, level: int) -> None:
    body = {"level": level, "note": "Sesuai kriteria."}
    path = f"/v1/evidence/{evidence_id}/verify"
    found = story.narrator.call(words, "POST", path, token=story.tokens[who], json=body).json()
    require(found["state"] == "verified", "it is verified")


def _prove_branding(story: Story) -> None:
    """Whoever submitted does not verify; another consultant does."""
    shop = "https://toko.contoh.example/keripik-ratna"
    proof = {"kind": "listing_url", "claimed_level": 2, "note": "Nama dan logo tampil di akun.", "url": shop}
    words = "The consultant submits her shop's address on her behalf"
    evidence = _submit(story, words, "consultant", "branding", proof)
    call: tuple[str, str] = ("POST", f"/v1/evidence/{evidence}/verify")
    sent: dict[str, Any] = {"token": story.tokens["consultant"], "json": {"level": 2}}
    refused(story, "… and may not verify that", "verifier_is_submitter", *call, **sent)
    _verify(story, "The second consultant verifies it", "verifier", evidence, 2)


def _prove_market(story: Story) -> None:
    """A first try is rejected with a next step; the second holds."""
    tell = story.narrator
    for number, words in enumerate(("She hands in a photo of her sales book", "… and a sharper one")):
        photo = hand_in(story, words, "mother", "buku-penjualan.png")
        proof = {"kind": "sales_report", "claimed_level": 2, "note": "Tujuh transaksi QRIS.", "files": [photo]}
        evidence = _submit(story, "… as proof of her market", "mother", "market", proof)
        if number:
            _verify(story, "Seven digital sales: proven", "verifier", evidence, 2)
            return
        no = {"reason": "Tanggal penjualan tidak terbaca.", "next_step": "Foto ulang halaman September."}
        path = f"/v1/evidence/{evidence}/reject"
        tell.call("It is rejected, with a next step", "POST", path, token=story.tokens["verifier"], json=no)
        tell_card(story, "Her card says it first")


def _prove_product(story: Story) -> None:
    """A permit that staff compared proves its level by itself."""
    tell, path = story.narrator, f"/v1/actors/{story.made['actor']}/certifications"
    paper = hand_in(story, "She hands in her new P-IRT permit", "mother", "pirt.png")
    permit = {"kind": "pirt", "number": "206527101000130", "issued_on": clock.today().isoformat(), "file_id": paper}
    mother, consultant = story.tokens["mother"], story.tokens["consultant"]
    made = tell.call("… and puts it on file", "POST", path, token=mother, expect=201, json=permit).json()
    tell.call("The consultant compares it", "POST", f"{path}/{made['id']}/verify", token=consultant)
    proven = tell.wait_for(outcome_of(story, "product"), mother, reached_level=3)
    require(proven["counts"], "the permit proves her product")
    proof = f"{outcome_of(story, 'product')}/evidence"
    (fact,) = tell.call("Nobody handed that in: a row speaks", "GET", proof, token=mother).json()["data"]
    tell.say(
        f"level {fact['verified_level']} by {fact['fact']['href']}, submitted by {fact['submitted_by'] or 'nobody'}"
    )


def _consult(story: Story) -> None:
    """What is left is talked over, with something agreed."""
    tell, mother, consultant = story.narrator, story.tokens["mother"], story.tokens["consultant"]
    wish = {"actor_id": story.made["actor"], "field": "finance", "channel": "visit", "problem": "Ingin mesin kemas."}
    asked = tell.call(
        "She asks for a talk about financing", "POST", "/v1/consultations", token=mother, expect=201, json=wish
    )
    path = f"/v1/consultations/{asked.json()['id']}"
    when = {"on_date": story.day(0), "shift": "afternoon", "place": "Rumah produksi"}
    tell.call("The consultant makes an appointment", "POST", f"{path}/schedule", token=consultant, json=when)
    record = {
        "minutes": 60,
        "advice": "Cocokkan KTP, lalu ajukan lewat rujukan PLUT.",
        "result": "continuing",
        "actions": [{"what": "Bawa KTP dan buku kas tiga bulan.", "due_on": story.day(7)}],
        "private_note": "Suami mendukung.",
    }
    held = tell.call("… and records it", "POST", f"{path}/hold", token=consultant, json=record).json()
    (action,) = held["actions"]
    tell.say(f"agreed: {action['what']} by {action['due_on']}")
    tell.call("She ticks it off", "POST", f"/v1/agreed-actions/{action['id']}/done", token=mother)

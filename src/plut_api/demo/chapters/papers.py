"""What she prepares for a bank: a declaration, a plan, her books month by month, an account, her shop."""

from typing import Any

from plut_api.demo.scenes import Story

_CLEAR = {"has_arrears": False, "has_barred_credit": False, "has_excluded_occupation": False}
_BOOKED = {"coverage": "full", "sales_idr": 12_000_000, "expenses_idr": 8_500_000, "proof": "qris"}
_PLAN = {
    "amount_idr": 25_000_000,
    "tenor_months": 24,
    "purpose": "Mesin pengemas vakum.",
    "items": [
        {"name": "Mesin pengemas vakum", "amount_idr": 21_000_000},
        {"name": "Kemasan untuk tiga bulan", "amount_idr": 4_000_000},
    ],
}


def prepare_papers(story: Story) -> None:
    """She declares, plans, keeps books and names her account and her shop; first she asks what that would change."""
    tell, mother, actor = story.narrator, story.tokens["mother"], f"/v1/actors/{story.made['actor']}"
    supposed = {"facts": [{"name": "book_months_covered", "value": 6}, {"name": "sales_proof_months", "value": 6}]}
    path = f"{actor}/readiness/what-if"
    answer = tell.call("What if she kept books for six months?", "POST", path, token=mother, json=supposed).json()
    tell.say(f"from {answer['now']['score']} to {answer['then']['score']} of 100")

    def enter(words: str, path: str, body: dict[str, Any]) -> None:
        tell.call(words, "POST", f"{actor}/{path}", token=mother, expect=201, json=body)

    enter("She declares what credit runs", "credit-declarations", _CLEAR)
    tell.call("She plans what the money is for", "PUT", f"{actor}/financing-plan", token=mother, json=_PLAN)
    for month in _months(story, 6):
        enter(f"Her books of {month}", "book-months", _BOOKED | {"month": month})
    account = {"bank_name": "Bank Contoh", "number": "0012345678901", "holder": "owner"}
    enter("She names her account; its number is sealed", "bank-accounts", account)
    shop = {"kind": "shop", "name": "Kios di pasar", "since": f"{story.today.year - 2}-01-10"}
    enter("And where she sells", "sales-channels", shop)


def _months(story: Story, count: int) -> list[str]:
    """The months before the running one, the oldest first."""
    running = story.today.year * 12 + story.today.month - 1
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(running - count, running)]

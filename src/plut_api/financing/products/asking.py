"""Whether the requirements of a product can be asked: known facts, comparisons that suit them, codes of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

from plut_api.financing.products.models import FinancingProduct
from plut_api.financing.products.schemes import SUBJECT_OF, rows_between
from plut_api.financing.rules.facts import Subject
from plut_api.financing.rules.subjects import SUBJECTS
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, fault

MAX_PARTS = 50
"""Parts that the condition of one requirement may consist of."""

_KINDS: Mapping[str, str] = {"at_least": "number", "at_most": "number", "in": "text", "begins_with": "text"}
_KIND_WORDS: Mapping[str, Text] = {
    "number": Text(id="bilangan", en="a number"),
    "text": Text(id="teks", en="text"),
    "yes_no": Text(id="ya atau tidak", en="yes or no"),
}


def requirement_faults(product: FinancingProduct) -> Iterator[Fault]:
    """What cannot be asked of whom a product is for, each place by its pointer.

    Scheme and product are asked together, so a product only ever narrows; it may not use the scheme's codes.
    """
    taken = {
        requirement.code
        for row in rows_between(product.scheme, product.valid_from, product.valid_until)[0]
        for requirement in row.requirements
    }
    subject = SUBJECTS.get(SUBJECT_OF.get(product.borrower_kind, ""))
    for number, requirement in enumerate(product.requirements):
        at = f"#/requirements/{number}"
        if requirement["code"] in taken:
            words = {"id": "Kode ini sudah dipakai skema atau syarat lain", "en": "Scheme or product has this code"}
            yield fault(f"{at}/code", "requirement_code_taken", **words)
        taken.add(requirement["code"])
        if subject is None:
            words = {"id": "Data peminjam ini tidak dimiliki", "en": "Nothing is held of such borrowers"}
            yield fault(at, "nothing_to_ask", **words)
        elif _size(requirement["condition"]) > MAX_PARTS:
            words = {"id": f"Maksimal {MAX_PARTS} bagian", "en": f"At most {MAX_PARTS} parts"}
            yield fault(f"{at}/condition", "condition_too_large", **words)
        else:
            yield from _condition(requirement["condition"], f"{at}/condition", subject)


def _size(condition: Mapping[str, Any]) -> int:
    return 1 + sum(_size(part) for part, _ in _inner(condition, ""))


def _inner(condition: Mapping[str, Any], at: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    for name in ("all", "any"):
        for number, part in enumerate(condition.get(name) or ()):
            yield part, f"{at}/{name}/{number}"
    if "not" in condition:
        yield condition["not"], f"{at}/not"


def _condition(condition: Mapping[str, Any], at: str, subject: Subject) -> Iterator[Fault]:
    if "fact" in condition:
        yield from _comparison(condition, at, subject)
    for part, place in _inner(condition, at):
        yield from _condition(part, place, subject)


def _comparison(condition: Mapping[str, Any], at: str, subject: Subject) -> Iterator[Fault]:
    fact = subject.facts.get(condition["fact"])
    if fact is None:
        known = ", ".join(subject.facts)
        yield fault(f"{at}/fact", "fact_unknown", id=f"Pilih salah satu: {known}", en=f"Choose one of: {known}")
        return
    (operator,) = condition.keys() - {"fact"}
    needed = _KINDS.get(operator, None if condition[operator] == "present" else "yes_no")
    if needed is not None and needed != fact.kind:
        words = _KIND_WORDS[fact.kind]
        yield fault(f"{at}/{operator}", "fact_of_other_kind", id=f"Ini {words.id}", en=f"This is {words.en}")

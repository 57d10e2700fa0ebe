"""How near topics are to each other, before anything is read: the list of topics is short, and comes with a release."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plut_api.programs.models import ProgramLevel
from plut_api.programs.topics import topics


@dataclass(frozen=True)
class Known:
    """How near a topic, taught at a level as the main topic or beside it, is to what a draft teaches: 0 to 1."""

    code: str
    level: str
    is_main: bool
    nearness: float


def roots(codes: Sequence[str]) -> set[str]:
    """The roots of these topics."""
    return {code.partition(".")[0] for code in codes}


def nearness(mine: str, theirs: str, same_level: bool, rule: Mapping[str, float]) -> float:
    """How near two topics are: the same one at the same level 1, at another level the rule's value.

    Topics of one group (the second part of the code), and a group and its own topics, are siblings; a root is no
    group, so that packaging and branding, both under `product`, only share their root.
    """
    if mine == theirs:
        return 1.0 if same_level else rule["topic_other_level"]
    mine_parts, their_parts = mine.split("."), theirs.split(".")
    if mine_parts[:2] == their_parts[:2]:
        return rule["topic_sibling"]
    return rule["topic_same_root"] if mine_parts[0] == their_parts[0] else 0.0


def near_topics(codes: Sequence[str], level: ProgramLevel, rule: Mapping[str, float]) -> Iterator[Known]:
    """Every topic that shares a root with a draft's, at every level, in both places: how near it is to the draft's.

    The best pair counts. A topic that is not the main one of its programme counts less, on either side.
    """
    beside = rule["topic_beside_main"]
    weights = [1.0, *(beside for _ in codes[1:])]
    near = [topic.code for topic in topics().values() if topic.parent and roots([topic.code]) & roots(codes)]
    for code in near:
        for other in ProgramLevel:
            best = max(
                nearness(mine, code, level is other, rule) * weight for mine, weight in zip(codes, weights, strict=True)
            )
            for is_main in (True, False):
                yield Known(code, other.value, is_main, best * (1.0 if is_main else beside))

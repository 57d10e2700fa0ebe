"""Generations of results: which rule set serves, and runs over all businesses or cooperatives.

A rule set that comes into force is judged beside what serves, in blocks, each a transaction of its own; when all are
judged one transaction lets the new results serve (decision 15). `building` runs it, `diffs` tells of it beforehand.
"""

from plut_api.financing.generations.serving import BUSINESS, COOPERATIVE, hold_still, rule_set_called, serving

__all__ = ["BUSINESS", "COOPERATIVE", "hold_still", "rule_set_called", "serving"]

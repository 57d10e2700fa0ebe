"""Whom rules judge: businesses and cooperatives, each with a catalogue of facts of its own."""

from collections.abc import Mapping

from plut_api.financing.rules.business_facts import BUSINESS
from plut_api.financing.rules.cooperative_facts import COOPERATIVE
from plut_api.financing.rules.facts import Subject

SUBJECTS: Mapping[str, Subject] = {subject.name: subject for subject in (BUSINESS, COOPERATIVE)}
"""Every subject, by its name."""

__all__ = ["SUBJECTS", "Subject"]

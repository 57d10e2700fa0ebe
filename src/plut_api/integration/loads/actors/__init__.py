"""Loads businesses with their owners and figures: read in Python, staged by COPY, settled by a few statements.

A business is recognised by its NIB, else by the file's row key, else by owner, name and village; an owner by the NIK,
else by phone and name. What a row does to what is known already says `on_conflict`; loading a file twice adds nothing.
"""

from plut_api.integration.loads.actors.columns import COLUMNS
from plut_api.integration.loads.actors.loading import Terms, load

__all__ = ["COLUMNS", "Terms", "load"]

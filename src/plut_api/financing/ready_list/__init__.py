"""The ready list as one bank sees it: pages, the whole, and what changed since. PostgreSQL renders what is sent.

A row is identified while this bank has a live consent, else masked under a pseudonym of this bank alone; both are
decided in the statement that reads the row, by the views that are a bank's only way to the list (migration 0041).
A page of the list is one statement without a transaction around it; filters that only identified rows meet, changes
and streams run behind the bank's wall.
"""

from plut_api.financing.ready_list.changes import changes_statement, read_changes
from plut_api.financing.ready_list.filters import Filters
from plut_api.financing.ready_list.readers import Reader
from plut_api.financing.ready_list.resuming import place_of
from plut_api.financing.ready_list.rows import (
    FIRST,
    PageRead,
    Position,
    Sort,
    page_statement,
    page_values,
    read_page,
    snapshot_now,
)
from plut_api.financing.ready_list.streams import changed_lines, csv_lines, ndjson_lines, read_changed

__all__ = [
    "FIRST",
    "Filters",
    "PageRead",
    "Position",
    "Reader",
    "Sort",
    "changed_lines",
    "changes_statement",
    "csv_lines",
    "ndjson_lines",
    "page_statement",
    "page_values",
    "place_of",
    "read_changed",
    "read_changes",
    "read_page",
    "snapshot_now",
]

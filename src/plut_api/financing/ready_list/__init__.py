"""The ready list as one bank sees it: pages, the whole, and what changed since. PostgreSQL renders what is sent.

A row is identified while this bank has a live consent, else masked under a pseudonym of this bank alone; both are
decided in the statement that reads the row, by the views that are a bank's only way to the list (migration 0014).
A page of the list is one statement without a transaction around it; changes and streams run behind the bank's wall.
"""

from plut_api.financing.ready_list.changes import changed_lines, changed_lines_query, changes_query, read_changes
from plut_api.financing.ready_list.readers import Reader
from plut_api.financing.ready_list.rows import (
    FIRST,
    Filters,
    PageRead,
    Position,
    page_query,
    read_page,
    snapshot_now,
)
from plut_api.financing.ready_list.streams import csv_lines, ndjson_lines

__all__ = [
    "FIRST",
    "Filters",
    "PageRead",
    "Position",
    "Reader",
    "changed_lines",
    "changed_lines_query",
    "changes_query",
    "csv_lines",
    "ndjson_lines",
    "page_query",
    "read_changes",
    "read_page",
    "snapshot_now",
]

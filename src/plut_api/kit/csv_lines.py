"""Reports as one CSV file, for people with a spreadsheet."""

import csv
import io
from typing import Any

from plut_api.kit.problems import NotAcceptable
from plut_api.kit.streams import CSV

_JSON = {"application/json", "*/*", "application/*", ""}


def wants_csv(accept: str) -> bool:
    """Whether a report is asked for as CSV rather than as JSON. Raises NotAcceptable for neither."""
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    if kinds & _JSON:
        return False
    if CSV not in kinds:
        raise NotAcceptable()
    return True


def csv_line(*cells: Any) -> bytes:
    """One CSV record; a cell that a spreadsheet would take for a formula is kept from it by an apostrophe."""
    out = io.StringIO()
    harmless = [
        f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell for cell in cells
    ]
    csv.writer(out, lineterminator="\r\n").writerow(harmless)
    return out.getvalue().encode()

"""Cells of a bank's file say what the same members of a JSON body would say, however the file was written."""

import csv
import io
from datetime import date
from typing import Any

from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from plut_api.financing.batches.reading import read_items
from plut_api.financing.repayments.schemas import RepaymentReportItem
from plut_api.kit.ids import new_id

COLUMNS = (
    *("referral_id", "as_of", "collectibility", "days_past_due", "outstanding_idr", "paid_idr", "is_restructured"),
    "correction_reason",
)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(
    str.strip
)


def request_of(content: bytes) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    return Request(
        {"type": "http", "method": "POST", "headers": [(b"content-type", b"text/csv; charset=utf-8")]}, receive
    )


def file_of(delimiter: str, mark: bool, end: str, *rows: tuple[Any, ...]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([COLUMNS, *rows])
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


@given(
    delimiter=st.sampled_from([",", ";", "\t"]),
    mark=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    paid=st.integers(0, 10**15),
    eased=st.sampled_from([("true", True), ("FALSE", False), ("ya", True), ("tidak", False), ("", False)]),
    why=words,
)
async def test_a_row_reads_as_it_was_written(
    delimiter: str, mark: bool, end: str, day: date, paid: int, eased: tuple[str, bool], why: str
) -> None:
    referral_id = new_id()
    row = (referral_id, day.isoformat(), 2, 90, 10, paid, eased[0], why)

    (read,) = await read_items(request_of(file_of(delimiter, mark, end, row)), RepaymentReportItem)

    assert read.problem is None, read.problem
    assert read.item is not None
    told = read.item
    assert (told.referral_id, told.as_of, told.days_past_due, told.paid_idr) == (referral_id, day, 90, paid)
    assert (told.is_restructured, told.correction_reason) == (eased[1], why.strip())


@given(
    cell=words, column=st.sampled_from(["collectibility", "days_past_due", "outstanding_idr", "as_of", "referral_id"])
)
async def test_a_cell_that_is_no_number_day_or_id_is_named_and_no_other(cell: str, column: str) -> None:
    members = dict(zip(COLUMNS, (new_id(), "2026-01-31", 1, 0, 10, 5, "", "Ya."), strict=True))
    members[column] = f"x{cell}"

    (read,) = await read_items(request_of(file_of(",", False, "\n", tuple(members.values()))), RepaymentReportItem)

    assert read.problem is not None
    assert {fault.pointer for fault in read.problem.errors} == {f"#/{column}"}

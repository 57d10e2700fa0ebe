"""The timeline of a business on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.kit.pages import Page
from plut_api.kit.wire import Instant, Read


class Teller(Read):
    """Who did it, by role: nobody is named."""

    role: Annotated[
        str | None,
        Field(
            max_length=16,
            pattern=r"^[a-z]+$",
            description="`owner` (a person of the business), `consultant`, `dinas`, `opd`, `bank`, `partner`; null for "
            "the system, or where it was not recorded. Open.",
            examples=["consultant"],
        ),
    ]
    is_me: Annotated[bool, Field(description="Whether it was the caller.", examples=[False])]


class TimelineEntry(Read):
    """Something that happened to a business."""

    at: Instant
    kind: Annotated[
        str,
        Field(
            max_length=48,
            pattern=r"^[a-z_]+\.[a-z_]+$",
            description="What happened, as `noun.past`. Open: expect new values.",
            examples=["enrolment.completed"],
        ),
    ]
    by: Teller
    href: Annotated[
        str,
        Field(
            max_length=300,
            pattern=r"^/v1/[A-Za-z0-9/_-]+$",
            description="Where the row behind it can be read, by those who may.",
            examples=["/v1/enrolments/01983b1e-6f1c-7cc0-9d2b-4a5e5c0f7a11"],
        ),
    ]
    words: Annotated[
        str,
        Field(
            max_length=1000,
            pattern=r"^[^\x00]*$",
            description="A sentence for people, in the language asked for. It names a person only to those who may "
            "read that person.",
            examples=["Ibu Baiq Contoh selesai pelatihan Kemasan Pangan."],
        ),
    ]


class Timeline(Page[TimelineEntry]):
    """One page of what happened, newest first."""

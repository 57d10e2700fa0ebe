"""The life cycle as a catalogue, and how long it takes, on the wire."""

from typing import Annotated

from pydantic import Field

from plut_api.financing.models.referrals import ClockSide
from plut_api.financing.referrals.states import Side
from plut_api.financing.schemas.referrals import Reason, State
from plut_api.kit.wire import LINE, Count, Day, Id, Name, Read

Turn = Annotated[ClockSide, Field(description="Whose turn it is. Open: expect new values.", examples=["bank"])]
Mover = Annotated[Side, Field(description="Who makes the move. Open: expect new values.", examples=["bank"])]
Field_ = Annotated[
    str,
    Field(max_length=40, pattern=r"^[a-z_]+$", description="Name of a member.", examples=["approved_amount_idr"]),
]
Words = Annotated[str, Field(max_length=300, pattern=LINE, description="In words, in the language asked for.")]


class ReasonRead(Read):
    """A reason for a move."""

    code: Reason
    words: Words = Field(description="In the language asked for.", examples=["Berkas belum lengkap"])


class MoveRead(Read):
    """One legal move of referrals."""

    side: Mover
    from_state: State
    to_state: State
    needs: list[Field_] = Field(max_length=20, description="What must come with it.", examples=[["reason_code"]])
    may: list[Field_] = Field(max_length=20, description="What may come with it.", examples=[[]])
    reasons: list[ReasonRead] = Field(max_length=50, description="The reasons that fit it.")


class MoveList(Read):
    """Every legal move of referrals."""

    data: list[MoveRead] = Field(max_length=100, description="In the order of the life cycle.")


class ClockRead(Read):
    """How one bank's referrals stand in one state, and how long they stayed in it."""

    bank_id: Id
    bank_name: Name
    state: State
    side: Turn
    open_count: Count = Field(description="How many stand there now.", examples=[3])
    late_count: Count = Field(description="How many of them are late.", examples=[1])
    ended_count: Count = Field(description="How many left it in the period.", examples=[12])
    median_working_days: float | None = Field(
        ge=0, le=5000, description="Working days that these stayed, in the middle; null: none left it.", examples=[2.5]
    )


class ClockList(Read):
    """The clocks of banks, by name and in the order of the life cycle."""

    since: Day = Field(description="First day of the period that medians are over.")
    data: list[ClockRead] = Field(max_length=5000, description="One for each bank and state that has any.")

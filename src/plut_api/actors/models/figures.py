"""Tables of yearly figures, of the size classes that followed from them, and of the law they were measured by.

Figures and size changes are only added to (migration 0020). Merging re-points them, erasing a business removes them,
a paper that was erased is let go of; anything else the database refuses.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    TableClause,
    Uuid,
    column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.actors.models.businesses import Actor, SizeClass
from plut_api.kit.database import Identified, Model, check, enum_column


class Verification(StrEnum):
    """How well figures are proven, in rising order. Open."""

    declared = "declared"
    document_seen = "document_seen"
    verified = "verified"

    @property
    def rank(self) -> int:
        """Its place in the order, 0 the lowest."""
        return list(Verification).index(self)


class FigureSource(StrEnum):
    """Where figures come from. Open."""

    owner = "owner"
    officer = "officer"
    import_ = "import"
    tax = "tax"
    exchange = "exchange"


class AnnualFigure(Identified, Model):
    """Figures of one year as reported at one time. A correction and a verification are new rows, too.

    A verification repeats what it verifies and names it (`of_figure_id`). Which row of a year counts is said by
    `counting_figures`.
    """

    __tablename__ = "annual_figures"
    __table_args__ = (
        Index("ix_annual_figures_newest", "actor_id", "year", "id"),
        Index("ix_annual_figures_of_figure_id", "of_figure_id", postgresql_where=text("of_figure_id IS NOT NULL")),
        Index("ix_annual_figures_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        check("year BETWEEN 1945 AND 2100", "year"),
        check("capital_idr >= 0 AND sales_idr >= 0 AND assets_idr >= 0", "money_not_negative"),
        check("workers_female >= 0 AND workers_male >= 0", "workers_not_negative"),
        check("workers_disability >= 0", "disabled_not_negative"),
        check("source IN ('owner', 'officer', 'import', 'tax', 'exchange')", "source"),
        check("of_figure_id IS NULL OR of_figure_id <> id AND verification <> 'declared'", "verifies_another"),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(SmallInteger)
    capital_idr: Mapped[int | None] = mapped_column(BigInteger)  # Without land and buildings of the business.
    sales_idr: Mapped[int | None] = mapped_column(BigInteger)
    assets_idr: Mapped[int | None] = mapped_column(BigInteger)
    workers_female: Mapped[int | None] = mapped_column(Integer)
    workers_male: Mapped[int | None] = mapped_column(Integer)
    workers_disability: Mapped[int | None] = mapped_column(Integer)  # Of them, women and men.
    source: Mapped[str]
    verification: Mapped[Verification] = mapped_column(
        enum_column(Verification, "verification"), default=Verification.declared, server_default=text("'declared'")
    )
    of_figure_id: Mapped[UUID | None] = mapped_column(ForeignKey("annual_figures.id"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    recorded_by: Mapped[UUID | None]
    import_id: Mapped[UUID | None]


def _view(name: str, *more: ColumnClause[Any]) -> TableClause:
    """A view over yearly figures (migration 0020)."""
    return table(
        name,
        column("id", Uuid()),
        column("actor_id", Uuid()),
        column("year", SmallInteger()),
        *(column(money, BigInteger()) for money in ("capital_idr", "sales_idr", "assets_idr")),
        *(column(workers, Integer()) for workers in ("workers_female", "workers_male", "workers_disability")),
        column("source", String()),
        column("verification", String()),
        column("created_at", DateTime(timezone=True)),
        *more,
    )


counting_figures = _view("counting_figures")
"""The row of each year that counts: of the rows with the highest level of verification the newest one.

So a correction counts as soon as it is reported, unless the year is proven better: then the correction has to be proven
as well as that. A report stands for its year as a whole; what it leaves out is not known of that year.
"""

deciding_figures = _view(
    "deciding_figures", column("known_capital_idr", BigInteger()), column("capital_figure_id", Uuid())
)
"""The figures of a business that decide, one row each: of the rows that count, the newest year with sales.

Without sales in any year it is the newest with capital, else the newest of all: a year that says less hides no older
one that says more. `known_capital_idr` is the capital of the newest year that tells it, and `capital_figure_id` that
row. Size class, readiness and the ready list read this and nothing else.
"""


class SizeCause(StrEnum):
    """Why a size class changed. Only `figures` is the business itself: a year that had not been reported before. Open.

    `correction`: another report, or a verification, of a year that had one. `law`: other thresholds.
    """

    figures = "figures"
    correction = "correction"
    law = "law"
    import_ = "import"
    merge = "merge"


class SizeChange(Identified, Model):
    """The derived size class of a business changed: from, to, by what, and the figures and the law behind it.

    `effective_on` is the day from which the class holds: of a law that of its coming into force, else that of the
    report. `basis` says which criterion decided; both classes stand beside it.
    """

    __tablename__ = "size_changes"
    __table_args__ = (
        Index("ix_size_changes_actor_id", "actor_id", "id"),
        check("from_class IS DISTINCT FROM to_class", "changes_something"),
        check(
            "(to_class IS NULL) = (basis IS NULL) AND (to_class IS NULL) = (rule_source IS NULL) "
            "AND (to_class IS NULL) = (rule_valid_from IS NULL) AND (to_class IS NULL) = (figure_id IS NULL)",
            "class_with_grounds",
        ),
    )
    actor_id: Mapped[UUID] = mapped_column(ForeignKey(Actor.id, ondelete="CASCADE"))
    from_class: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "from_class"))
    to_class: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "to_class"))
    by_sales: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "by_sales"))
    by_capital: Mapped[SizeClass | None] = mapped_column(enum_column(SizeClass, "by_capital"))
    basis: Mapped[str | None]
    cause: Mapped[SizeCause] = mapped_column(enum_column(SizeCause, "cause"))
    # Of annual_figures, whose rows only go with those of this table: no key, which each row of an import would pay for.
    figure_id: Mapped[UUID | None]
    capital_figure_id: Mapped[UUID | None]
    rule_source: Mapped[str | None]
    rule_valid_from: Mapped[date | None]
    effective_on: Mapped[date] = mapped_column(Date)


class SizeLaw(Identified, Model):
    """Thresholds that were applied to every business, and how far that has come (`reached`, in order of their ids)."""

    __tablename__ = "size_laws"
    bounds: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid_from: Mapped[date]
    reached: Mapped[UUID | None]
    seen_count: Mapped[int] = mapped_column(Integer, default=0)
    changed_count: Mapped[int] = mapped_column(Integer, default=0)
    finished_at: Mapped[datetime | None]

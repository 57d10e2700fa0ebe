"""Tables of outlets, and of what they sell month by month."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.cooperatives.records.models.governance import Recorded, verified_by_someone
from plut_api.kit.database import Model, check, enum_column
from plut_api.kit.files import FileRow


class OutletKind(StrEnum):
    """The seven outlets of the programme (PMK 49/2025 art. 3) under their own names, and what else there is."""

    kantor = "kantor"
    sembako = "sembako"
    simpan_pinjam = "simpan_pinjam"
    klinik = "klinik"
    apotek = "apotek"
    gudang_cold_storage = "gudang_cold_storage"
    logistik = "logistik"
    other = "other"


class Premises(StrEnum):
    """By which right an outlet is where it is."""

    owned = "owned"
    borrowed = "borrowed"
    leased = "leased"


class CooperativeOutlet(Recorded, Model):
    """An outlet (gerai): planned, open from a day on, closed."""

    __tablename__ = "cooperative_outlets"
    __table_args__ = (
        Index("ix_cooperative_outlets_cooperative_id", "cooperative_id", "id"),
        check("closed_on >= opened_on", "period"),
        check("closed_on IS NULL OR opened_on IS NOT NULL", "closed_what_opened"),
        check("file_id IS NULL OR premises IS NOT NULL", "paper_of_premises"),
        verified_by_someone(),
    )
    kind: Mapped[OutletKind] = mapped_column(enum_column(OutletKind, "kind"))
    name: Mapped[str]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    premises: Mapped[Premises | None] = mapped_column(enum_column(Premises, "premises"))
    premises_until: Mapped[date | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))


class CooperativeFigure(Recorded, Model):
    """The statement of one month: sales, expenses, members."""

    __tablename__ = "cooperative_figures"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "month"),
        check("extract(day FROM month) = 1", "first_of_month"),
        check("sales_idr >= 0 AND expenses_idr >= 0", "amounts"),
        check("members_paid BETWEEN 0 AND members", "members_paid"),
        verified_by_someone(),
    )
    month: Mapped[date]
    sales_idr: Mapped[int] = mapped_column(BigInteger)
    expenses_idr: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[int] = mapped_column(Integer)
    members_paid: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey(FileRow.id))

"""Tables of organizations."""

from enum import StrEnum

from sqlalchemy import Boolean, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, Versioned, check, enum_column


class OrganizationKind(StrEnum):
    """What an organization is to PLUT."""

    dinas = "dinas"
    opd = "opd"
    bank = "bank"
    ojk = "ojk"
    private = "private"
    university = "university"


class Organization(Versioned, Model):
    """An organization that staff or machine clients act for; `code` is short, stable and upper case."""

    __tablename__ = "organizations"
    __table_args__ = (
        UniqueConstraint("code"),
        check("code ~ '^[A-Z][A-Z0-9_]{1,31}$'", "code"),
        check("kind = 'bank' OR NOT is_sharia", "only_banks_are_sharia"),
    )
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[OrganizationKind] = mapped_column(enum_column(OrganizationKind, "kind"))
    is_sharia: Mapped[bool] = mapped_column(Boolean, default=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)

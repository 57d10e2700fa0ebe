"""Tables of reference data. Codes are those of their official sources; nothing is ever deleted, only ended."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Double, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from plut_api.kit.database import Model, check, enum_column


class RegionLevel(StrEnum):
    """Levels of the Kemendagri coding."""

    province = "province"
    regency = "regency"
    city = "city"
    district = "district"
    village = "village"
    urban_village = "urban_village"


class Region(Model):
    """An administrative region of NTB by its Kemendagri code; a retired code has a successor and an end."""

    __tablename__ = "regions"
    __table_args__ = (
        Index("ix_regions_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        check("(retired_on IS NULL) = (successor_code IS NULL)", "retired_with_successor"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[RegionLevel] = mapped_column(enum_column(RegionLevel, "level"))
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    retired_on: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))


class KbliLevel(StrEnum):
    """Levels of the Indonesian standard industrial classification."""

    section = "section"
    division = "division"
    group = "group"
    class_ = "class"
    subclass = "subclass"


class Kbli(Model):
    """A KBLI code of one version. Equal digits of two versions are different codes."""

    __tablename__ = "kbli"
    __table_args__ = (
        Index("ix_kbli_title_trgm", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
        Index("ix_kbli_parent", "version", "parent_code"),
    )
    version: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[KbliLevel] = mapped_column(enum_column(KbliLevel, "level"))
    title: Mapped[str]
    parent_code: Mapped[str | None]


class HolidayKind(StrEnum):
    """National holiday, or joint leave (cuti bersama)."""

    national = "national"
    joint_leave = "joint_leave"


class Holiday(Model):
    """A day off in Indonesia."""

    __tablename__ = "holidays"
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[HolidayKind] = mapped_column(enum_column(HolidayKind, "kind"), primary_key=True)
    name_id: Mapped[str]
    name_en: Mapped[str]
    estimated: Mapped[bool]


class RuleValue(Model):
    """A threshold, rate or bound with its dates and its source; rules read it, no constant repeats it."""

    __tablename__ = "rule_values"
    __table_args__ = (
        check("status IN ('C', 'R', 'V')", "status"),
        check("valid_to IS NULL OR valid_to >= valid_from", "period"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    value: Mapped[Any] = mapped_column(JSONB)
    source: Mapped[str]
    status: Mapped[str]


class RemoteArea(Model):
    """A region that a law calls remote or left behind (daerah tertinggal), from `valid_from` to `valid_to`, inclusive.

    All that lies within is remote as well: codes of villages begin with those of what they lie in.
    """

    __tablename__ = "remote_areas"
    __table_args__ = (
        check("status IN ('C', 'R', 'V')", "status"),
        check("valid_to IS NULL OR valid_to >= valid_from", "period"),
    )
    region_code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    source: Mapped[str]
    status: Mapped[str]

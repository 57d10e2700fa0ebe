"""What a certificate has to be like: the form of its number by its kind, and how long it can hold, by dated rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.lists import CertificationKind, certification_kinds
from plut_api.actors.models import Product
from plut_api.kit.caller import Caller
from plut_api.kit.files import require_file
from plut_api.kit.i18n import Text
from plut_api.kit.problems import Fault, Invalid, fault
from plut_api.reference.rules import rule_values

PAPERS = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})


@dataclass
class Checked:
    """A certificate that was checked: its number as it is kept, its end, and all that is wrong with it."""

    number: str
    expires_on: date | None
    faults: list[Fault] = field(default_factory=list)


async def checked(
    db: AsyncSession,
    caller: Caller,
    actor_id: UUID,
    code: str,
    values: Mapping[str, Any],
    *,
    known_file: UUID | None,
) -> Checked:
    """Check a certificate as a whole: `kind_unknown`, `number_format`, `class_of_a_trademark`, `has_no_end`,
    `ends_before_it_begins`, `holds_too_long`, `product_unknown`, and for a new file `file_unknown`, `file_kind`.
    """
    kind = certification_kinds().get(code)
    if kind is None:
        return Checked(values["number"], values["expires_on"], [_KIND_UNKNOWN])
    sound = Checked(kind.cleaned(values["number"]), values["expires_on"])
    if not kind.accepts(sound.number):
        sound.faults.append(Fault("#/number", "number_format", kind.hint))
    if values["trademark_class"] is not None and not kind.has_class:
        sound.faults.append(_CLASS_OF_A_TRADEMARK)
    await _check_end(db, kind, values["issued_on"], sound)
    await _check_product(db, actor_id, values["product_id"], sound)
    if values["file_id"] is not None and values["file_id"] != known_file:
        try:
            await require_file(db, caller, values["file_id"], kinds=PAPERS)
        except Invalid as refused:
            sound.faults.extend(refused.errors)
    return sound


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, in other years, the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


async def _check_end(db: AsyncSession, kind: CertificationKind, issued_on: date, sound: Checked) -> None:
    """The end: none, as printed, or by the term that the rule of the day of issue gives, and then no later."""
    if not kind.has_end:
        if sound.expires_on is not None:
            sound.faults.append(_HAS_NO_END)
        return
    if sound.expires_on is not None and sound.expires_on < issued_on:
        sound.faults.append(_ENDS_BEFORE)
        return
    years = await _term(db, kind, issued_on)
    if years is None:
        return
    latest = years_after(issued_on, years)
    if sound.expires_on is None:
        sound.expires_on = latest - timedelta(days=1)
    elif sound.expires_on > latest:
        sound.faults.append(_holds_too_long(years))


async def _term(db: AsyncSession, kind: CertificationKind, on: date) -> int | None:
    if kind.term_rule is None:
        return None
    try:
        values = await rule_values(db, kind.term_rule, on)
    except LookupError:  # Issued before the rule: it holds as printed.
        return None
    return values.get(kind.term_rule)


async def _check_product(db: AsyncSession, actor_id: UUID, product_id: UUID | None, sound: Checked) -> None:
    if product_id is None:
        return
    own = select(Product.id).where(Product.id == product_id, Product.actor_id == actor_id)
    if await db.scalar(own) is None:
        sound.faults.append(_PRODUCT_UNKNOWN)


def _holds_too_long(years: int) -> Fault:
    words = Text(
        id="Sertifikat jenis ini berlaku paling lama {years} tahun sejak terbit",
        en="A certificate of this kind holds {years} years from its issue at most",
    )
    return Fault("#/expires_on", "holds_too_long", words.filled(years=years))


_KIND_UNKNOWN = fault(
    "#/kind",
    "kind_unknown",
    id="Pilih kode dari /v1/certification-kinds",
    en="Choose a code of /v1/certification-kinds",
)
_CLASS_OF_A_TRADEMARK = fault(
    "#/trademark_class", "class_of_a_trademark", id="Kelas hanya untuk merek", en="Only a trade mark has a class"
)
_HAS_NO_END = fault(
    "#/expires_on",
    "has_no_end",
    id="Sertifikat jenis ini tidak memiliki tanggal akhir; kosongkan",
    en="A certificate of this kind has no end; leave this out",
)
_ENDS_BEFORE = fault(
    "#/expires_on",
    "ends_before_it_begins",
    id="Sertifikat berakhir sebelum tanggal terbitnya",
    en="The certificate ends before the day of its issue",
)
_PRODUCT_UNKNOWN = fault(
    "#/product_id",
    "product_unknown",
    id="Bukan produk usaha ini; lihat /v1/actors/{id}/products",
    en="Not a product of this business; see /v1/actors/{id}/products",
)

"""What is wrong with a record as a whole: values that do not go together, or that only the database knows."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plut_api.actors.access import people_visible_to
from plut_api.actors.models import Person
from plut_api.cooperatives.models import Cooperative, CooperativeManager
from plut_api.cooperatives.records.models import MeetingKind, Organ, PaperKind, Post
from plut_api.kit import clock
from plut_api.kit.caller import Caller
from plut_api.kit.problems import Fault, fault
from plut_api.organizations.models import Organization, OrganizationKind

Values = Mapping[str, Any]
Check = Callable[[AsyncSession, Caller, Cooperative, Values], Awaitable[list[Fault]]]
_NUMBERED = (PaperKind.nib, PaperKind.npwp, PaperKind.account)


def _missing(pointer: str) -> Fault:
    return fault(pointer, "missing", id="Wajib diisi untuk jenis ini", en="This kind needs it")


def _out_of_place(pointer: str) -> Fault:
    return fault(pointer, "not_of_this_kind", id="Kosongkan untuk jenis ini", en="Leave it out for this kind")


def _future(pointer: str) -> Fault:
    return fault(pointer, "in_the_future", id="Tanggal ini belum tiba", en="This day has not come yet")


def _ends_first(pointer: str) -> Fault:
    return fault(
        pointer,
        "ends_before_it_starts",
        id="Tanggal akhir tidak boleh sebelum tanggal awal",
        en="The end must not be before the start",
    )


def _goes_with(values: Values, name: str, demanded: bool) -> list[Fault]:
    """What a field of some kinds only lacks, or has too much."""
    if demanded == (values[name] is not None):
        return []
    return [_missing(f"#/{name}") if demanded else _out_of_place(f"#/{name}")]


def _in_order(values: Values, first: str, last: str) -> list[Fault]:
    started, ended = values[first], values[last]
    return [_ends_first(f"#/{last}")] if started is not None and ended is not None and ended < started else []


def _past(values: Values, *names: str) -> list[Fault]:
    return [_future(f"#/{name}") for name in names if values[name] is not None and values[name] > clock.today()]


async def officer(db: AsyncSession, caller: Caller, cooperative: Cooperative, values: Values) -> list[Fault]:
    """An officer is one person or one name; whoever names a person knows them, or they manage the cooperative."""
    found = _in_order(values, "since", "until")
    if values["organ"] is Organ.supervisors and values["post"] not in (Post.chair, Post.member):
        found.append(
            fault(
                "#/post",
                "post_of_other_organ",
                id="Pengawas hanya mempunyai ketua dan anggota",
                en="Supervisors have a chair and members only",
            )
        )
    person_id = values["person_id"]
    if (person_id is None) == (values["full_name"] is None):
        found.append(
            fault(
                "#/full_name",
                "person_or_name",
                id="Isi salah satu: orang yang terdaftar, atau namanya",
                en="Give either a registered person or a name",
            )
        )
    elif person_id is not None:
        manages = select(CooperativeManager.person_id).where(CooperativeManager.cooperative_id == cooperative.id)
        known = select(Person.id).where(
            Person.id == person_id, Person.erased_at.is_(None), or_(people_visible_to(caller), Person.id.in_(manages))
        )
        if await db.scalar(known) is None:
            found.append(fault("#/person_id", "person_unknown", id="Orang tidak ditemukan", en="No such person"))
    return found


async def meeting(db: AsyncSession, caller: Caller, cooperative: Cooperative, values: Values) -> list[Fault]:
    """Each kind of meeting has what belongs to it; it was held, and after the year that it hears the accounts of."""
    kind, year = values["kind"], values["book_year"]
    found = _past(values, "held_on")
    found += _goes_with(values, "book_year", kind is MeetingKind.annual)
    found += _goes_with(values, "bank_id", kind is MeetingKind.board)
    found += _goes_with(values, "village_head_agrees", kind is MeetingKind.approval)
    if year is not None and values["held_on"].year <= year:
        found.append(
            fault(
                "#/book_year",
                "year_not_over",
                id="RAT diadakan setelah tahun bukunya berakhir",
                en="The annual meeting is held after its year has ended",
            )
        )
    if values["bank_id"] is not None:
        bank = select(Organization.id).where(
            Organization.id == values["bank_id"], Organization.kind == OrganizationKind.bank, Organization.is_active
        )
        if await db.scalar(bank) is None:
            found.append(fault("#/bank_id", "not_an_active_bank", id="Bukan bank yang aktif", en="Not an active bank"))
    return found


async def outlet(db: AsyncSession, caller: Caller, cooperative: Cooperative, values: Values) -> list[Fault]:
    """Days of opening and closing have come; a paper on the premises says by which right it is there."""
    found = _past(values, "opened_on", "closed_on") + _in_order(values, "opened_on", "closed_on")
    if values["closed_on"] is not None and values["opened_on"] is None:
        found.append(_missing("#/opened_on"))
    if values["premises"] is None and (values["file_id"] is not None or values["premises_until"] is not None):
        found.append(_missing("#/premises"))
    return found


async def figure(db: AsyncSession, caller: Caller, cooperative: Cooperative, values: Values) -> list[Fault]:
    """A statement is of a month that has ended, since the founding; no more members paid than there are."""
    found = []
    month: date = values["month"]
    if month >= clock.today().replace(day=1):
        found.append(fault("#/month", "month_not_over", id="Bulan ini belum berakhir", en="This month is not over"))
    elif month < cooperative.established_on.replace(day=1):
        found.append(
            fault(
                "#/month",
                "before_the_founding",
                id="Koperasi belum berdiri pada bulan ini",
                en="The cooperative did not exist in that month",
            )
        )
    if values["members_paid"] > values["members"]:
        found.append(
            fault(
                "#/members_paid",
                "more_than_members",
                id="Anggota yang membayar tidak boleh melebihi jumlah anggota",
                en="No more members can have paid than there are",
            )
        )
    return found


async def paper(db: AsyncSession, caller: Caller, cooperative: Cooperative, values: Values) -> list[Fault]:
    """Each kind of paper has what belongs to it."""
    kind = values["kind"]
    found = _past(values, "dated_on") + _in_order(values, "dated_on", "until")
    found += _goes_with(values, "number", kind in _NUMBERED)
    found += _goes_with(values, "bank_name", kind is PaperKind.account)
    found += _goes_with(values, "partner", kind is PaperKind.supply_agreement)
    lengths = {PaperKind.nib: 13, PaperKind.npwp: 16}
    if kind in lengths and values["number"] is not None and len(values["number"]) != lengths[kind]:
        digits = lengths[kind]
        found.append(
            fault("#/number", "number_format", id=f"Nomor ini {digits} angka", en=f"This number has {digits} digits")
        )
    return found


async def proposal(db: AsyncSession, caller: Caller, cooperative: Cooperative, values: Values) -> list[Fault]:
    """The stages add up to what is asked for."""
    asked = values["capex_idr"] + values["opex_idr"]
    found = []
    if asked == 0:
        found.append(fault("#/capex_idr", "nothing_asked", id="Isi jumlah yang dibutuhkan", en="Ask for something"))
    if sum(values["stage_amounts_idr"]) != asked:
        found.append(
            fault(
                "#/stages",
                "stages_do_not_add_up",
                id="Jumlah semua tahap harus sama dengan belanja modal ditambah biaya operasional",
                en="The stages must add up to capital and operating expenses",
            )
        )
    return found

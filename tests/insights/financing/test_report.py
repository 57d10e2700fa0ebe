"""The report on financing: its numbers, who is told them, and what it leaves out."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Person, SegmentKind, SegmentSource, Sex
from plut_api.actors.models import PersonSegment as Segment
from plut_api.actors.segments import in_segment
from plut_api.financing.models import Referral, ReferralState
from plut_api.financing.repayments.models import RepaymentReport
from plut_api.kit.caller import Role
from plut_api.kit.ids import new_id
from plut_api.organizations.models import Organization, OrganizationKind
from tests.conftest import Api
from tests.factories import VILLAGES, Make
from tests.financing.loans import instant, machine_of, referral_of, refused_move

S = ReferralState
PATH = "/v1/reports/financing"
SENT, DECIDED = date(2026, 3, 2), date(2026, 3, 9)  # Monday to Monday; no holiday between is told below.


async def requests(
    make: Make, bank: Organization, number: int, state: ReferralState, owner: Person | None = None, **given: Any
) -> list[Referral]:
    """So many requests of one owner's businesses, sent in March 2026."""
    owner = owner or await make.person()
    values = {"submitted_at": instant(SENT), "decided_at": instant(DECIDED)} | given
    village = values.pop("village_code", VILLAGES[0])
    actors = [
        await make.actor(owner, size_class="micro", size_basis="sales", village_code=village) for _ in range(number)
    ]
    made = [referral_of(actor, bank, state, DECIDED, **values) for actor in actors]
    await make.add(*made)
    return made


async def read(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get(PATH, **query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def ojk(api: Api, make: Make) -> Api:
    return api.as_(await make.staff(Role.ojk))


async def test_it_tells_decisions_amounts_and_what_is_owed(api: Api, make: Make) -> None:
    bank = await make.bank()
    await requests(make, bank, 6, S.approved)
    loans = await requests(make, bank, 9, S.repaying)
    refused = await requests(make, bank, 5, S.rejected)
    await requests(make, bank, 5, S.in_review, decided_at=None)
    await make.add(*(refused_move(one, "existing_arrears") for one in refused))
    await make.add(*(_report(one, 1, 20_000_000) for one in loans))

    for caller in (await ojk(api, make), api.as_(await make.staff(Role.dinas)), api.as_(await machine_of(make, bank))):
        (row,) = await read(caller)
        assert row["is_suppressed"] is False
        assert (row["referrals"], row["approved"], row["rejected"], row["disbursed"]) == (25, 15, 5, 9)
        assert row["approval_rate"] == 0.75
        assert row["working_days_to_decision"] == 5
        assert (row["asked_idr"], row["approved_idr"], row["disbursed_idr"]) == (
            25 * 50_000_000,
            15 * 40_000_000,
            9 * 40_000_000,
        )
        assert row["outstanding_idr"] == 9 * 20_000_000
        assert [(one["loans"], one["share"]) for one in row["quality"]] == [(9, 1), (0, 0), (0, 0), (0, 0), (0, 0)]
    (reason,) = await read(await ojk(api, make), by="reason")
    assert (reason["key"], reason["referrals"]) == ("existing_arrears", 5)


def _report(referral: Referral, collectibility: int, outstanding_idr: int, as_of: date = DECIDED) -> RepaymentReport:
    return RepaymentReport(
        referral_id=referral.id,
        as_of=as_of,
        collectibility=collectibility,
        days_past_due=0,
        outstanding_idr=outstanding_idr,
        paid_idr=0,
        is_restructured=False,
        reported_by=new_id(),
    )


async def test_a_bank_is_told_its_own_numbers_only_and_others_nothing(api: Api, make: Make) -> None:
    mine, other = await make.bank(), await make.bank()
    await requests(make, mine, 6, S.approved)
    await requests(make, other, 7, S.approved)

    (row,) = await read(api.as_(await machine_of(make, mine)), by="bank")
    foreign = await read(api.as_(await machine_of(make, mine)), by="bank", bank=str(other.id))
    all_of_them = await read(await ojk(api, make), by="bank")

    assert (row["key"], row["name"], row["referrals"]) == (str(mine.id), mine.name, 6)
    assert foreign == []
    assert [(one["key"], one["referrals"]) for one in all_of_them] == [(str(other.id), 7), (str(mine.id), 6)]
    refused = [await make.staff(role) for role in (Role.consultant, Role.opd, Role.partner)]
    assert [(await api.as_(who).get(PATH)).status_code for who in refused] == [403] * 3


async def test_few_are_not_told_nor_what_would_give_them_away(api: Api, make: Make) -> None:
    bank = await make.bank()
    for village, number in ((VILLAGES[0], 9), (VILLAGES[1], 8), (VILLAGES[2], 3)):
        await requests(make, bank, number, S.approved, village_code=village)

    rows = await read(await ojk(api, make), by="regency")

    assert [(row["key"], row["referrals"], row["asked_idr"]) for row in rows] == [
        ("52.71", 9, 9 * 50_000_000),
        ("52.03", None, None),  # 20 in all would tell the 3 that are missing.
        ("52.01", None, None),
    ]
    assert all(row["is_suppressed"] for row in rows[1:])
    few = (await ojk(api, make)).get(PATH, by="regency", bank=str(new_id()))
    assert (await few).json()["data"] == []


async def test_a_few_refusals_among_many_requests_are_not_told_either(api: Api, make: Make) -> None:
    bank = await make.bank()
    await requests(make, bank, 9, S.approved)
    await requests(make, bank, 2, S.rejected)

    (row,) = await read(await ojk(api, make))

    assert (row["referrals"], row["is_suppressed"]) == (11, True)
    hidden = ("approved", "rejected", "approval_rate", "approved_idr", "disbursed", "outstanding_idr", "quality")
    assert [row[name] for name in hidden] == [None] * len(hidden)


async def test_it_is_narrowed_by_months_and_schemes(api: Api, make: Make) -> None:
    bank = await make.bank()
    await requests(make, bank, 5, S.approved, scheme="kur_mikro")
    await requests(make, bank, 6, S.approved, submitted_at=instant(date(2026, 1, 31)))
    caller = await ojk(api, make)

    by_month = await read(caller, by="month")
    march = await read(caller, **{"from": "2026-02", "to": "2026-03"})
    schemes = await read(caller, by="scheme", scheme="kur_mikro")
    backwards = await caller.request("GET", PATH, params={"from": "2026-03", "to": "2026-02"})

    assert [(row["key"], row["referrals"]) for row in by_month] == [("2026-01", 6), ("2026-03", 5)]
    assert [row["referrals"] for row in march] == [5]
    assert [(row["key"], row["referrals"]) for row in schemes] == [("kur_mikro", 5)]
    assert backwards.json()["errors"][0]["pointer"] == "/query/to"


async def test_a_draft_that_no_bank_ever_saw_is_not_counted(api: Api, make: Make) -> None:
    bank = await make.bank()
    await requests(make, bank, 5, S.draft, submitted_at=None, decided_at=None)

    assert await read(await ojk(api, make)) == []


async def test_it_comes_as_csv_too_with_nothing_in_the_cells_that_are_not_told(api: Api, make: Make) -> None:
    bank = await make.bank()
    await requests(make, bank, 6, S.approved)
    await requests(make, bank, 2, S.rejected)

    answer = await (await ojk(api, make)).get(PATH, by="bank", headers={"Accept": "text/csv"})

    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["key"], row["referrals"], row["approved"], row["loans_1"]) == (str(bank.id), "8", "", "")


@pytest.mark.parametrize(
    "by", ["everything", "bank", "product", "scheme", "regency", "district", "segment", "size_class"]
)
async def test_a_grouping_is_one_statement_however_many_requests_there_are(
    api: Api, make: Make, statements: list[str], by: str
) -> None:
    bank = await make.bank()
    await requests(make, bank, 2, S.approved)
    caller = await ojk(api, make)
    await read(caller, by=by)
    counts = []

    for _ in range(2):
        await requests(make, bank, 6, S.approved)
        statements.clear()
        await read(caller, by=by)
        counts.append(len([one for one in statements if "financing_facts" in one]))

    assert counts == [1, 1]


async def test_segments_are_those_of_the_owners_on_the_day_of_sending_and_disability_stays_inside(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    bank = await make.bank()
    people = [
        await make.person(birth_date=date(1995, 3, 3)),  # 30 on the day of sending, 31 the day after.
        await make.person(birth_date=date(1995, 3, 2), sex=Sex.male),  # 31 on that day.
        await make.person(birth_date=date(2010, 3, 2), sex=Sex.male, village_code=VILLAGES[2]),  # 16 on that day.
        await make.person(birth_date=None, disabilities=["physical"]),
    ]
    since = {"since": SENT, "source": SegmentSource.self_}
    await make.add(Segment(person_id=people[0].id, segment=SegmentKind.mothers, **since))
    await make.add(Segment(person_id=people[1].id, segment=SegmentKind.mothers, **since | {"until": SENT}))
    for person in people:
        await requests(make, bank, 5, S.approved, owner=person)

    async with sessions() as db:
        facts = (await db.execute(text("SELECT segments, count(*) FROM financing_facts GROUP BY 1"))).all()
        flags = [in_segment(kind, SENT).label(kind.value) for kind in SegmentKind]
        of_people = (await db.execute(select(*flags).where(Person.id.in_([one.id for one in people])))).mappings().all()
    told = {row["key"] for row in await read(await ojk(api, make), by="segment")}

    wanted = sorted(sorted(name for name, holds in row.items() if holds) for row in of_people)
    assert sorted(sorted(row.segments) for row in facts) == wanted
    assert "disability" in {name for row in facts for name in row.segments}
    assert "women" in told
    assert "disability" not in told


async def test_behind_the_wall_of_a_partner_there_is_nothing(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    bank, partner = await make.bank(), await make.organization(OrganizationKind.private)
    await requests(make, bank, 5, S.approved)
    role = text(
        "SELECT set_config('role', session_user || '_outsider', true), "
        "set_config('plut.organization', CAST(:organization AS text), true), set_config('plut.caller', 'x', true)"
    )
    seen = {}

    for organization in (partner, await make.organization(OrganizationKind.ojk)):
        async with sessions() as db:
            await db.execute(role, {"organization": str(organization.id)})
            seen[organization.kind] = await db.scalar(text("SELECT count(*) FROM financing_facts"))

    assert seen == {OrganizationKind.private: 0, OrganizationKind.ojk: 5}

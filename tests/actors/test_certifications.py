"""Certificates: numbers by the form of their kind, ends by dated rules, renewed with history, announced once."""

from asyncio import gather
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.lists import certification_kinds
from plut_api.actors.models import Actor, Certification, Person
from plut_api.actors.service.certificate_rules import years_after
from plut_api.actors.telling import announce_some
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.clock import clock_at
from plut_api.kit.ids import new_id
from plut_api.kit.jobs import Runtime, enter_runtime
from plut_api.kit.messages.models import Message
from plut_api.kit.outbox import Event
from plut_api.settings import Settings
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.kit.files.built import pdf

Sessions = async_sessionmaker[AsyncSession]
PIRT: dict[str, Any] = {"kind": "pirt", "number": "P-IRT No. 2065271010001-30", "issued_on": "2025-03-02"}
HALAL: dict[str, Any] = {"kind": "halal", "number": "ID52110000123450124", "issued_on": "2024-01-10"}
DIGITS = "0123456789"


async def owned(make: Make, api: Api) -> tuple[Api, Actor, str]:
    """An owner, their business, and the address of its certificates."""
    owner = await make.person()
    actor = await make.actor(owner)
    return api.as_(owner), actor, f"/v1/actors/{actor.id}/certifications"


async def certificate(make: Make, actor: Actor, ends_in: int | None, **given: Any) -> Certification:
    """A certificate on file that ends in so many days."""
    values: dict[str, Any] = {"kind": "pirt", "number": f"2065271{new_id().int % 10**8:08d}", "recorded_by": new_id()}
    values["issued_on"] = date(2020, 1, 1)
    ends = None if ends_in is None else clock.today() + timedelta(days=ends_in)
    row = Certification(id=new_id(), actor_id=actor.id, **values | {"expires_on": ends} | given)
    await make.add(row)
    return row


async def test_a_certificate_is_entered_and_its_end_follows_from_the_kind(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)

    pirt, halal = await me.post(path, **PIRT), await me.post(path, **HALAL)
    mark = await me.post(path, kind="merek", number="IDM000123456", issued_on="2024-02-29", trademark_class=30)
    printed = await me.post(path, **PIRT | {"number": "206527101000131", "expires_on": "2029-01-01"})

    assert (pirt.status_code, pirt.json()["number"]) == (201, "206527101000130")
    assert [a.json()["expires_on"] for a in (pirt, halal, mark, printed)] == [
        "2030-03-01",
        None,
        "2034-02-27",
        "2029-01-01",
    ]
    assert (mark.json()["trademark_class"], pirt.json()["verified_at"]) == (30, None)
    assert (await me.get(pirt.headers["location"])).json() == pirt.json()
    assert [c["id"] for c in (await me.get(path)).json()["data"]][-1] == pirt.json()["id"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"expires_on": "2025-03-01"}, [("#/expires_on", "ends_before_it_begins")]),
        ({"expires_on": "2030-03-03"}, [("#/expires_on", "holds_too_long")]),
        ({"number": "12345"}, [("#/number", "number_format")]),
        ({"number": "906527101000130"}, [("#/number", "number_format")]),  # No packaging has the number 9.
        ({"kind": "kitemark"}, [("#/kind", "kind_unknown")]),
        ({"trademark_class": 30}, [("#/trademark_class", "class_of_a_trademark")]),
        ({"trademark_class": 46}, [("#/trademark_class", "less_than_equal")]),
        ({"issued_on": "2999-01-01"}, [("#/issued_on", "date_in_future")]),
        ({"product_id": str(new_id())}, [("#/product_id", "product_unknown")]),
        ({"file_id": str(new_id())}, [("#/file_id", "file_unknown")]),
        ({"replaces": str(new_id())}, [("#/replaces", "not_replaceable")]),
        (
            {"number": "1", "expires_on": "2024-01-01", "product_id": str(new_id())},
            [
                ("#/number", "number_format"),
                ("#/expires_on", "ends_before_it_begins"),
                ("#/product_id", "product_unknown"),
            ],
        ),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_named_at_once(
    api: Api, make: Make, sessions: Sessions, changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    me, _, path = await owned(make, api)

    answer = await me.post(path, **PIRT | changes)

    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == faults
    async with sessions() as db:
        assert await db.scalar(select(func.count()).select_from(Certification)) == 0


async def test_the_halal_number_is_not_that_of_the_fatwa_and_has_no_end(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)

    fatwa = await me.post(path, **HALAL | {"number": "KH52110000123450124"})
    ends = await me.post(path, **HALAL | {"expires_on": "2028-01-10"})

    assert [(a.status_code, a.json()["errors"][0]["code"]) for a in (fatwa, ends)] == [
        (422, "number_format"),
        (422, "has_no_end"),
    ]
    assert "KH" in fatwa.json()["errors"][0]["message"]


async def test_the_same_certificate_is_on_file_once_also_at_once(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)

    answers = await gather(*(me.post(path, **PIRT) for _ in range(4)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.is_error} == {"certification_taken"}


async def test_a_renewal_supersedes_and_both_stay(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    old = await me.post(path, **PIRT | {"issued_on": "2020-03-02"})
    one = old.headers["location"]

    renewed = await me.post(path, **PIRT, replaces=old.json()["id"])
    again = await me.post(path, **PIRT | {"number": "206527101000199"}, replaces=old.json()["id"])
    kept = await me.get(one)
    corrected = await me.patch(one, etag=kept.headers["etag"], number="206527101000177")

    assert renewed.status_code == 201
    assert again.json()["errors"][0]["code"] == "not_replaceable"
    assert kept.json()["superseded_by"] == renewed.json()["id"]
    assert (corrected.status_code, corrected.json()["code"]) == (409, "certification_ended")
    assert [c["id"] for c in (await me.get(path)).json()["data"]] == [renewed.json()["id"]]
    assert len((await me.get(path, include_ended=True)).json()["data"]) == 2


async def test_of_two_renewals_at_once_one_stands(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    old = (await me.post(path, **PIRT)).json()["id"]
    numbers = ("206527101000131", "206527101000132")

    answers = await gather(*(me.post(path, **PIRT | {"number": number}, replaces=old) for number in numbers))

    assert sorted(a.status_code for a in answers) == [201, 422]


async def test_staff_verify_and_a_correction_makes_it_unverified(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, consultant = await make.actor(owner), await make.consultant_of(owner)
    me, staff = api.as_(owner), api.as_(consultant)
    one = (await me.post(f"/v1/actors/{actor.id}/certifications", **PIRT)).headers["location"]

    own = await me.post(f"{one}/verify")
    verified = await staff.post(f"{one}/verify")
    untouched = await me.patch(one, etag=verified.headers["etag"], number="2065271010001 30")
    corrected = await me.patch(one, etag=untouched.headers["etag"], number="206527101000131")

    assert (own.status_code, own.json()["code"]) == (403, "staff_only")
    assert verified.json()["verified_by"] == str(consultant.id)
    assert untouched.json()["verified_at"] == verified.json()["verified_at"]
    assert (corrected.json()["verified_at"], corrected.json()["verified_by"]) == (None, None)


async def test_a_correction_is_checked_like_an_entry(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    one = (await me.post(path, **PIRT)).headers["location"]

    blind = await me.patch(one, etag=None, number="206527101000131")
    wrong = await me.patch(one, etag='"1"', number="7", expires_on="2024-01-01")
    moved = await me.patch(one, etag='"1"', issued_on="2024-03-02")
    removed = await me.delete(one, etag='"2"')
    after = await me.patch(one, etag='"3"', number="206527101000131")

    assert blind.status_code == 428
    assert [e["code"] for e in wrong.json()["errors"]] == ["number_format", "ends_before_it_begins"]
    assert moved.json()["expires_on"] == "2029-03-01"
    assert (removed.status_code, after.json()["code"]) == (204, "certification_ended")
    assert (await me.get(one)).json()["ended_at"] is not None


async def test_the_paper_and_the_product_of_a_certificate(api: Api, make: Make) -> None:
    owner, stranger = await make.person(), api.as_(await make.person())
    actor, other = await make.actor(owner), await make.actor()
    me, staff = api.as_(owner), api.as_(await make.consultant_of(owner))
    path = f"/v1/actors/{actor.id}/certifications"
    files = {"file": ("pirt.pdf", pdf(), "application/pdf")}
    paper = (await me.request("POST", "/v1/files", files=files)).json()["id"]
    product = (await me.post(f"/v1/actors/{actor.id}/products", name="Dodol", category="snack")).json()["id"]
    dinas = api.as_(await make.staff(Role.dinas))
    foreign = (await dinas.post(f"/v1/actors/{other.id}/products", name="Dodol", category="snack")).json()["id"]

    added = await me.post(path, **PIRT, file_id=paper, product_id=product)
    wrong = await me.post(path, **PIRT, product_id=foreign)
    other_product = await me.post(path, **PIRT)

    assert (added.json()["file_id"], added.json()["product_id"]) == (paper, product)
    assert wrong.json()["errors"][0]["code"] == "product_unknown"
    assert other_product.status_code == 201  # The same number may be for several products.
    assert [(await each.get(f"/v1/files/{paper}")).status_code for each in (staff, stranger)] == [200, 404]


async def test_staff_list_what_ends_soon_among_the_people_they_serve(api: Api, make: Make) -> None:
    mine, theirs = await make.person(), await make.person()
    actor, other = await make.actor(mine, name="Kopi Sembalun"), await make.actor(theirs)
    soon, later = await certificate(make, actor, 10), await certificate(make, actor, 59)
    far, past, ever = (
        await certificate(make, actor, 61),
        await certificate(make, actor, -1),
        await certificate(make, actor, None, kind="halal", number="ID52110000123450124"),
    )
    foreign = await certificate(make, other, 5)
    consultant, dinas = api.as_(await make.consultant_of(mine)), api.as_(await make.staff(Role.dinas))

    async def ids(who: Api, **query: Any) -> list[str]:
        return [row["id"] for row in (await who.get("/v1/certifications", **query)).json()["data"]]

    assert await ids(consultant, expires_within=60) == [str(soon.id), str(later.id)]
    assert await ids(dinas, expires_within=60) == [str(foreign.id), str(soon.id), str(later.id)]
    assert set(await ids(api.as_(mine))) == {str(c.id) for c in (soon, later, far, past, ever)}
    assert await ids(consultant, kind="halal") == [str(ever.id)]
    assert await ids(dinas, verified=True) == []
    first = await dinas.get("/v1/certifications", expires_within=60, limit=2)
    rest = await ids(dinas, expires_within=60, limit=2, cursor=first.json()["next_cursor"])
    assert (first.json()["data"][1]["business_name"], rest) == ("Kopi Sembalun", [str(later.id)])
    assert (await api.as_(await make.staff(Role.opd)).get("/v1/certifications")).status_code == 403


async def test_lists_of_certificates_ask_as_often_for_many_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    actor, dinas = await make.actor(), api.as_(await make.staff(Role.dinas))
    paths = ("/v1/certifications?expires_within=60", f"/v1/actors/{actor.id}/certifications")
    for path in paths:
        await dinas.get(path)

    counts: list[list[int]] = []
    for _ in range(2):
        for _ in range(3):
            await certificate(make, actor, 10)
            await certificate(make, await make.actor(), 10)
        counts.append([])
        for path in paths:
            statements.clear()
            assert (await dinas.get(path)).status_code == 200
            counts[-1].append(len(statements))

    assert counts[0] == counts[1]


async def test_others_reach_no_certificate(api: Api, make: Make) -> None:
    me, _, path = await owned(make, api)
    one = (await me.post(path, **PIRT)).headers["location"]
    stranger = api.as_(await make.person())

    answers = [
        await stranger.get(path),
        await stranger.get(one),
        await stranger.post(path, **PIRT),
        await stranger.patch(one, etag='"1"', number="206527101000131"),
        await stranger.delete(one, etag='"1"'),
    ]

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "actor_not_found")}
    assert (await stranger.get("/v1/certifications")).json()["data"] == []


@pytest.fixture
def in_worker(app: FastAPI, settings: Settings) -> None:
    """Code of the worker can run in the test itself."""
    enter_runtime(Runtime(settings, app.state.engine))


async def announced(sessions: Sessions) -> list[str]:
    """The certificates whose end was announced, in order."""
    async with sessions() as db:
        query = select(Event.subject_id).where(Event.name == "certification.ends_soon")
        return [str(each) for each in await db.scalars(query.order_by(Event.id))]


@pytest.mark.usefixtures("in_worker")
async def test_an_end_is_announced_sixty_days_before_and_once(api: Api, make: Make, sessions: Sessions) -> None:
    actor, closed = await make.actor(), await make.actor(status="closed")
    due = [await certificate(make, actor, days) for days in (0, 1, 60)]
    for days in (-1, 61, None):
        await certificate(make, actor, days)
    await certificate(make, closed, 10)
    await certificate(make, actor, 10, ended_at=clock.now())
    await certificate(make, actor, 10, superseded_by=due[0].id)

    first = [await announce_some(), await announce_some()]
    told = await announced(sessions)
    with clock_at(clock.now() + timedelta(days=1)):
        next_day = await announce_some()

    assert (first, set(told)) == ([3, 0], {str(row.id) for row in due})
    assert next_day == 1  # The one that had 61 days left.
    assert len(await announced(sessions)) == 4


@pytest.mark.usefixtures("in_worker")
async def test_workers_that_announce_at_once_announce_each_once(make: Make, sessions: Sessions) -> None:
    actor = await make.actor()
    rows = [await certificate(make, actor, 30) for _ in range(7)]

    counts = await gather(*(announce_some() for _ in range(4)))

    told = await announced(sessions)
    assert sum(counts) == 7
    assert (len(told), set(told)) == (7, {str(row.id) for row in rows})


@pytest.mark.usefixtures("in_worker")
async def test_a_run_that_breaks_off_announces_all_the_next_time(
    make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await certificate(make, await make.actor(), 30)

    async def broken(*_: Any, **__: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("plut_api.actors.telling.outbox.record_all", broken)
        with pytest.raises(ConnectionError):
            await announce_some()
    before = await announced(sessions)
    again = await announce_some()

    assert (before, again, await announced(sessions)) == ([], 1, [str(row.id)])


@pytest.mark.usefixtures("in_worker")
async def test_a_corrected_end_is_announced_again_and_the_version_stays_as_it_was(
    api: Api, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    row = await certificate(make, await make.actor(owner), 30, issued_on=clock.today() - timedelta(days=400))
    me, path = api.as_(owner), f"/v1/actors/{row.actor_id}/certifications/{row.id}"
    before = await me.get(path)

    await announce_some()
    after = await me.get(path)
    corrected = await me.patch(path, etag=after.headers["etag"], expires_on=str(clock.today() + timedelta(days=20)))
    again = await announce_some()

    assert (after.headers["etag"], after.json()) == (before.headers["etag"], before.json())
    assert (corrected.status_code, again) == (200, 1)
    assert await announced(sessions) == [str(row.id)] * 2


async def test_owners_are_told_of_an_end_once(app: FastAPI, make: Make, sessions: Sessions, settings: Settings) -> None:
    owner: Person = await make.person()
    await certificate(make, await make.actor(owner, name="Dodol Narmada"), 30)
    enter_runtime(Runtime(settings, app.state.engine))

    await announce_some()
    await work_off(settings)
    await work_off(settings)

    async with sessions() as db:
        told = (await db.execute(select(Message.recipient_id, Message.template))).all()
    assert [tuple(row) for row in told] == [(owner.id, "certificate_ends")]


@given(
    st.text(DIGITS, min_size=1, max_size=24),
    st.sampled_from(["", "P-IRT ", "P-IRT No. ", "PIRT:", "p-irt no ", "PIRT"]),
)
def test_a_food_permit_is_told_by_its_digits_however_it_is_written(digits: str, before: str) -> None:
    kind = certification_kinds()["pirt"]
    written = before + "-".join(digits[n : n + 4] for n in range(0, len(digits), 4))

    cleaned = kind.cleaned(written)

    assert cleaned == digits
    assert kind.accepts(cleaned) == (15 <= len(digits) <= 20 and digits[0] in "12345678")


@given(st.sampled_from(["ID", "id ", "KH", "ID-", ""]), st.text(DIGITS, max_size=20))
def test_a_halal_number_is_id_and_seventeen_digits(before: str, digits: str) -> None:
    kind = certification_kinds()["halal"]

    assert kind.accepts(kind.cleaned(before + digits)) == (before.strip(" -").upper() == "ID" and len(digits) == 17)


@given(st.sampled_from(["MD ", "BPOM RI MD ", "md", "ML", ""]), st.text(DIGITS, max_size=18))
def test_a_marketing_permit_is_md_and_twelve_or_fifteen_digits(before: str, digits: str) -> None:
    kind = certification_kinds()["bpom_md"]
    is_md = before.strip().upper().endswith("MD")

    assert kind.accepts(kind.cleaned(before + digits)) == (is_md and len(digits) in (12, 15))


@given(st.sampled_from(sorted(certification_kinds())), st.text(max_size=60))
def test_no_text_breaks_the_check_and_what_is_cleaned_stays_clean(code: str, text: str) -> None:
    kind = certification_kinds()[code]
    cleaned = kind.cleaned(text)

    assert kind.cleaned(kind.example) == kind.example
    assert kind.accepts(kind.example)
    if kind.accepts(cleaned):
        assert kind.cleaned(cleaned) == cleaned
        assert cleaned.isascii()


@given(st.dates(date(1990, 1, 1), date(2080, 12, 31)), st.integers(1, 10))
def test_so_many_years_later_is_the_same_day_or_the_last_of_february(day: date, years: int) -> None:
    later = years_after(day, years)

    assert later.year == day.year + years
    assert (later.month, later.day) == (day.month, day.day) or (day.day, later.day) == (29, 28)


async def test_kinds_have_words_in_both_languages_and_their_source(api: Api) -> None:
    listed = (await api.get("/v1/certification-kinds")).json()["data"]

    assert [row["code"] for row in listed] == ["pirt", "halal", "bpom_md", "sni", "merek", "sku"]
    assert all(row["label_id"] and row["label_en"] and row["source"] for row in listed)
    rules = {row["code"] for row in (await api.get("/v1/rule-values", limit=200)).json()["data"]}
    assert {row["term_rule"] for row in listed} - {None} <= rules

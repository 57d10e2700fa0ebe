"""Status, legal form and QRIS of a business: changed from a day on, with reasons, history, and what rests on it."""

from asyncio import gather
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.lists import status_reasons
from plut_api.actors.models import Ownership, StatusReason
from plut_api.financing.models import ReadyRow, Referral, ReferralState
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.outbox import Event
from plut_api.worker import work_off
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import bank_and_machine, changes, consent, whole
from tests.financing.story import confirmed_business

Sessions = async_sessionmaker[AsyncSession]
SEASON: dict[str, Any] = {"reason_code": "season"}
DEBT: dict[str, Any] = {"reason_code": "insolvent"}
AGAIN: dict[str, Any] = {"reason_code": "trading_again"}


async def test_a_business_pauses_closes_and_trades_again_with_its_history(
    api: Api, make: Make, sessions: Sessions
) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"

    paused = await me.post(f"{path}/pause", **SEASON, changed_on="2026-01-10")
    closed = await me.post(f"{path}/close", **DEBT)
    opened = await me.post(f"{path}/reopen", **AGAIN)
    history = (await me.get(f"{path}/status-changes")).json()["data"]

    assert [a.json()["status"] for a in (paused, closed, opened)] == ["dormant", "closed", "active"]
    assert [a.headers["etag"] for a in (paused, closed, opened)] == ['"2"', '"3"', '"4"']
    assert [(row["from_status"], row["to_status"], row["reason_code"]) for row in history] == [
        ("closed", "active", "trading_again"),
        ("dormant", "closed", "insolvent"),
        ("active", "dormant", "season"),
    ]
    assert (history[2]["changed_on"], history[0]["changed_on"]) == ("2026-01-10", clock.today().isoformat())
    assert {row["changed_by"] for row in history} == {str(owner.account_id)}
    async with sessions() as db:
        events = list(await db.scalars(select(Event).where(Event.name == "actor.status_changed").order_by(Event.id)))
    assert [event.facts["status"] for event in events] == ["dormant", "closed", "active"]


@pytest.mark.parametrize(
    ("status", "move", "allowed"),
    [
        ("active", "reopen", ["pause", "close"]),
        ("dormant", "pause", ["close", "reopen"]),
        ("closed", "pause", ["reopen"]),
        ("closed", "close", ["reopen"]),
    ],
)
async def test_an_illegal_move_names_the_legal_ones(
    api: Api, make: Make, status: str, move: str, allowed: list[str]
) -> None:
    owner = await make.person()
    actor = await make.actor(owner, status=status)

    answer = await api.as_(owner).post(f"/v1/actors/{actor.id}/{move}", reason_code="other")

    assert (answer.status_code, answer.json()["code"]) == (409, "status_move_not_allowed")
    assert answer.json()["allowed_moves"] == allowed


async def test_a_reason_belongs_to_its_move_and_days_go_forward(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"
    await me.post(f"{path}/pause", **SEASON, changed_on="2026-02-01")

    wrong = await me.post(f"{path}/reopen", **SEASON, changed_on="2026-01-31")
    unknown = await me.post(f"{path}/reopen", reason_code="mood")
    future = await me.post(f"{path}/reopen", **AGAIN, changed_on="2999-01-01")
    without = await me.post(f"{path}/reopen")

    assert [e["code"] for e in wrong.json()["errors"]] == ["reason_not_of_this_move", "before_last_change"]
    assert {a.status_code for a in (wrong, unknown, future, without)} == {422}
    assert future.json()["errors"][0]["pointer"] == "#/changed_on"
    assert (await me.get(path)).json()["status"] == "dormant"


async def test_the_status_is_not_patched(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answer = await api.as_(owner).patch(f"/v1/actors/{actor.id}", etag='"1"', status="closed")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/status")


async def test_a_director_pauses_and_does_not_close(api: Api, make: Make) -> None:
    director = await make.person()
    actor = await make.actor()
    await make.add(Ownership(actor_id=actor.id, person_id=director.id, role="director"))
    me, path = api.as_(director), f"/v1/actors/{actor.id}"

    answers = [await me.post(f"{path}/pause", **SEASON), await me.post(f"{path}/close", **DEBT)]

    assert [(a.status_code, a.json().get("code")) for a in answers] == [(200, None), (403, "owners_only")]


async def test_others_move_nothing(api: Api, make: Make) -> None:
    actor, stranger = await make.actor(), api.as_(await make.person())

    answers = [await stranger.post(f"/v1/actors/{actor.id}/{move}", **SEASON) for move in ("pause", "close", "reopen")]
    answers += [await stranger.get(f"/v1/actors/{actor.id}/{part}") for part in ("status-changes", "legal-forms")]

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "actor_not_found")}


async def test_a_business_closed_twice_at_once_is_closed_once(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answers = await gather(*(api.as_(owner).post(f"/v1/actors/{actor.id}/close", **DEBT) for _ in range(4)))

    assert Counter(a.status_code for a in answers) == {200: 1, 409: 3}
    assert len((await api.as_(owner).get(f"/v1/actors/{actor.id}/status-changes")).json()["data"]) == 1


async def test_a_closed_business_leaves_the_ready_list_at_once_and_comes_back(api: Api, make: Make, app: Any) -> None:
    business = await confirmed_business(api, make)
    bank, machine = await bank_and_machine(api, make)
    await consent(api, business, bank)
    rows, token = await whole(machine)
    assert str(business.actor.id) in rows
    me, path = api.as_(business.owner), f"/v1/actors/{business.actor.id}"

    closed = await me.post(f"{path}/close", **DEBT)
    gone, _ = await whole(machine)
    told, _ = await changes(machine, token)

    assert closed.status_code == 200, closed.text
    assert gone == {}
    assert [(row["id"], row["removed"]) for row in told] == [(str(business.actor.id), True)]
    assert (await me.post(f"{path}/reopen", **AGAIN)).status_code == 200
    await work_off(app.state.settings)
    assert str(business.actor.id) in (await whole(machine))[0]


async def test_closing_withdraws_what_no_bank_has_decided_on(api: Api, make: Make, sessions: Sessions) -> None:
    owner, bank = await make.person(), await make.bank()
    actor = await make.actor(owner)
    asked = {"amount_idr": 10_000_000, "tenor_months": 12, "purpose": "Mesin", "made_by": owner.account_id}
    await make.add(Referral(actor_id=actor.id, bank_id=bank.id, state=ReferralState.in_review, **asked))

    answer = await api.as_(owner).post(f"/v1/actors/{actor.id}/close", **DEBT)

    assert answer.status_code == 200
    async with sessions() as db:
        assert list(await db.scalars(select(Referral.state))) == [ReferralState.withdrawn]
        events = list(await db.scalars(select(Event.name).order_by(Event.id)))
    assert events == ["referral.withdrawn", "actor.status_changed"]


async def test_what_a_bank_approved_stands_in_the_way_of_closing(api: Api, make: Make, sessions: Sessions) -> None:
    owner, banks = await make.person(), [await make.bank() for _ in range(2)]
    actor = await make.actor(owner)
    asked: dict[str, Any] = {"amount_idr": 10_000_000, "tenor_months": 12, "purpose": "Mesin"}
    asked |= {"made_by": owner.account_id}
    states = {ReferralState.approved: 10_000_000, ReferralState.submitted: None}
    for bank, (state, approved) in zip(banks, states.items(), strict=True):
        given = asked | {"state": state, "scheme": f"skema_{state}", "approved_amount_idr": approved}
        await make.add(Referral(actor_id=actor.id, bank_id=bank.id, **given))
    me = api.as_(owner)

    blocked = await me.post(f"/v1/actors/{actor.id}/close", **DEBT)
    paused = await me.post(f"/v1/actors/{actor.id}/pause", **SEASON)

    assert (blocked.status_code, blocked.json()["code"]) == (409, "closing_blocked")
    assert blocked.json()["reasons"] == ["referral_approved"]
    assert paused.status_code == 200
    async with sessions() as db:
        assert set(await db.scalars(select(Referral.state))) == {ReferralState.approved, ReferralState.submitted}
        assert await db.scalar(select(ReadyRow.actor_id)) is None


async def test_a_legal_form_changes_from_a_day_and_leaves_its_history(api: Api, make: Make) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"

    first = await me.patch(path, etag='"1"', legal_form="pt_individual", legal_form_since="2025-03-01")
    same = await me.patch(path, etag='"2"', legal_form="pt_individual")
    early = await me.patch(path, etag='"3"', legal_form="pt", legal_form_since="2025-02-01")
    alone = await me.patch(path, etag='"3"', legal_form_since="2025-04-01")
    second = await me.patch(path, etag='"3"', legal_form="pt")
    rows = (await me.get(f"{path}/legal-forms")).json()["data"]

    assert [a.status_code for a in (first, same, early, alone, second)] == [200, 200, 422, 422, 200]
    assert [a.json()["errors"][0]["code"] for a in (early, alone)] == ["before_last_change", "since_without_change"]
    assert [(row["from_form"], row["to_form"], row["changed_on"]) for row in rows] == [
        ("pt_individual", "pt", clock.today().isoformat()),
        ("individual", "pt_individual", "2025-03-01"),
    ]


async def test_a_qris_id_is_entered_by_an_owner_and_verified_by_a_scan_of_staff(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, consultant = await make.actor(owner), await make.consultant_of(owner)
    me, staff, path = api.as_(owner), api.as_(consultant), f"/v1/actors/{actor.id}"

    missing = await staff.post(f"{path}/qris/verify", scanned_nmid="ID1020012345678")
    entered = await me.patch(path, etag='"1"', qris_nmid="id 1020.0123-45678")
    own = await me.post(f"{path}/qris/verify", scanned_nmid="ID1020012345678")
    other = await staff.post(f"{path}/qris/verify", scanned_nmid="ID1020012345679")
    verified = await staff.post(f"{path}/qris/verify", scanned_nmid="ID1020012345678")
    changed = await me.patch(path, etag=verified.headers["etag"], qris_nmid="ID99999999")

    assert (missing.status_code, missing.json()["code"]) == (409, "qris_missing")
    assert (entered.json()["qris_nmid"], entered.json()["qris_verified_at"]) == ("ID1020012345678", None)
    assert (own.status_code, own.json()["code"]) == (403, "staff_only")
    assert (other.status_code, other.json()["code"]) == (409, "qris_differs")
    assert verified.json()["qris_verified_at"] is not None
    assert (changed.json()["qris_nmid"], changed.json()["qris_verified_at"]) == ("ID99999999", None)


@pytest.mark.parametrize("nmid", ["ID1234567", "ID123456789012345678", "1020012345678", "IDX020012345678", ""])
async def test_what_is_no_qris_id_is_refused(api: Api, make: Make, nmid: str) -> None:
    owner = await make.person()
    actor = await make.actor(owner)

    answer = await api.as_(owner).patch(f"/v1/actors/{actor.id}", etag='"1"', qris_nmid=nmid)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/qris_nmid")


async def test_every_reason_has_words_in_both_languages_and_a_move(api: Api) -> None:
    listed = (await api.get("/v1/status-reasons")).json()["data"]

    assert {row["code"] for row in listed} == set(StatusReason) == set(status_reasons())
    assert all(row["label_id"] and row["label_en"] and row["moves"] for row in listed)
    for move in ("pause", "close", "reopen"):
        assert sum(move in row["moves"] for row in listed) >= 2


async def test_lists_of_changes_are_paged_and_ask_as_often_for_many_as_for_few(
    api: Api, make: Make, statements: list[str]
) -> None:
    owner = await make.person()
    actor = await make.actor(owner)
    me, path = api.as_(owner), f"/v1/actors/{actor.id}"
    await me.get(f"{path}/status-changes")

    counts: list[int] = []
    for _ in range(2):
        for _ in range(2):
            await me.post(f"{path}/pause", **SEASON)
            await me.post(f"{path}/reopen", **AGAIN)
        statements.clear()
        assert (await me.get(f"{path}/status-changes")).status_code == 200
        counts.append(len(statements))
    page = await me.get(f"{path}/status-changes", limit=3)

    assert counts[0] == counts[1]
    assert (len(page.json()["data"]), page.json()["next_cursor"] is not None) == (3, True)


async def test_a_consultant_of_the_owner_closes_for_them(api: Api, make: Make) -> None:
    owner = await make.person()
    actor, consultant = await make.actor(owner), await make.staff_who_serve(Role.consultant, owner)

    answer = await api.as_(consultant).post(
        f"/v1/actors/{actor.id}/close", reason_code="owner_died", changed_on=str(clock.today() - timedelta(days=3))
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "closed")

"""Which bank sees scores: none, but by a dated setting of the Dinas; and every token ends when that changes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.privacy.models import Disclosure
from plut_api.kit import clock
from plut_api.kit.caller import Role
from tests.conftest import Api
from tests.factories import Make
from tests.financing.listing import listed_business, setting
from tests.financing.pulling import PATH, bank_and_machine, consent, whole

Sessions = async_sessionmaker[AsyncSession]


def address(organization: Any) -> str:
    return f"/v1/organizations/{organization.id}/score-disclosure"


def today(days: int = 0) -> str:
    return str(clock.today() + timedelta(days=days))


async def test_the_dinas_lets_a_bank_see_scores_changes_it_and_takes_it_back(api: Api, make: Make) -> None:
    bank, _ = await bank_and_machine(api, make)
    dinas = api.as_(await make.staff(Role.dinas))
    officer = api.as_(await make.staff(Role.bank, bank))
    other = api.as_(await make.staff(Role.bank, await make.bank()))

    first = await dinas.put(address(bank), etag=None, valid_from=today(), reason="Perjanjian 12/2026.")
    stale = await dinas.put(address(bank), etag=None, valid_from=today(), reason="Perjanjian lain.")
    etag = first.headers["etag"]
    changed = await dinas.put(address(bank), valid_from=today(), valid_until=today(30), reason="Uji coba.", etag=etag)
    read = await officer.get(address(bank))
    foreign = await other.get(address(bank))
    ended = await dinas.delete(address(bank), etag=changed.headers["etag"])

    assert (first.status_code, stale.status_code, changed.status_code, ended.status_code) == (200, 428, 200, 204)
    assert (first.json()["in_force"], changed.json()["valid_until"], read.json()) == (True, today(30), changed.json())
    assert foreign.status_code == (await officer.get(address(bank))).status_code == 404


async def test_a_setting_is_of_a_bank_and_for_days_to_come(api: Api, make: Make) -> None:
    bank, _ = await bank_and_machine(api, make)
    dinas = api.as_(await make.staff(Role.dinas))

    past = await dinas.put(address(bank), etag=None, valid_from=today(-1), valid_until=today(-2), reason="Uji.")
    opd = await dinas.put(address(await make.organization()), etag=None, valid_from=today(), reason="Uji.")

    assert {one["pointer"]: one["code"] for one in past.json()["errors"]} == {
        "#/valid_from": "in_the_past",
        "#/valid_until": "ends_before_it_begins",
    }
    assert (opd.status_code, opd.json()["code"]) == (409, "not_a_bank")


async def test_scores_stand_in_identified_rows_of_a_bank_that_sees_them_and_are_noted_as_disclosed(
    api: Api, make: Make, sessions: Sessions
) -> None:
    known, high, _masked = [await listed_business(make, sessions, n, score=60 + n) for n in range(3)]
    seeing, bank = await bank_and_machine(api, make)
    blind, other = await bank_and_machine(api, make)
    for business in (known, high):
        await consent(api, business, seeing)
        await consent(api, business, blind)
    await make.add(setting(seeing))
    await make.add(setting(blind, valid_from=clock.today() + timedelta(days=1)))

    rows, _ = await whole(bank)
    from_61, _ = await whole(bank, score_from=61)
    hidden = await other.get(PATH)
    refused = await other.get(PATH, score_from=10)
    lines = await bank.get(PATH, headers={"Accept": "application/x-ndjson"})

    assert {row.get("score") for row in rows.values() if not row["masked"]} == {60, 61}
    assert ["score" in row for row in rows.values() if row["masked"]] == [False]
    assert list(from_61) == [str(high.actor.id)]
    assert "score" not in hidden.text
    assert (refused.status_code, refused.json()["code"]) == (403, "scores_not_shown")
    assert lines.text.count('"score":6') == 2
    async with sessions() as db:
        fields = select(Disclosure.fields).where(Disclosure.organization_id == seeing.id)
        assert all("score" in shown for shown in await db.scalars(fields))
        fields = select(Disclosure.fields).where(Disclosure.organization_id == blind.id)
        assert not any("score" in shown for shown in await db.scalars(fields))


async def test_tokens_and_cursors_end_with_a_change_of_who_sees_scores(
    api: Api, make: Make, sessions: Sessions
) -> None:
    for number in range(2):
        await listed_business(make, sessions, number)
    organization, bank = await bank_and_machine(api, make)
    page = (await bank.get(PATH, limit=1)).json()
    row = setting(organization)
    await make.add(row)

    answers = [
        await bank.get(PATH, changed_since=page["sync_token"]),
        await bank.get(PATH, changed_since=page["sync_token"], headers={"Accept": "application/x-ndjson"}),
        await bank.get(PATH, limit=1, cursor=page["next_cursor"]),
    ]
    fresh = (await bank.get(PATH)).json()["sync_token"]
    await api.as_(await make.staff(Role.dinas)).delete(address(organization), etag='"1"')
    answers.append(await bank.get(PATH, changed_since=fresh))

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(410, "sync_token_expired")] * 4

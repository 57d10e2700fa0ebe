"""What changed since: by ids that a bank may know, once a pull, with an end for every id that has ended."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.actors.models import Actor, Consent
from plut_api.financing.models import ReadyRow
from plut_api.financing.projection import refresh_rows
from plut_api.kit import clock
from plut_api.kit.crypto import vault
from plut_api.kit.database import unit_of_work
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import PATH, apply, bank_and_machine, consent, streamed_changes, whole, withdraw
from tests.financing.pulling import changes as paged_changes
from tests.financing.story import Business, business_whose_rules_are_met, confirmed_business

Sessions = async_sessionmaker[AsyncSession]


async def change(sessions: Sessions, business: Business, **values: Any) -> None:
    """Another value in the business, as a service would leave it."""
    async with unit_of_work(sessions) as db:
        await db.execute(update(Actor).where(Actor.id == business.actor.id).values(**values))
        await refresh_rows(db, [business.actor.id])


async def changes(bank: Api, token: str, **query: Any) -> tuple[list[dict[str, Any]], str]:
    """What the pages tell, which is what the stream tells."""
    found, following = await paged_changes(bank, token, **query)
    streamed, _ = await streamed_changes(bank, token, **query)
    assert streamed == found
    return found, following


def told(found: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(item["id"], item.get("reason")) for item in found]


async def test_consent_turns_a_pseudonym_into_a_name_and_back_again(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)
    (pseudonym,) = before

    given = await consent(api, business, bank_organization)
    on_consent, token = await changes(bank, token)
    nothing, token = await changes(bank, token)
    await withdraw(api, given, business)
    on_withdrawal, _ = await changes(bank, token)

    actor_id = str(business.actor.id)
    assert told(on_consent) == [(pseudonym, "consent_given"), (actor_id, None)]
    assert nothing == []
    assert told(on_withdrawal) == [(actor_id, "consent_withdrawn"), (pseudonym, None)]


async def test_a_bank_without_consent_learns_only_the_pseudonym_of_what_left(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)
    path = f"/v1/actors/{business.actor.id}/readiness/withdraw-confirmation"
    await api.as_(business.consultant).post(path, reason="Usaha pindah.")

    found, token = await changes(bank, token)

    assert found == [{"id": next(iter(before)), "removed": True, "reason": "no_longer_ready"}]
    assert (await whole(bank))[0] == {}


async def test_a_row_that_leaves_the_filter_is_a_tombstone_and_enters_another(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business = await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    micro, micro_token = await whole(bank, size_class="micro")
    small, small_token = await whole(bank, size_class="small")
    await change(sessions, business, size_class="small")

    left, _ = await changes(bank, micro_token, size_class="micro")
    entered, _ = await changes(bank, small_token, size_class="small")

    assert (len(micro), small) == (1, {})
    assert left == [{"id": next(iter(micro)), "removed": True, "reason": "changed"}]
    assert [(row["id"], row["size_class"]) for row in entered] == [(next(iter(micro)), "small")]


async def test_only_what_banks_are_served_is_stamped(api: Api, make: Make, sessions: Sessions) -> None:
    business = await confirmed_business(api, make)
    _, bank = await bank_and_machine(api, make)
    _, token = await whole(bank)

    await change(sessions, business, address="Dusun Lain")

    assert (await changes(bank, token))[0] == []
    async with sessions() as db:
        assert await db.get(ReadyRow, business.actor.id) is not None


async def test_a_consent_between_two_pulls_that_is_withdrawn_again_leaves_no_name(api: Api, make: Make) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)
    await withdraw(api, await consent(api, business, bank_organization), business)

    found, _ = await changes(bank, token)

    assert told(found) == [(str(business.actor.id), "consent_withdrawn"), (next(iter(before)), None)]
    assert found[1]["masked"] is True


async def test_a_consent_of_a_business_that_is_not_listed_tells_nothing(api: Api, make: Make) -> None:
    unconfirmed, elsewhere = await business_whose_rules_are_met(make, 1), await confirmed_business(api, make, 2)
    bank_organization, bank = await bank_and_machine(api, make)
    _, token = await whole(bank, size_class="small")

    for business in (unconfirmed, elsewhere):
        await withdraw(api, await consent(api, business, bank_organization), business)
        await consent(api, business, bank_organization)

    assert (await changes(bank, token, size_class="small"))[0] == []


async def test_a_consent_that_ran_out_ends_the_name_before_the_worker_says_so(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    given = await make.consent(business.actor, bank_organization)
    known, token = await whole(bank)
    start = clock.now()
    async with unit_of_work(sessions) as db:
        ended = {"given_at": start - timedelta(days=2), "expires_at": start - timedelta(seconds=1)}
        await db.execute(update(Consent).where(Consent.id == given.id).values(**ended))
    await change(sessions, business, name="Nama Baru")

    found, _ = await changes(bank, token)

    assert list(known) == [str(business.actor.id)]
    assert told(found)[0] == (str(business.actor.id), "consent_withdrawn")
    assert (found[1]["masked"], len(found)) == (True, 2)


async def test_what_changes_between_two_pages_takes_no_tombstone_along(
    api: Api, make: Make, sessions: Sessions
) -> None:
    """The consent comes on the first page; that its row changes before the second must not lose the pseudonym's end."""
    business, other = await confirmed_business(api, make, 1), await confirmed_business(api, make, 2)
    bank_organization, bank = await bank_and_machine(api, make)
    known, token = await whole(bank)
    await consent(api, business, bank_organization)
    await change(sessions, other, name="Nama Lain")
    await change(sessions, business, name="Nama Baru")

    page = (await bank.get(PATH, changed_since=token, limit=1)).json()
    await change(sessions, business, name="Nama Terbaru")
    apply(known, page["data"])
    rest = (await bank.get(PATH, changed_since=token, limit=1, cursor=page["next_cursor"])).json()
    apply(known, rest["data"])
    found, _ = await changes(bank, rest["sync_token"])
    apply(known, found)

    assert known == (await whole(bank))[0]


async def test_a_business_is_told_of_once_a_pull_however_often_it_changed(
    api: Api, make: Make, sessions: Sessions
) -> None:
    business = await confirmed_business(api, make)
    bank_organization, bank = await bank_and_machine(api, make)
    before, token = await whole(bank)
    await consent(api, business, bank_organization)
    for size in ("small", "micro", "small"):
        await change(sessions, business, size_class=size)

    found, _ = await changes(bank, token, limit=1)

    assert told(found) == [(next(iter(before)), "consent_given"), (str(business.actor.id), None)]


async def test_tokens_and_cursors_belong_to_one_bank_and_one_filter(api: Api, make: Make) -> None:
    for number in range(2):
        await confirmed_business(api, make, number)
    _, bank = await bank_and_machine(api, make)
    _, other = await bank_and_machine(api, make)
    page = (await bank.get(PATH, limit=1)).json()
    token, cursor = page["sync_token"], page["next_cursor"]

    refused = [
        await other.get(PATH, changed_since=token),
        await bank.get(PATH, changed_since=token, regency="52.71"),
        await bank.get(PATH, changed_since=token[:-2] + "AA"),
        await other.get(PATH, cursor=cursor),
        await bank.get(PATH, cursor=cursor, size_class="micro"),
    ]

    assert [a.status_code for a in refused] == [400] * 5
    assert {a.json()["code"] for a in refused} == {"invalid_cursor"}


async def test_a_token_too_old_or_of_another_cluster_has_ended_and_says_how_to_go_on(api: Api, make: Make) -> None:
    _, bank = await bank_and_machine(api, make)
    claims = vault().open_token((await bank.get(PATH)).json()["sync_token"])
    english = {"Accept-Language": "en"}

    for other in ({"t": claims["t"] - 31 * 24 * 3600}, {"c": "7000000000000000000"}):
        answer = await bank.get(PATH, changed_since=vault().seal_token(claims | other), headers=english)

        assert (answer.status_code, answer.json()["code"]) == (410, "sync_token_expired")
        assert "without it" in answer.json()["detail"]


async def test_a_cursor_grows_old_together_with_its_snapshot(api: Api, make: Make) -> None:
    """Else a cursor kept for long would give a fresh token for changes that are kept no longer."""
    for number in range(2):
        await confirmed_business(api, make, number)
    _, bank = await bank_and_machine(api, make)
    cursor = (await bank.get(PATH, limit=1)).json()["next_cursor"]
    claims = vault().open_token(cursor)
    claims["k"][-1] -= 31 * 24 * 3600

    token = (await bank.get(PATH, limit=1, cursor=vault().seal_token(claims))).json()["sync_token"]

    assert (await bank.get(PATH, changed_since=token)).status_code == 410
    streamed = await bank.get(PATH, changed_since=token, headers={"Accept": "application/x-ndjson"})
    assert streamed.status_code == 410

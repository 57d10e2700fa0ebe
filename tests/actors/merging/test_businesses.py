"""Two records of one business become one: consents at their strictest, one request a bank, one row on the list."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from plut_api.actors.models import Actor, Consent, Ownership
from plut_api.financing.models import Referral, ReferralState, ReferralTransition
from tests.actors.merging.records import Sessions, merge, merged_by, naming, preview, undo
from tests.conftest import Api
from tests.factories import Make
from tests.financing.pulling import apply, bank_and_machine, changes, consent, whole
from tests.financing.story import business_whose_rules_are_met, confirmed_business

NOW = datetime.now(UTC)
WIDE = ["business_name", "owner_name", "village"]


async def live(sessions: Sessions, actor: Actor) -> list[Consent]:
    async with sessions() as db:
        query = select(Consent).where(Consent.actor_id == actor.id, Consent.withdrawn_at.is_(None))
        return list(await db.scalars(query))


async def test_what_hangs_on_both_is_the_survivors(api: Api, make: Make, sessions: Sessions) -> None:
    owner, dinas = await make.person(), api.as_(await make.staff())
    one, other = await make.actor(owner), await make.actor(owner)
    await make.figure(one)
    figure = await make.figure(other, year=2020)
    enrolment = await make.enrolment(person=owner, actor=other)
    await make.outcome(enrolment)

    looked = (await preview(dinas, "actors", one, other)).json()
    await merge(dinas, "actors", one, other)

    assert await naming(sessions, other.id) == {}
    moved = {row["kind"]: row["count"] for row in looked["moved"]}
    assert moved == {"annual_figures": 1, "enrolments": 1, "outcomes": 1, "ownerships": 1}
    years = (await dinas.get(f"/v1/actors/{one.id}/annual-figures")).json()["data"]
    assert str(figure.id) in {row["id"] for row in years}
    listed = (await api.as_(owner).get("/v1/actors")).json()["data"]
    assert [row["id"] for row in listed] == [str(one.id)]


async def test_who_owns_both_owns_the_survivor_once(api: Api, make: Make, sessions: Sessions) -> None:
    owner, second, dinas = await make.person(), await make.person(), api.as_(await make.staff())
    one, other = await make.actor(owner), await make.actor(owner)
    async with sessions() as db, db.begin():
        for part in await db.scalars(select(Ownership)):
            part.share_percent = 80
        db.add(Ownership(actor_id=other.id, person_id=second.id, share_percent=40))

    looked = (await preview(dinas, "actors", one, other)).json()
    await merge(dinas, "actors", one, other)

    async with sessions() as db:
        living = select(Ownership).where(Ownership.actor_id == one.id, Ownership.until.is_(None))
        parts = {part.person_id: part.share_percent for part in await db.scalars(living)}
    assert parts == {owner.id: 80, second.id: None}
    assert {"owner_of_both", "shares_over_100"} <= {row["rule"] for row in looked["collisions"]}


async def test_of_two_consents_to_one_bank_the_narrower_stays(api: Api, make: Make, sessions: Sessions) -> None:
    bank, dinas = await make.bank(), api.as_(await make.staff())
    one, other = await make.actor(), await make.actor()
    wide = await make.consent(one, bank, data_categories=WIDE)
    narrow = await make.consent(other, bank, data_categories=WIDE[:1])

    await merge(dinas, "actors", one, other)

    assert [row.id for row in await live(sessions, one)] == [narrow.id]
    async with sessions() as db:
        ended = await db.get_one(Consent, wide.id)
    assert ended.withdrawn_at is not None
    assert ended.withdrawn_by is not None


async def test_of_two_equally_narrow_ones_the_one_that_ends_earlier_stays(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank, dinas = await make.bank(), api.as_(await make.staff())
    one, other = await make.actor(), await make.actor()
    early = await make.consent(one, bank, expires_at=NOW + timedelta(days=10))
    await make.consent(other, bank, expires_at=NOW + timedelta(days=20))

    await merge(dinas, "actors", one, other)

    assert [row.id for row in await live(sessions, one)] == [early.id]


async def test_what_was_withdrawn_after_the_other_was_given_stays_withdrawn(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank, later, dinas = await make.bank(), await make.bank(), api.as_(await make.staff())
    one, other = await make.actor(), await make.actor()
    await make.consent(one, bank, given_at=NOW - timedelta(days=5))
    await make.consent(other, bank, given_at=NOW - timedelta(days=9), withdrawn_at=NOW - timedelta(days=2))
    again = await make.consent(one, later, given_at=NOW - timedelta(days=1))
    await make.consent(other, later, given_at=NOW - timedelta(days=9), withdrawn_at=NOW - timedelta(days=2))

    looked = (await preview(dinas, "actors", one, other)).json()
    await merge(dinas, "actors", one, other)

    assert [row.id for row in await live(sessions, one)] == [again.id]
    assert {row["rule"]: row["count"] for row in looked["collisions"]}["withdrawn_consent_wins"] == 1


async def test_of_two_open_requests_to_one_bank_the_further_one_goes_on(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank, owner, dinas = await make.bank(), await make.person(), api.as_(await make.staff())
    one, other = await make.actor(owner), await make.actor(owner)
    values = {"bank_id": bank.id, "amount_idr": 10_000_000, "tenor_months": 12, "purpose": "Bahan", "made_by": owner.id}
    sent = Referral(actor_id=one.id, state=ReferralState.submitted, **values)
    looked_at = Referral(actor_id=other.id, state=ReferralState.in_review, **values)
    await make.add(sent, looked_at)

    await merge(dinas, "actors", one, other)

    async with sessions() as db:
        states = {row.id: (row.actor_id, row.state) for row in await db.scalars(select(Referral))}
        moves = [(m.referral_id, m.from_state, m.to_state) for m in await db.scalars(select(ReferralTransition))]
    assert states == {sent.id: (one.id, "withdrawn"), looked_at.id: (one.id, "in_review")}
    assert moves == [(sent.id, "submitted", "withdrawn")]


async def test_the_bank_learns_by_its_next_pull_and_again_when_they_are_parted(api: Api, make: Make) -> None:
    (bank, machine), (_, stranger) = await bank_and_machine(api, make), await bank_and_machine(api, make)
    one, other = await confirmed_business(api, make, 1), await confirmed_business(api, make, 2)
    await consent(api, other, bank)
    dinas = api.as_(await make.staff())
    known, token = await whole(machine)
    masked, masked_token = await whole(stranger)
    assert str(other.actor.id) in known
    assert str(one.actor.id) not in known

    done = await merge(dinas, "actors", one.actor, other.actor)

    found, token = await changes(machine, token)
    apply(known, found)
    assert known == (await whole(machine))[0]
    assert set(known) == {str(one.actor.id)}
    assert {row["id"]: row["reason"] for row in found if row["removed"]}[str(other.actor.id)] == "merged"
    found, masked_token = await changes(stranger, masked_token)
    apply(masked, found)
    assert masked == (await whole(stranger))[0]
    assert str(other.actor.id) not in {row["id"] for row in found}

    await undo(dinas, done["id"])

    found, _ = await changes(machine, token)
    apply(known, found)
    assert known == (await whole(machine))[0]
    assert str(other.actor.id) in known
    assert str(one.actor.id) not in known
    found, _ = await changes(stranger, masked_token)
    apply(masked, found)
    assert masked == (await whole(stranger))[0]
    assert len(masked) == 2


async def test_a_confirmation_of_either_holds_while_the_joined_file_is_ready(api: Api, make: Make) -> None:
    bank, machine = await bank_and_machine(api, make)
    one, other = await business_whose_rules_are_met(make, 1), await confirmed_business(api, make, 2)
    await consent(api, one, bank)
    dinas = api.as_(await make.staff())

    answer = await merged_by(dinas, "actors", one.actor, other.actor)

    assert answer.status_code == 201, answer.text
    assert list((await whole(machine))[0]) == [str(one.actor.id)]

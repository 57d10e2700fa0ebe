"""The life of a product: drafted, published, paused, closed, and a new edition in the place of the old."""

from asyncio import gather
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.financing.products.models import FinancingProduct, ProductState
from plut_api.financing.products.publishing import close_overdue
from plut_api.kit import clock
from plut_api.kit.caller import Role
from plut_api.kit.database import unit_of_work
from plut_api.kit.outbox import Event
from plut_api.kit.walls import wall_off
from tests.conftest import Api
from tests.factories import Make, caller_for
from tests.financing.products.offering import (
    PATH,
    a_bank,
    drafted,
    faults,
    moved,
    murabahah,
    own,
    product_row,
    published,
    terms,
)

Sessions = async_sessionmaker[AsyncSession]


async def events_of(sessions: Sessions, product_id: str) -> list[str]:
    async with sessions() as db:
        return list(await db.scalars(select(Event.name).where(Event.subject_id == product_id).order_by(Event.id)))


async def test_a_product_goes_from_draft_to_closed_and_tells_of_each_step(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await a_bank(make)
    product = await drafted(api, bank)

    states = [product.json()["state"]]
    for move in ("publish", "pause", "resume", "close"):
        product = await moved(api, bank, product, move)
        states.append(product.json()["state"])

    assert states == ["draft", "published", "paused", "published", "closed"]
    assert product.json()["closed_at"] is not None
    assert await events_of(sessions, product.json()["id"]) == [
        *(
            "financing_product.drafted",
            "financing_product.published",
            "financing_product.changed",
            "financing_product.changed",
            "financing_product.closed",
        ),
    ]


async def test_a_machine_of_the_bank_publishes_too(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    machine = api.as_(await make.client(bank.organization, "financing:offer"))

    draft = await machine.post(PATH, **murabahah())
    answer = await machine.post(f"{PATH}/{draft.json()['id']}/publish", headers={"If-Match": draft.headers["ETag"]})

    assert (answer.status_code, answer.json()["state"], answer.json()["kind"]) == (200, "published", "kur")


async def test_the_price_of_a_sharia_product_never_speaks_of_interest(api: Api, make: Make) -> None:
    bank = await a_bank(make, is_sharia=True)
    shares = {"contract": "mudharabah", "pricing_kind": "nisbah", "rate_bp": ...}
    bodies = (
        murabahah(),
        murabahah(**shares, bank_nisbah_bp=4000, projected_profit_bp=1500),
        murabahah(contract="qardh", pricing_kind="none", rate_bp=..., admin_fee_idr=50_000),
        murabahah(contract="rahn", pricing_kind="ujrah", asset_label_id="Emas", asset_label_en="Gold"),
    )

    answers = [await drafted(api, bank, body) for body in bodies]

    assert [answer.json()["price"] for answer in answers] == [
        "Margin setara 6 % per tahun",
        "Nisbah bank 40 : nasabah 60",
        "Tanpa imbal hasil bagi bank",
        "Ujrah setara 6 % per tahun",
    ]


async def test_a_sharia_bank_offers_sharia_only_and_advertises_no_interest(api: Api, make: Make) -> None:
    bank = await a_bank(make, is_sharia=True)
    words = {"title_id": "Murabahah bunga ringan", "description_en": "A low interest offer."}

    conventional = await api.as_(bank.officer).post(PATH, **terms())
    advertised = await api.as_(bank.officer).post(PATH, **murabahah(**words))
    flowers = await api.as_(bank.officer).post(PATH, **murabahah(title_id="Pembiayaan petani bunga tanpa bunga"))

    assert faults(conventional) == {"#/principle": "bank_is_sharia"}
    assert faults(advertised) == {"#/title_id": "interest_in_sharia", "#/description_en": "interest_in_sharia"}
    assert flowers.status_code == 201


async def test_everything_wrong_with_the_terms_is_told_at_once(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    today = clock.today()
    body = murabahah(
        rate_bp=...,
        bank_nisbah_bp=4000,
        min_amount_idr=90_000_000,
        max_amount_idr=80_000_000,
        min_tenor_months=24,
        max_tenor_months=12,
        collateral="business",
        collateral_from_idr=0,
        regency_codes=["52.71", "99.99"],
        quota_idr=1_000_000,
        valid_from=today.isoformat(),
        valid_until=(today - timedelta(days=1)).isoformat(),
    )

    answer = await api.as_(bank.officer).post(PATH, **body)

    assert answer.status_code == 422
    assert faults(answer) == {
        "#/max_amount_idr": "amounts_out_of_order",
        "#/max_tenor_months": "tenors_out_of_order",
        "#/valid_until": "dates_out_of_order",
        "#/quota_idr": "quota_below_minimum",
        "#/rate_bp": "missing",
        "#/bank_nisbah_bp": "not_of_contract",
        "#/collateral_from_idr": "collateral_amount_wrong",
        "#/regency_codes/1": "regency_unknown",
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"contract": "murabahah"},
            {"#/contract": "contract_not_of_principle", "#/pricing_kind": "price_not_of_contract"},
        ),
        ({"pricing_kind": "none"}, {"#/rate_bp": "not_of_contract"}),
        ({"rate_bp": ...}, {"#/rate_bp": "missing"}),
        ({"scheme": "kur_besar"}, {"#/scheme": "scheme_unknown"}),
        ({"collateral": "additional"}, {"#/collateral_from_idr": "collateral_beyond_scheme"}),
    ],
)
async def test_terms_that_do_not_go_together_are_named(
    api: Api, make: Make, given: dict[str, object], expected: dict[str, str]
) -> None:
    bank = await a_bank(make)

    answer = await api.as_(bank.officer).post(PATH, **terms(**given))

    assert answer.status_code == 422
    assert expected.items() <= faults(answer).items()


async def test_a_draft_changes_under_its_etag_and_as_a_whole(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    draft = await drafted(api, bank)
    path, officer = f"{PATH}/{draft.json()['id']}", api.as_(bank.officer)

    without = await officer.patch(path, etag=None, max_tenor_months=24)
    beyond = await officer.patch(path, etag=draft.headers["ETag"], max_amount_idr=200_000_000)
    changed = await officer.patch(path, etag=draft.headers["ETag"], max_tenor_months=24, quota_count=5)
    stale = await officer.patch(path, etag=draft.headers["ETag"], max_tenor_months=12)

    assert [answer.status_code for answer in (without, beyond, changed, stale)] == [428, 422, 200, 412]
    assert (changed.json()["max_tenor_months"], changed.json()["max_amount_idr"]) == (24, 100_000_000)


async def test_published_terms_do_not_change_even_past_the_application(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await a_bank(make)
    product = await published(api, bank)
    path, officer = f"{PATH}/{product.json()['id']}", api.as_(bank.officer)

    changed = await officer.patch(path, etag=product.headers["ETag"], rate_bp=500)
    deleted = await officer.delete(path, etag=product.headers["ETag"])
    with pytest.raises(IntegrityError, match="do not change"):
        async with unit_of_work(sessions) as db:
            await db.execute(text("UPDATE financing_products SET rate_bp = 500"))

    assert [answer.json()["code"] for answer in (changed, deleted)] == ["published_terms_fixed"] * 2


async def test_a_new_edition_takes_the_place_of_the_old_which_stays_readable(api: Api, make: Make) -> None:
    bank, person = await a_bank(make), await make.person()
    old = await published(api, bank, terms(quota_count=3))
    officer = api.as_(bank.officer)

    drafts = await gather(*(officer.post(f"{PATH}/{old.json()['id']}/editions") for _ in range(3)))
    (draft,) = [answer for answer in drafts if answer.status_code == 201]
    changed = await officer.patch(f"{PATH}/{draft.json()['id']}", etag=draft.headers["ETag"], rate_bp=500)
    new = await moved(api, bank, changed, "publish")
    offered = await api.get(PATH)
    kept = await api.as_(person).get(f"{PATH}/{old.json()['id']}")
    unsigned = await api.get(f"{PATH}/{old.json()['id']}")

    assert Counter(answer.status_code for answer in drafts) == {201: 1, 409: 2}
    assert (new.json()["edition"], new.json()["line_id"]) == (2, old.json()["line_id"])
    assert [one["id"] for one in offered.json()["data"]] == [new.json()["id"]]
    assert (kept.json()["state"], kept.json()["rate_bp"]) == ("closed", 600)
    assert unsigned.status_code == 404


async def test_moves_that_the_state_does_not_allow_say_which_it_does(api: Api, make: Make) -> None:
    bank = await a_bank(make)
    draft = await drafted(api, bank)
    path, officer = f"{PATH}/{draft.json()['id']}", api.as_(bank.officer)

    paused = await officer.post(f"{path}/pause", headers={"If-Match": draft.headers["ETag"]})
    edition = await officer.post(f"{path}/editions")
    unmatched = await officer.post(f"{path}/publish")

    assert (paused.json()["code"], paused.json()["allowed_moves"]) == (
        "financing_product_move_not_allowed",
        ["publish"],
    )
    assert (edition.status_code, unmatched.status_code) == (409, 428)


async def test_another_banks_product_looks_like_none_to_whoever_would_change_it(api: Api, make: Make) -> None:
    bank, other = await a_bank(make), await a_bank(make)
    draft = await drafted(api, bank)
    shown = await published(api, bank, own())
    stranger, tag = api.as_(other.officer), '"1"'

    answers = [
        await stranger.get(f"{PATH}/{draft.json()['id']}"),
        await stranger.patch(f"{PATH}/{draft.json()['id']}", etag=tag, rate_bp=500),
        await stranger.delete(f"{PATH}/{draft.json()['id']}", etag=tag),
        await stranger.post(f"{PATH}/{shown.json()['id']}/close", headers={"If-Match": shown.headers["ETag"]}),
        await stranger.post(f"{PATH}/{shown.json()['id']}/editions"),
    ]
    consultant = await api.as_(await make.staff(Role.consultant)).post(PATH, **terms())

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "financing_product_not_found")}
    assert consultant.status_code == 403


async def test_a_draft_can_be_deleted_with_its_quota(api: Api, make: Make, sessions: Sessions) -> None:
    bank = await a_bank(make)
    draft = await drafted(api, bank)

    gone = await api.as_(bank.officer).delete(f"{PATH}/{draft.json()['id']}", etag=draft.headers["ETag"])

    async with sessions() as db:
        left = await db.scalar(text("SELECT count(*) FROM product_quotas"))
    assert (gone.status_code, left) == (204, 0)


async def test_what_is_past_its_last_day_ends_by_itself_and_cannot_be_published(
    api: Api, make: Make, sessions: Sessions
) -> None:
    bank = await a_bank(make)
    yesterday = clock.today() - timedelta(days=1)
    past = {"valid_from": yesterday, "valid_until": yesterday}
    over = await product_row(make, bank.organization, **past)
    lasting = await product_row(make, bank.organization)
    draft = await product_row(make, bank.organization, state=ProductState.draft, **past)

    async with unit_of_work(sessions) as db:
        ended = await close_overdue(db)
    late = await api.as_(bank.officer).post(f"{PATH}/{draft.id}/publish", headers={"If-Match": '"1"'})

    async with sessions() as db:
        states = dict((await db.execute(select(FinancingProduct.id, FinancingProduct.state))).all())
    assert (ended, states[over.id], states[lasting.id]) == (1, "closed", "published")
    assert await events_of(sessions, str(over.id)) == ["financing_product.closed"]
    assert await events_of(sessions, str(lasting.id)) == ["financing_product.changed"]  # Its first day is today.
    assert faults(late) == {"#/valid_until": "period_over"}


async def test_behind_its_wall_a_bank_neither_sees_nor_changes_what_another_drafts(
    make: Make, sessions: Sessions
) -> None:
    bank, other = await a_bank(make), await a_bank(make)
    draft = await product_row(make, bank.organization, state=ProductState.draft)
    shown = await product_row(make, bank.organization)

    async with unit_of_work(sessions) as db:
        await wall_off(db, caller_for(other.officer))
        seen = list(await db.scalars(select(FinancingProduct.id)))
        changed = await db.execute(text("UPDATE financing_products SET state = 'paused' RETURNING id"))
        taken = await db.execute(text("UPDATE product_quotas SET taken_count = 5 RETURNING id"))
        touched = [*changed, *taken]
    async with unit_of_work(sessions) as db:
        await wall_off(db, caller_for(bank.officer))
        own_ones = set(await db.scalars(select(FinancingProduct.id)))

    assert (seen, touched, own_ones) == ([shown.id], [], {draft.id, shown.id})

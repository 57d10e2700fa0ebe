"""Bound tokens: useless to a thief, and each proof is for one call (RFC 9449)."""

from asyncio import gather
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.identity.models import UsedOnce
from plut_api.identity.once import forget_used_ones
from plut_api.identity.tokens import identifier
from plut_api.kit import clock
from plut_api.kit.database import unit_of_work
from plut_api.kit.ids import new_id
from plut_api.organizations.models import OrganizationKind
from tests.conftest import Api
from tests.factories import Make
from tests.identity.machines import ISSUER, Machine, bank_machine, new_key
from tests.identity.signing_in import bearer, put_state

PULL = "/v1/financing/ready-list"


async def test_a_stolen_token_is_worth_nothing_alone_or_as_a_bearer_token(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()

    alone = await api.get(PULL, headers={"Authorization": f"DPoP {token}"})
    as_bearer = await api.get(PULL, headers=bearer(token))
    by_a_thief = await machine.get(PULL, token, Machine(api, machine.client, machine.key).proof("GET", PULL, token))
    by_the_bank = await machine.get(PULL, token)

    assert [answer.status_code for answer in (alone, as_bearer, by_a_thief, by_the_bank)] == [401, 401, 401, 200]
    for answer in (alone, as_bearer, by_a_thief):
        assert answer.headers["www-authenticate"].startswith("DPoP error=")
        assert answer.json()["code"] == "unauthorized"
        assert answer.json()["errors"] == []


async def test_a_bearer_token_is_not_taken_for_a_bound_one(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make, "programs:read", organization=await make.organization(OrganizationKind.opd))
    token = (await machine.ask(proof=None)).json()["access_token"]

    with_proof = await machine.get("/v1/programs", token)
    alone = await api.get("/v1/programs", headers=bearer(token))

    assert (with_proof.status_code, alone.status_code) == (401, 200)


def seconds(count: float) -> int:
    return int(clock.now().timestamp() + count)


REFUSED: dict[str, Callable[[Machine, str], str]] = {
    "another method": lambda m, t: m.proof("POST", PULL, t),
    "another address": lambda m, t: m.proof("GET", "/v1/programs", t),
    "another host": lambda m, t: m.proof("GET", PULL, t, htu=f"https://other.example{PULL}"),
    "an address that is none": lambda m, t: m.proof("GET", PULL, t, htu="http://[::1"),
    "without address": lambda m, t: m.proof("GET", PULL, t, htu=None),
    "another token": lambda m, t: m.proof("GET", PULL, t + "x"),
    "without token": lambda m, t: m.proof("GET", PULL),
    "made 61 seconds ago": lambda m, t: m.proof("GET", PULL, t, iat=seconds(-62)),
    "made 61 seconds from now": lambda m, t: m.proof("GET", PULL, t, iat=seconds(61)),
    "made at no time": lambda m, t: m.proof("GET", PULL, t, iat=None),
    "without jti": lambda m, t: m.proof("GET", PULL, t, jti=None),
    "another type": lambda m, t: m.proof("GET", PULL, t, header={"typ": "JWT"}),
    "without type": lambda m, t: m.proof("GET", PULL, t, header={"typ": None}),
    "without key": lambda m, t: m.proof("GET", PULL, t, header={"jwk": None}),
    "with the private key": lambda m, t: m.proof("GET", PULL, t, header={"jwk": m.proof_key.as_dict(private=True)}),
    "a key that did not sign": lambda m, t: m.proof(
        "GET", PULL, t, header={"jwk": ECKey.generate_key("P-256").as_dict(private=False)}
    ),
    "a shared secret as key": lambda m, t: m.proof(
        "GET", PULL, t, header={"alg": "HS256", "jwk": {"kty": "oct", "k": "c2VjcmV0"}}, key=OctKey.generate_key(256)
    ),
    "no signature": lambda m, t: m.proof("GET", PULL, t, header={"alg": "none"}, key=OctKey.generate_key()),
    "nonsense": lambda m, t: "nonsense",
    "too long": lambda m, t: m.proof("GET", PULL, t, padding="x" * 9000),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_proof_that_is_not_for_this_call_is_a_401_and_nothing_more(api: Api, make: Make, case: str) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()

    answer = await machine.get(PULL, token, REFUSED[case](machine, token))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof", algs="PS256 ES256 EdDSA')
    assert answer.json()["code"] == "unauthorized"


async def test_rs256_proofs_are_refused_and_large_rsa_keys_fit_the_header(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    machine.proof_key = RSAKey.generate_key(4096)
    answer = await machine.ask(proof=machine.proof("POST", "/oauth/token", header={"alg": "PS256"}))
    token = answer.json()["access_token"]

    refused = await machine.get(PULL, token, machine.proof("GET", PULL, token, header={"alg": "RS256"}))
    accepted = await machine.get(PULL, token, machine.proof("GET", PULL, token, header={"alg": "PS256"}))

    assert (answer.status_code, refused.status_code, accepted.status_code) == (200, 401, 200)


@pytest.mark.parametrize("ahead", [9, -55])
async def test_a_clock_a_little_off_is_forgiven(api: Api, make: Make, ahead: int) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()

    answer = await machine.get(PULL, token, machine.proof("GET", PULL, token, iat=seconds(ahead)))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "htu",
    [
        "http://127.0.0.1:8000/v1/financing/ready-list?limit=1#x",
        "HTTP://127.0.0.1:8000/v1/financing/ready-list",
        "http://127.0.0.1:8000/v1/financing/ready%2Dlist",
    ],
)
async def test_query_case_and_spelling_of_the_address_do_not_count(api: Api, make: Make, htu: str) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()

    answer = await machine.get(PULL, token, machine.proof("GET", PULL, token, htu=htu), params={"limit": 1})

    assert answer.status_code == 200


async def test_a_head_request_is_proven_as_head(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()
    headers = {"Authorization": f"DPoP {token}", "DPoP": machine.proof("HEAD", PULL, token)}

    answer = await api.request("HEAD", PULL, headers=headers, checked=False)

    assert answer.status_code == 200


async def test_a_proof_is_good_for_one_of_many_calls_at_once_in_whatever_process(
    api: Api, app: FastAPI, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()
    proof = machine.proof("GET", PULL, token)

    answers = await gather(*(machine.get(PULL, token, proof) for _ in range(8)))
    put_state(monkeypatch, app, "identify", identifier(app.state.sessions, app.state.settings))
    elsewhere = await machine.get(PULL, token, proof)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 7}
    assert elsewhere.status_code == 401


async def test_a_proof_used_for_a_token_gets_no_second_one(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    proof = machine.proof("POST", "/oauth/token")

    first, again = await machine.ask(proof=proof), await machine.ask(proof=proof)

    assert (first.status_code, again.status_code) == (200, 400)
    assert again.json()["error"] == "invalid_dpop_proof"


async def test_two_proofs_in_one_request_are_none(api: Api, app: FastAPI, make: Make) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()
    proofs = [("DPoP", machine.proof("GET", PULL, token)) for _ in range(2)]

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER) as client:
        answer = await client.get(PULL, headers=[("Authorization", f"DPoP {token}"), *proofs])

    assert answer.status_code == 401


async def test_without_the_scope_the_answer_speaks_of_bound_tokens(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make, "programs:read")
    token = await machine.token()

    answer = await machine.get(PULL, token)

    assert answer.status_code == 403
    assert answer.headers["www-authenticate"].startswith('DPoP error="insufficient_scope"')


async def test_a_post_by_a_bound_token_is_done_once(api: Api, make: Make) -> None:
    office = await make.organization(OrganizationKind.dinas)
    machine = await bank_machine(api, make, "organizations:write", organization=office)
    token = await machine.token()
    body = {"code": "BANK_BARU", "name": "Bank Baru", "kind": "bank"}
    headers = {"Authorization": f"DPoP {token}", "Idempotency-Key": str(new_id())}

    answers = [
        await api.request(
            "POST",
            "/v1/organizations",
            json=body,
            headers=headers | {"DPoP": machine.proof("POST", "/v1/organizations", token)},
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_calls_with_a_remembered_token_cost_one_statement_for_the_proof(
    api: Api, make: Make, statements: list[str]
) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()
    await machine.get(PULL, token)
    statements.clear()

    await machine.get(PULL, token)

    assert len([sql for sql in statements if "used_once" in sql]) == 1
    assert not [sql for sql in statements if "signing_keys" in sql]


async def test_used_proofs_are_forgotten_once_they_would_be_too_old(
    api: Api, make: Make, sessions: async_sessionmaker[AsyncSession]
) -> None:
    machine = await bank_machine(api, make)
    await machine.get(PULL, await machine.token())

    async def kept() -> int:
        async with unit_of_work(sessions) as db:
            await forget_used_ones(db)
            return await db.scalar(select(func.count()).select_from(UsedOnce)) or 0

    before = await kept()
    with clock.clock_at(clock.now() + timedelta(seconds=400)):
        after = await kept()

    assert (before, after) == (3, 0)


async def test_another_key_of_the_client_does_not_open_a_bound_token(api: Api, make: Make) -> None:
    machine = await bank_machine(api, make)
    token = await machine.token()
    other = new_key()

    answer = await machine.get(
        PULL, token, machine.proof("GET", PULL, token, header={"jwk": other.as_dict(private=False)}, key=other)
    )

    assert answer.status_code == 401

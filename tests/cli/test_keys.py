"""`plut keys`: data keys change by command, while the application that holds them goes on working."""

from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli import keys
from plut_api.cli.keys import register
from plut_api.kit import crypto
from plut_api.kit.caller import Role
from plut_api.kit.crypto import SealBroken, vault
from plut_api.settings import Settings
from tests.cli.commands import Plut
from tests.conftest import Api
from tests.factories import Make

plut = Plut(register)
Sessions = async_sessionmaker[AsyncSession]


async def key_ids(sessions: Sessions) -> set[int]:
    """Under which keys the numbers of people and businesses are."""
    async with sessions() as db:
        found = await db.execute(
            text(
                "SELECT get_byte(nik_sealed, 0) FROM people UNION SELECT get_byte(phone_sealed, 0) FROM accounts "
                "UNION SELECT get_byte(nib_sealed, 0) FROM actors UNION SELECT get_byte(private_sealed, 0) "
                "FROM signing_keys"
            )
        )
        return {value for (value,) in found if value is not None}


async def test_every_number_moves_to_a_new_data_key_while_the_application_goes_on(
    api: Api, make: Make, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_LOOK_AGAIN_AFTER", -1.0)
    person = await make.person(nik="5271014505900001")
    actor = await make.actor(person, nib="1234567890123")
    dinas = api.as_(await make.staff(Role.dinas))
    before = (await dinas.get(f"/v1/actors/{actor.id}")).json()["nib"]
    cursor = vault().seal_token({"page": 2})

    added = (await plut.made("keys", "new-data-key", "--lead", "0"))[0]["data_key"]
    meanwhile = await make.person(nik="5271014505900002")
    done: list[dict[str, Any]] = await plut.made("keys", "rewrap")
    after = await dinas.get(f"/v1/actors/{actor.id}")

    assert await key_ids(sessions) == {added}
    assert {part["column"]: part["rewrapped"] for part in done}["people.nik_sealed"] == 1
    assert not any(part["broken"] or part["left"] for part in done)
    assert after.json()["nib"] == before == "1234567890123"
    assert meanwhile.nik_sealed is not None
    assert meanwhile.nik_sealed[0] == added

    for older in range(1, added):
        assert (await plut("keys", "drop-data-key", str(older))).exit_code == 0
    assert vault().sealing_key_id == added
    with pytest.raises(SealBroken):
        vault().open_token(cursor)
    assert (await dinas.get(f"/v1/actors/{actor.id}")).status_code == 200


async def test_a_key_that_values_are_under_is_not_dropped(make: Make, sessions: Sessions) -> None:
    await make.person(nik="5271014505900001")
    held = max(await key_ids(sessions))

    answer = await plut("keys", "drop-data-key", str(held))

    assert answer.exit_code == 1
    assert "plut keys rewrap" in answer.stderr


async def test_a_key_that_does_not_seal_yet_is_waited_for(app: FastAPI, settings: Settings) -> None:
    file = crypto.key_file(settings)
    kept = file.path.read_text()
    await plut.made("keys", "new-data-key", "--lead", "60")

    answer = await plut("keys", "rewrap")
    file.path.write_text(kept)

    assert answer.exit_code == 1
    assert "does not seal yet" in answer.stderr


@pytest.mark.parametrize("command", [("new-data-key",), ("rewrap-file",)])
async def test_keys_of_the_environment_are_changed_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    given = settings.model_copy(update={"data_keys": SecretStr("1:x"), "index_key": SecretStr("x")})
    monkeypatch.setattr(keys, "get_settings", lambda: given)

    answer = await plut("keys", *command)

    assert answer.exit_code == 1
    assert "PLUT_DATA_KEYS" in answer.stderr

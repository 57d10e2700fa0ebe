"""Encryption of identifiers, blind indexes, sealed tokens."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import SecretStr

from plut_api.kit.crypto import SealBroken, Vault, open_vault
from plut_api.settings import Settings

OLD, NEW, INDEX = (bytes([n]) * 32 for n in (1, 2, 3))
VAULT = Vault({1: OLD}, INDEX)
CONTEXTS = some.sampled_from(["people.nik", "people.phone", "actors.nib", "actors.npwp", "accounts.phone"])
CLAIMS = some.dictionaries(some.text(max_size=8), some.one_of(some.integers(), some.text(), some.none()), max_size=5)


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


@given(CONTEXTS, some.text())
def test_what_is_sealed_opens_in_its_context(context: str, plain: str) -> None:
    assert VAULT.open(context, VAULT.seal(context, plain)) == plain


@given(CONTEXTS, CONTEXTS, some.text())
def test_a_value_moved_to_another_column_does_not_open(home: str, other: str, plain: str) -> None:
    if home != other:
        with pytest.raises(SealBroken):
            VAULT.open(other, VAULT.seal(home, plain))


@given(some.text(min_size=1, max_size=40), some.data())
def test_a_value_with_any_bit_changed_does_not_open(plain: str, data: some.DataObject) -> None:
    sealed = bytearray(VAULT.seal("people.nik", plain))
    place = data.draw(some.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(some.integers(0, 7))

    with pytest.raises(SealBroken):
        VAULT.open("people.nik", bytes(sealed))


@given(some.binary(max_size=60))
def test_what_was_never_sealed_does_not_open(stray: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.open("people.nik", stray)


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert len({VAULT.seal("people.nik", "5271014506900001") for _ in range(50)}) == 50


def test_a_newer_key_seals_while_the_older_still_opens() -> None:
    both = Vault({2: NEW, 1: OLD}, INDEX)
    before = VAULT.seal("people.nik", "5271014506900001")

    after = both.seal("people.nik", "5271014506900001")

    assert both.open("people.nik", before) == both.open("people.nik", after) == "5271014506900001"
    assert Vault({2: NEW}, INDEX).open("people.nik", after) == "5271014506900001"
    with pytest.raises(SealBroken):
        VAULT.open("people.nik", after)
    with pytest.raises(SealBroken):
        Vault({2: NEW}, INDEX).open("people.nik", before)


@given(CONTEXTS, some.text(), some.text())
def test_blind_indexes_are_equal_exactly_for_equal_values(context: str, one: str, other: str) -> None:
    assert (VAULT.blind(context, one) == VAULT.blind(context, other)) == (one == other)


def test_a_blind_index_survives_a_new_data_key_and_tells_columns_apart() -> None:
    assert Vault({2: NEW}, INDEX).blind("people.nik", "5271") == VAULT.blind("people.nik", "5271")
    assert VAULT.blind("people.nik", "5271") != VAULT.blind("actors.npwp", "5271")
    assert VAULT.blind("people.nik", "5271") != Vault({1: OLD}, NEW).blind("people.nik", "5271")


@given(some.lists(some.one_of(some.none(), some.text()), max_size=6))
def test_many_values_are_sealed_and_indexed_as_each_alone(plain: list[str | None]) -> None:
    sealed = VAULT.seal_all("people.nik", plain)

    assert [None if value is None else VAULT.open("people.nik", value) for value in sealed] == plain
    assert VAULT.blind_all("people.nik", plain) == [None if p is None else VAULT.blind("people.nik", p) for p in plain]


def test_many_values_have_a_nonce_each() -> None:
    assert len(set(VAULT.seal_all("people.nik", ["5271"] * 50))) == 50


@given(some.binary())
def test_a_file_is_sealed_like_a_value(plain: bytes) -> None:
    sealed = VAULT.seal_bytes("imports.file", plain)

    assert VAULT.open_bytes("imports.file", sealed) == plain
    with pytest.raises(SealBroken):
        VAULT.open_bytes("people.nik", sealed)


@given(CLAIMS)
def test_a_token_gives_back_its_claims_and_is_the_same_for_the_same_claims(claims: dict[str, Any]) -> None:
    token = VAULT.seal_token(claims)

    assert VAULT.open_token(token) == claims
    assert VAULT.seal_token(claims) == token
    assert not set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(some.text(max_size=80))
def test_a_stray_text_is_no_token(stray: str) -> None:
    with pytest.raises(SealBroken):
        VAULT.open_token(stray)


def test_a_sealed_value_is_no_token() -> None:
    sealed = base64.urlsafe_b64encode(VAULT.seal("people.nik", "{}")).rstrip(b"=").decode()

    with pytest.raises(SealBroken):
        VAULT.open_token(sealed)


def test_configured_keys_are_used_newest_first() -> None:
    settings = Settings(data_keys=SecretStr(f"2:{encoded(NEW)}, 1:{encoded(OLD)}"), index_key=SecretStr(encoded(INDEX)))

    vault = open_vault(settings)

    assert vault.open("people.nik", VAULT.seal("people.nik", "5271")) == "5271"
    assert vault.seal("people.nik", "5271")[0] == 2


@pytest.mark.parametrize(
    "keys", ["1:c2hvcnQ=", "256:" + encoded(NEW), "-1:" + encoded(NEW), encoded(NEW), "", "one:" + encoded(NEW)]
)
def test_keys_that_cannot_be_used_stop_the_start(keys: str) -> None:
    with pytest.raises(ValueError, match=r"key|invalid"):
        open_vault(Settings(data_keys=SecretStr(keys), index_key=SecretStr(encoded(INDEX))))


def test_production_makes_no_keys_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PLUT_DATA_KEYS"):
        open_vault(Settings(mode="production", data_dir=tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_agree_on_keys_that_only_the_owner_reads(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "fresh")

    first = open_vault(settings)
    again = open_vault(settings)

    assert again.open("people.nik", first.seal("people.nik", "5271")) == "5271"
    kept = tmp_path / "fresh" / "keys.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sorted(kept.parent.iterdir()) == [kept, kept.with_name("master.key")]
    assert stat.S_IMODE(kept.with_name("master.key").stat().st_mode) == 0o600


def test_many_openings_of_a_fresh_folder_hold_the_same_keys(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "fresh")

    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: open_vault(settings), range(8)))

    assert len({vault.blind("people.nik", "5271") for vault in vaults}) == 1

"""The key ring: wrapped by a master key, extended while processes run, and of no use without the master."""

import json
import os
import time
from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import SecretStr

from plut_api.kit import crypto
from plut_api.kit.crypto import SealBroken, Vault, key_file, open_vault
from plut_api.kit.keyring import KeyFile, KeyringBroken
from plut_api.settings import Settings

MASTER, OTHER = (bytes([n]) * 32 for n in (7, 8))


def kept(folder: Path, *masters: bytes) -> KeyFile:
    return KeyFile(folder / "keys.json", masters or [MASTER])


def text(*keys: bytes) -> SecretStr:
    return SecretStr(",".join(b64encode(key).decode() for key in keys))


def settings_of(folder: Path, *masters: bytes) -> Settings:
    return Settings(mode="production", data_dir=folder, master_key=text(*(masters or [MASTER])))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vaults that look at their file each time."""
    monkeypatch.setattr(crypto, "_LOOK_AGAIN_AFTER", -1.0)
    monkeypatch.setattr(crypto, "_LOOK_AT_MOST_EVERY", 0.0)


def test_the_file_holds_no_key_in_the_clear_and_opens_by_its_master_only(tmp_path: Path) -> None:
    kept(tmp_path).make()
    ring = kept(tmp_path).ring()
    written = (tmp_path / "keys.json").read_text()

    assert len({ring.index, *(key.key for key in ring.data)}) == 2
    for key in (ring.index, *(key.key for key in ring.data)):
        assert b64encode(key).decode() not in written
    with pytest.raises(KeyringBroken, match="PLUT_MASTER_KEY"):
        kept(tmp_path, OTHER).ring()


def test_wrapped_keys_cannot_change_places(tmp_path: Path) -> None:
    file = kept(tmp_path)
    file.make()
    file.add(0)
    written = json.loads(file.path.read_text())
    first, second = written["data"]
    first["key"], second["key"] = second["key"], first["key"]
    file.path.write_text(json.dumps(written))

    with pytest.raises(KeyringBroken):
        kept(tmp_path).ring()


@pytest.mark.usefixtures("impatient")
def test_a_running_process_takes_up_a_new_key_and_still_opens_what_older_ones_sealed(tmp_path: Path) -> None:
    kept(tmp_path).make()
    running = open_vault(settings_of(tmp_path))
    before = running.seal("people.nik", "5271")
    index = running.blind("people.nik", "5271")

    kept(tmp_path).add(0)
    after = running.seal("people.nik", "5271")

    assert (before[0], after[0]) == (1, 2)
    assert running.open("people.nik", before) == running.open("people.nik", after) == "5271"
    assert running.blind("people.nik", "5271") == index


def test_a_value_of_a_key_added_a_moment_ago_by_another_process_opens_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_LOOK_AT_MOST_EVERY", 0.0)
    kept(tmp_path).make()
    running = open_vault(settings_of(tmp_path))
    kept(tmp_path).add(0)
    elsewhere = open_vault(settings_of(tmp_path)).seal("people.nik", "5271")

    assert elsewhere[0] == 2
    assert running.open("people.nik", elsewhere) == "5271"


@pytest.mark.usefixtures("impatient")
def test_a_key_with_a_lead_opens_at_once_and_seals_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path).make()
    running = open_vault(settings_of(tmp_path))
    kept(tmp_path).add(60)

    now = running.seal("people.nik", "5271")
    later_on = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later_on)
    later = running.seal("people.nik", "5271")

    assert (now[0], later[0]) == (1, 2)


@pytest.mark.usefixtures("impatient")
def test_a_dropped_key_opens_nothing_and_the_one_that_seals_cannot_be_dropped(tmp_path: Path) -> None:
    kept(tmp_path).make()
    running = open_vault(settings_of(tmp_path))
    old = running.seal("people.nik", "5271")
    kept(tmp_path).add(0)

    for key_id in (2, 9):
        with pytest.raises(KeyringBroken):
            kept(tmp_path).drop(key_id)
    kept(tmp_path).drop(1)

    assert running.seal("people.nik", "5271")[0] == 2
    with pytest.raises(SealBroken):
        running.open("people.nik", old)


def test_the_master_key_changes_without_a_value_being_touched(tmp_path: Path) -> None:
    kept(tmp_path).make()
    sealed = open_vault(settings_of(tmp_path)).seal("people.nik", "5271")

    key_file(settings_of(tmp_path, OTHER, MASTER)).rewrap()

    assert open_vault(settings_of(tmp_path, OTHER)).open("people.nik", sealed) == "5271"
    with pytest.raises(KeyringBroken):
        open_vault(settings_of(tmp_path))


@pytest.mark.usefixtures("impatient")
def test_a_file_that_breaks_while_a_process_runs_costs_it_nothing(tmp_path: Path) -> None:
    kept(tmp_path).make()
    running = open_vault(settings_of(tmp_path))
    sealed = running.seal("people.nik", "5271")

    (tmp_path / "keys.json").write_text("{}")

    assert running.open("people.nik", running.seal("people.nik", "1")) == "1"
    assert running.open("people.nik", sealed) == "5271"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"data": [], "index": ""}', '{"data": [{"id": 1}], "index": "x"}']
)
def test_a_file_that_is_no_ring_stops_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)

    with pytest.raises(KeyringBroken):
        open_vault(settings_of(tmp_path))


def test_production_neither_makes_a_ring_nor_goes_without_a_master(tmp_path: Path) -> None:
    with pytest.raises(KeyringBroken, match="new-data-key"):
        open_vault(settings_of(tmp_path))
    kept(tmp_path).make()
    with pytest.raises(ValueError, match="PLUT_MASTER_KEY"):
        open_vault(Settings(mode="production", data_dir=tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_a_stranger_s_bytes_do_not_make_the_vault_read_its_file_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path).make()
    running = open_vault(settings_of(tmp_path))
    looks = []
    monkeypatch.setattr(Vault, "_look_again", lambda self: looks.append(1))

    for _ in range(50):
        with pytest.raises(SealBroken):
            running.open("people.nik", b"\xfe" + os.urandom(40))

    assert looks == []

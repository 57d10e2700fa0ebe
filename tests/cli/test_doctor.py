"""`plut doctor` names what is unsafe, one finding for each thing, and production does not start with what is severe."""

import base64
import json
import os
import socket
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from plut_api.cli.doctor import EXPECTED, register
from plut_api.identity.keys import newest_key
from plut_api.kit import doctor
from plut_api.kit.caller import Role
from plut_api.kit.database import make_engine, unit_of_work
from plut_api.kit.keyring import KeyFile
from plut_api.kit.postgres import Cluster
from plut_api.organizations.models import OrganizationKind
from plut_api.settings import Settings
from tests.cli.commands import Plut
from tests.factories import Make

plut = Plut(register)
Sessions = async_sessionmaker[AsyncSession]
MASTER = base64.b64encode(bytes(range(32))).decode()
KEYS = {"data_keys": SecretStr(f"1:{MASTER}"), "index_key": SecretStr(MASTER)}
REMOTE = "postgresql://plut_app:rahasia@db.plut.example/plut"


@pytest.fixture
def sound(tmp_path: Path) -> Settings:
    """A production without a fault."""
    file = KeyFile(tmp_path / "keys.json", [base64.b64decode(MASTER)])
    file.make()
    return Settings(
        mode="production",
        host="0.0.0.0",  # noqa: S104
        public_url="https://api.plut.example",
        data_dir=tmp_path,
        database_url=SecretStr(REMOTE + "?sslmode=verify-full"),
        master_key=SecretStr(MASTER),
        sms_gateway="https://gateway.example/send",
        mail="smtp",
        smtp_url=SecretStr("smtps://mail.example"),
        trusted_proxies=("10.0.0.7",),
    )


def codes(findings: list[doctor.Finding]) -> dict[str, str]:
    return {finding.code: finding.severity.value for finding in findings}


def test_of_a_sound_production_there_is_nothing_to_say(sound: Settings) -> None:
    assert doctor.settings_findings(sound) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mode": "sandbox"}, {"sandbox_in_the_open": "severe"}),
        ({"mode": "sandbox", "host": "127.0.0.1", "public_url": "http://localhost:8000"}, {"sandbox": "note"}),
        ({"master_key": None}, {"generated_keys": "severe"}),
        (
            {"master_key": SecretStr(base64.b64encode(b"a" * 32).decode())},
            {"weak_key": "severe", "keys_unusable": "severe"},
        ),
        ({"master_key": SecretStr(base64.b64encode(bytes(range(7, 39))).decode())}, {"keys_unusable": "severe"}),
        ({"master_key": SecretStr("kunci")}, {"keys_unusable": "severe"}),
        ({"master_key": None, **KEYS}, {}),
        ({"master_key": None, **KEYS, "index_key": SecretStr("AAAA" * 10 + "AAA=")}, {"weak_key": "severe"}),
        ({"sms_gateway": "log"}, {"log_gateway": "severe"}),
        ({"sms_gateway": "http://gateway.example"}, {"gateway_in_the_clear": "severe"}),
        ({"sms_gateway": "http://127.0.0.1:9000"}, {}),
        ({"whatsapp_gateway": "log"}, {"whatsapp_log_gateway": "severe"}),
        ({"whatsapp_gateway": "http://gateway.example"}, {"whatsapp_in_the_clear": "severe"}),
        ({"whatsapp_gateway": "https://gateway.example/wa"}, {}),
        ({"mail": "log"}, {"mail_sink": "warning"}),
        ({"smtp_url": None}, {"mail_sink": "warning"}),
        ({"public_url": "http://api.plut.example"}, {"plain_http": "severe"}),
        ({"public_url": "http://127.0.0.1:8000"}, {"public_url_is_local": "warning"}),
        ({"cors_origins": ("https://app.example", "*")}, {"open_cors": "severe"}),
        ({"cors_origins": ("http://app.example",)}, {"plain_origin": "warning"}),
        ({"cors_origins": ("https://app.example", "http://localhost:3000")}, {}),
        ({"trusted_proxies": ("*",)}, {"proxies_open": "severe"}),
        ({"trusted_proxies": ("10.0.0.7", "0.0.0.0/0")}, {"proxies_open": "severe"}),
        ({"trusted_proxies": ()}, {"no_trusted_proxy": "warning"}),
        ({"metrics_port": 9000}, {"open_metrics": "warning"}),
        ({"metrics_port": 9000, "host": "127.0.0.1"}, {}),
        ({"staff_totp": "offered"}, {"totp_offered": "severe"}),
        ({"access_token_seconds": 3600}, {"long_tokens": "warning"}),
        ({"oidc_issuer": "http://login.example"}, {"plain_issuer": "severe"}),
        ({"outgoing_to_loopback": True}, {"outgoing_to_loopback": "warning"}),
        ({"rate_limit_per_minute": 1_000_000}, {"high_quota": "warning"}),
        ({"log_level": "DEBUG"}, {"debug_logs": "severe"}),
        ({"database_url": None}, {"embedded_database": "warning"}),
        ({"database_url": SecretStr(REMOTE)}, {"database_tls": "warning"}),
        ({"database_url": SecretStr(REMOTE + "?sslmode=require")}, {"database_tls": "warning"}),
        ({"database_url": SecretStr("postgresql://plut_app@/plut?host=/run/postgresql")}, {}),
        ({"database_url": SecretStr("postgresql://plut_app@127.0.0.1/plut")}, {}),
        ({"database_url": SecretStr("no address")}, {"database_url_unusable": "severe"}),
        (
            {"database_migrate_url": SecretStr(REMOTE + "?sslmode=verify-ca")},
            {"one_database_role": "severe"},
        ),
        ({"database_replica_url": SecretStr(REMOTE)}, {"database_tls": "warning"}),
    ],
)
def test_each_unsafe_setting_is_found_and_nothing_else(
    sound: Settings, changes: dict[str, Any], expected: dict[str, str]
) -> None:
    findings = doctor.settings_findings(sound.model_copy(update=changes))

    assert codes(findings) == expected
    for finding in findings:
        assert finding.remedy
        assert "rahasia" not in str(finding.told())
        assert MASTER not in str(finding.told())


def test_keys_that_others_may_read_and_credentials_of_the_sample_are_found(sound: Settings) -> None:
    keys = sound.data_dir / "keys.json"
    keys.chmod(stat.S_IRUSR | stat.S_IRGRP)
    (sound.data_dir / "sample-credentials.json").write_text("{}")

    found = codes(doctor.settings_findings(sound))

    assert found == {"keys_readable": "severe", "sample_credentials": "severe"}


async def in_database(settings: Settings, url: str | None = None) -> dict[str, str]:
    assert settings.database_url is not None
    engine = make_engine(url or settings.database_url.get_secret_value(), settings)
    try:
        return codes(await doctor.database_findings(engine, EXPECTED))
    finally:
        await engine.dispose()


# The cluster of the tests is one that nothing needs to survive.
CLUSTER = {"not_durable": "severe"}


async def test_the_database_as_migrated_has_no_fault(settings: Settings, sessions: Sessions) -> None:
    assert await in_database(settings) == CLUSTER


async def test_signing_in_as_the_owner_is_found(settings: Settings, sessions: Sessions) -> None:
    assert settings.database_migrate_url is not None

    found = await in_database(settings, settings.database_migrate_url.get_secret_value())

    assert found == CLUSTER | {"database_role": "severe"}


async def test_people_and_machines_that_sign_in_weakly_are_counted(
    settings: Settings, make: Make, sessions: Sessions
) -> None:
    bank = await make.organization(OrganizationKind.bank)
    await make.staff(Role.dinas)
    await make.staff(Role.ojk)
    await make.client(bank)
    async with unit_of_work(sessions) as db:
        await db.execute(text("UPDATE clients SET profile = 'bank', auth_method = 'secret', secret_hash = '\\x00'"))

    found = await in_database(settings)

    assert found == CLUSTER | {"staff_without_totp": "warning", "bank_secrets": "warning", "sample_accounts": "warning"}


async def test_what_the_worker_left_lying_is_found(
    settings: Settings, sessions: Sessions, owning: Sessions, make: Make
) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    await make.person()
    async with unit_of_work(owning) as db:
        await db.execute(text("SET LOCAL session_replication_role = replica"))  # Past the trigger that refuses it.
        await db.execute(text("DELETE FROM events"))
        await db.execute(text("UPDATE audit_entries SET occurred_at = :then"), {"then": long_ago})
        assert await db.scalar(text("SELECT count(*) FROM audit_entries"))

    found = await in_database(settings)

    assert found == CLUSTER | {"audit_unsealed": "warning"}


async def test_an_old_signing_key_is_found(settings: Settings, sessions: Sessions, owning: Sessions) -> None:
    async with unit_of_work(sessions) as db:
        await newest_key(db)
    async with unit_of_work(owning) as db:
        await db.execute(text("UPDATE signing_keys SET signs_from = signs_from - interval '200 days'"))
    try:
        found = await in_database(settings)
    finally:
        async with unit_of_work(owning) as db:
            await db.execute(text("UPDATE signing_keys SET signs_from = signs_from + interval '200 days'"))

    assert found == CLUSTER | {"old_signing_key": "warning"}


async def test_row_security_that_is_off_is_found(settings: Settings, sessions: Sessions, owning: Sessions) -> None:
    async with unit_of_work(owning) as db:
        await db.execute(text("ALTER TABLE people DISABLE ROW LEVEL SECURITY"))
    try:
        found = await in_database(settings)
    finally:
        async with unit_of_work(owning) as db:
            await db.execute(text("ALTER TABLE people ENABLE ROW LEVEL SECURITY"))

    assert found == CLUSTER | {"walls_down": "severe"}


async def test_a_database_of_another_release_is_found(settings: Settings, cluster: Cluster, app: FastAPI) -> None:
    cluster.ensure_database("plut_empty")

    assert await in_database(settings, cluster.app_url("plut_empty")) == CLUSTER | {"not_migrated": "severe"}


@pytest.fixture
async def environment(settings: Settings, sessions: Sessions, sound: Settings) -> dict[str, str]:
    """Settings as an operator gives them, on the database of the tests."""
    assert settings.database_url is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLUT_", "PYTEST_"))}
    return kept | {
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        "PLUT_MODE": "production",
        "PLUT_PORT": port,
        "PLUT_PUBLIC_URL": "https://api.plut.example",
        "PLUT_DATA_DIR": str(sound.data_dir),
        "PLUT_DATABASE_URL": settings.database_url.get_secret_value(),
        "PLUT_MASTER_KEY": MASTER,
        "PLUT_SMS_GATEWAY": "https://gateway.example/send",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "plut_api", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


async def test_production_does_not_start_with_what_is_severe(environment: dict[str, str]) -> None:
    answer = run(environment | {"PLUT_STAFF_TOTP": "offered", "PLUT_CORS_ORIGINS": '["*"]'}, "serve")

    assert answer.returncode == 1
    for code in ("totp_offered", "open_cors", "not_durable"):
        assert code in answer.stderr
    assert "mail_sink" not in answer.stderr
    assert "Traceback" not in answer.stderr


async def test_the_command_prints_json_and_ends_with_one_where_production_would_not_start(
    environment: dict[str, str],
) -> None:
    production = run(environment, "doctor", "--json")
    sandbox = run(environment | {"PLUT_MODE": "sandbox", "PLUT_PUBLIC_URL": "http://127.0.0.1"}, "doctor")
    judged = run(environment | {"PLUT_MODE": "sandbox"}, "doctor", "--production")
    away = run(environment | {"PLUT_DATABASE_URL": "postgresql://plut:rahasia@127.0.0.1:1/plut"}, "doctor")

    told = json.loads(production.stdout)
    assert [finding["severity"] for finding in told] == sorted(
        (finding["severity"] for finding in told), key=["severe", "warning", "note"].index
    )
    assert {finding["code"] for finding in told} == {"not_durable", "mail_sink", "no_trusted_proxy"}
    assert set(told[0]) == {"code", "severity", "words", "remedy"}
    assert (production.returncode, sandbox.returncode, judged.returncode, away.returncode) == (1, 0, 1, 1)
    assert "sandbox" in sandbox.stdout
    assert "database_away" in away.stdout
    assert "rahasia" not in away.stdout + away.stderr

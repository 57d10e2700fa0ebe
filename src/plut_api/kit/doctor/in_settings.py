"""What is unsafe in the settings and in the files that they name; nothing is asked of the database."""

import stat
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from plut_api.kit.crypto import open_vault
from plut_api.kit.doctor.findings import Finding, note, severe, warning
from plut_api.kit.keyring import decoded_key
from plut_api.settings import Settings

_FEWEST_BYTES = 12
"""Different bytes in a key of 32: at random there are nearly always more than 25."""
_VERIFYING = frozenset({"verify-ca", "verify-full"})
_LONGEST_TOKEN_SECONDS = 900
_MOST_READS = 60_000
_SAMPLE = "sample-credentials.json"


def settings_findings(settings: Settings) -> list[Finding]:
    """Every finding, the order that of the checks."""
    return [finding for check in CHECKS for finding in check(settings)]


def _mode(settings: Settings) -> Iterator[Finding]:
    if settings.mode == "production":
        return
    if is_loopback(settings.host) and is_loopback(urlsplit(settings.public_url).hostname):
        yield note("sandbox", "This is a sandbox: it makes its own keys.", "Set PLUT_MODE=production for real data.")
    else:
        yield severe(
            "sandbox_in_the_open",
            "This is a sandbox, and others than this machine can reach it.",
            "Set PLUT_MODE=production, or PLUT_HOST and PLUT_PUBLIC_URL to 127.0.0.1.",
        )


def _keys(settings: Settings) -> Iterator[Finding]:
    given = [settings.master_key, settings.data_keys, settings.index_key]
    if settings.master_key is None and (settings.data_keys is None or settings.index_key is None):
        yield severe(
            "generated_keys",
            "Personal data is encrypted under keys that a sandbox makes and keeps beside the data.",
            "Set PLUT_MASTER_KEY from a secret store and make a key file: plut keys new-data-key.",
        )
        return
    for encoded in (
        part.partition(":")[2] or part for key in given if key for part in key.get_secret_value().split(",")
    ):
        try:
            weak = len(set(decoded_key(encoded))) < _FEWEST_BYTES
        except ValueError:
            continue  # Told below, by whoever uses it.
        if weak:
            yield severe("weak_key", "An encryption key repeats a few bytes.", "Draw it at random, see README.")
    try:
        open_vault(settings)
    except ValueError as error:
        yield severe("keys_unusable", f"The encryption keys cannot be used: {error}.", "See Settings in README.")


def _files(settings: Settings) -> Iterator[Finding]:
    for path in (settings.key_file or settings.data_dir / "keys.json", settings.data_dir / "master.key"):
        if path.exists() and _mode_of(path) & (stat.S_IRWXG | stat.S_IRWXO):
            yield severe("keys_readable", f"Others on this machine may read {path}.", f"chmod 600 {path}")
    if (settings.data_dir / _SAMPLE).exists() and settings.mode == "production":
        yield severe(
            "sample_credentials",
            f"{settings.data_dir / _SAMPLE} holds passwords and secrets of invented accounts that may sign in.",
            "Use a database without the sample, and remove the file.",
        )


def _messages(settings: Settings) -> Iterator[Finding]:
    if settings.sms_gateway == "log":
        yield severe("log_gateway", "One-time codes are written to a file.", "Set PLUT_SMS_GATEWAY to a gateway's URL.")
    elif _is_plain_http(settings.sms_gateway):
        yield severe("gateway_in_the_clear", "One-time codes leave by plain http.", "Set an https PLUT_SMS_GATEWAY.")
    if settings.whatsapp_gateway == "log":
        yield severe("whatsapp_log_gateway", "WhatsApp messages reach nobody.", "Unset PLUT_WHATSAPP_GATEWAY.")
    elif settings.whatsapp_gateway is not None and _is_plain_http(settings.whatsapp_gateway):
        yield severe("whatsapp_in_the_clear", "Messages leave by plain http.", "Set an https PLUT_WHATSAPP_GATEWAY.")
    if settings.mail == "log" or settings.smtp_url is None:
        yield warning(
            "mail_sink",
            "Invitations and links to choose a password reach nobody.",
            "Set PLUT_MAIL=smtp and PLUT_SMTP_URL.",
        )


def _addresses(settings: Settings) -> Iterator[Finding]:
    if _is_plain_http(settings.public_url):
        yield severe("plain_http", "Clients would send tokens by plain http.", "Set an https PLUT_PUBLIC_URL.")
    if settings.mode == "production" and is_loopback(urlsplit(settings.public_url).hostname):
        yield warning(
            "public_url_is_local", "Tokens name this machine as their issuer.", "Set PLUT_PUBLIC_URL as clients see it."
        )
    if "*" in settings.cors_origins:
        yield severe("open_cors", "Pages of any origin may call.", "Name origins in PLUT_CORS_ORIGINS.")
    elif any(_is_plain_http(origin) for origin in settings.cors_origins):
        yield warning("plain_origin", "An origin in PLUT_CORS_ORIGINS is plain http.", "Serve that page by https.")
    if any(_is_everybody(proxy) for proxy in settings.trusted_proxies):
        yield severe(
            "proxies_open",
            "Anyone is believed about the address that they call from, so quotas by address hold nobody.",
            "Name the proxy alone in PLUT_TRUSTED_PROXIES.",
        )
    elif not settings.trusted_proxies and urlsplit(settings.public_url).scheme == "https":
        yield warning(
            "no_trusted_proxy",
            "Every call seems to come from the proxy that ends TLS, so strangers share one quota.",
            "Name that proxy in PLUT_TRUSTED_PROXIES.",
        )
    if settings.metrics_port and not is_loopback(settings.host):
        yield warning("open_metrics", "/metrics answers whoever reaches its port.", "Keep that port inside.")


def _sign_in(settings: Settings) -> Iterator[Finding]:
    if settings.staff_totp != "forced":
        yield severe(
            "totp_offered", "Staff who see personal data may sign in by password alone.", "Set PLUT_STAFF_TOTP=forced."
        )
    if settings.access_token_seconds > _LONGEST_TOKEN_SECONDS:
        yield warning("long_tokens", "Access tokens live long.", "Set PLUT_ACCESS_TOKEN_SECONDS to 900 or less.")
    if settings.oidc_issuer and _is_plain_http(settings.oidc_issuer):
        yield severe("plain_issuer", "The outside issuer is asked by plain http.", "Set an https PLUT_OIDC_ISSUER.")
    if settings.outgoing_to_loopback:
        yield warning(
            "outgoing_to_loopback",
            "Addresses that clients give may lead to this machine; production does not follow them.",
            "Unset PLUT_OUTGOING_TO_LOOPBACK.",
        )


def _limits_and_logs(settings: Settings) -> Iterator[Finding]:
    if settings.rate_limit_per_minute > _MOST_READS:
        yield warning("high_quota", "The quota of calls stops nobody.", "Lower PLUT_RATE_LIMIT_PER_MINUTE.")
    if settings.log_level == "DEBUG":
        yield severe("debug_logs", "Logs of libraries at DEBUG hold values.", "Set PLUT_LOG_LEVEL=INFO.")


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        yield warning(
            "embedded_database",
            "The database is the embedded one: on one disk, without backups.",
            "Set PLUT_DATABASE_URL.",
        )
        return
    app, owner = settings.database_url.get_secret_value(), settings.database_migrate_url
    try:
        if owner is not None and make_url(owner.get_secret_value()).username == make_url(app).username:
            yield severe(
                "one_database_role",
                "The application signs in to the database as its owner, before whom no row security stands.",
                "Name another role in PLUT_DATABASE_URL; plut migrate makes it.",
            )
        weak = [name for name, address in _databases(settings) if not is_safe_way(address)]
    except ArgumentError:
        yield severe("database_url_unusable", "An address of the database cannot be read.", "Write postgresql://….")
        return
    if weak:
        yield warning(
            "database_tls",
            f"The way to another machine's database may be in the clear: {', '.join(weak)}.",
            "Add ?sslmode=verify-full; PGSSLROOTCERT names the certificate authority.",
        )


CHECKS: Sequence[Callable[[Settings], Iterator[Finding]]] = (
    _mode,
    _keys,
    _files,
    _messages,
    _addresses,
    _sign_in,
    _limits_and_logs,
    _database,
)


def is_loopback(host: str | None) -> bool:
    """Whether an address or name is this machine alone."""
    if host in ("localhost", "", None):
        return host == "localhost"
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def is_safe_way(address: str) -> bool:
    """Whether a database's address leads over TLS that checks whom it speaks to, or stays on this machine."""
    url = make_url(address)
    host = url.host or str(url.query.get("host", ""))
    local = not host or host.startswith("/") or is_loopback(host)
    return local or str(url.query.get("sslmode", url.query.get("ssl", ""))) in _VERIFYING


def _databases(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in ("database_url", "database_migrate_url", "database_direct_url", "database_replica_url"):
        if address := getattr(settings, name):
            yield f"PLUT_{name.upper()}", address.get_secret_value()


def _is_plain_http(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname)


def _is_everybody(proxy: str) -> bool:
    try:
        return proxy.strip() == "*" or ip_network(proxy.strip(), strict=False).prefixlen == 0
    except ValueError:
        return False


def _mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)

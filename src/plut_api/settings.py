"""Every setting of the product: typed, read from `PLUT_*` environment variables, listed in the README."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may decide. A secret that is not given is made once and kept in the data directory."""

    model_config = SettingsConfigDict(env_prefix="PLUT_", env_ignore_empty=True, extra="ignore", frozen=True)

    mode: Literal["sandbox", "production"] = Field(
        default="sandbox",
        description="`production` refuses generated keys, the log gateway and client secrets in logs.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the server listens on.")
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Port for `/metrics`; 0 leaves it off.")
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where clients reach the API: token issuer, links, problem types."
    )
    data_dir: Path = Field(default=Path(".plut"), description="Embedded database, generated keys, logs.")

    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL 16 or newer (`postgresql://…`); unset starts the embedded one."
    )
    database_migrate_url: SecretStr | None = Field(default=None, description="Owner role for migrations.")
    database_direct_url: SecretStr | None = Field(default=None, description="Past a pooler, for LISTEN.")
    database_replica_url: SecretStr | None = Field(default=None, description="Streaming replica, for reference data.")
    database_schema: str = Field(default="public", pattern=r"^[a-z_][a-z0-9_]{0,62}$", description="Schema to live in.")
    database_pool: int = Field(default=16, ge=1, le=100, description="Connections per process.")

    master_key: SecretStr | None = Field(
        default=None, description="Wraps the keys of the key file: base64 of 32 bytes; while it changes `new,old`."
    )
    key_file: Path | None = Field(default=None, description="Wrapped encryption keys; unset is in the data directory.")
    data_keys: SecretStr | None = Field(
        default=None, description="Encryption keys, `id:base64` of 32 bytes each, comma separated, newest first."
    )
    index_key: SecretStr | None = Field(default=None, description="Blind-index key, base64 of 32 bytes.")

    sms_gateway: str = Field(
        default="log", description="`log` writes codes to the log (development), or the URL of an HTTP gateway."
    )
    sms_gateway_token: SecretStr | None = Field(default=None, description="Bearer token for the HTTP gateway.")
    whatsapp_gateway: str | None = Field(
        default=None, description="`log`, or the URL of an HTTP gateway for WhatsApp; unset: nobody is told that way."
    )
    whatsapp_gateway_token: SecretStr | None = Field(default=None, description="Bearer token for that gateway.")
    gateway_secret: SecretStr | None = Field(
        default=None, description="Shared with the gateways, which sign receipts by it; unset: receipts are refused."
    )
    messages_daily_idr: int = Field(
        default=1_000_000, ge=0, description="Rupiah that messages of one day (WITA) may cost; then reminders wait."
    )
    messages_reserve_idr: int = Field(
        default=1_000_000, ge=0, description="Rupiah a day beyond it, for codes and decisions alone."
    )

    mail: Literal["log", "smtp"] = Field(
        default="log", description="`log` writes mails to files of the data directory (development), `smtp` sends them."
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="`smtps://user:password@host:465`, or `smtp://…:587`, which starts TLS."
    )
    mail_from: str = Field(default="PLUT NTB <plut@localhost>", description="Sender of mails.")
    password_page: str | None = Field(
        default=None,
        pattern=r"^https?://[^#\s]+$",
        description="Page where staff choose a password, which links in mails lead to; unset is our own.",
    )

    staff_totp: Literal["forced", "offered"] = Field(
        default="forced", description="Whether staff who see personal data must use an authenticator (TOTP)."
    )
    staff_idle_hours: int = Field(
        default=12, ge=1, le=720, description="Hours after which unused sign-ins of staff end."
    )
    sign_in_days: int = Field(default=90, ge=1, le=365, description="Days after which a sign-in ends, used or not.")
    oidc_issuer: str | None = Field(
        default=None, pattern=r"^https?://[^#?\s]+$", description="OpenID Connect issuer that staff may sign in with."
    )
    oidc_audience: str | None = Field(default=None, description="Our client id at that issuer.")

    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 30
    otp_seconds: Annotated[int, Field(ge=60, le=900)] = 300

    rate_limit_per_minute: int = Field(default=1200, ge=1, description="Reads a minute for one caller or address.")
    write_limit_per_minute: int | None = Field(
        default=None, ge=1, description="Changes a minute for one caller; unset is a quarter of the reads."
    )
    export_limit_per_minute: int | None = Field(
        default=None,
        ge=1,
        description="Streams and imports a minute for one caller; unset is a twentieth of the reads.",
    )
    sign_in_limit_per_minute: int | None = Field(
        default=None, ge=1, description="Sign-in calls a minute from one address; unset is a twentieth of the reads."
    )
    check_limit_per_minute: int | None = Field(
        default=None, ge=1, description="Duplicate checks a minute for one caller; unset is a fortieth of the reads."
    )
    otp_per_phone_per_hour: int = Field(default=5, ge=1, description="One-time codes an hour for one phone number.")
    otp_per_address_per_hour: int = Field(default=60, ge=1, description="One-time codes an hour from one address.")
    body_limit_bytes: int = Field(default=1_048_576, ge=1024, description="Largest JSON body.")
    upload_limit_bytes: int = Field(default=104_857_600, ge=1024, description="Largest uploaded file.")
    file_limit_bytes: int = Field(
        default=10_485_760, ge=1024, description="Largest picture or document of `/v1/files`."
    )
    file_store: str | None = Field(
        default=None,
        pattern=r"^s3://[^/?#\s]+(/[^?#\s]*)?$",
        description="Where files lie: `s3://bucket/folder` of any S3-compatible service; unset is the data directory.",
    )
    file_store_endpoint: str | None = Field(
        default=None, pattern=r"^https?://[^?#\s]+$", description="Address of that service; unset is that of AWS."
    )
    file_store_region: str | None = Field(default=None, description="Region of the bucket.")
    file_store_key_id: SecretStr | None = Field(default=None, description="Access key of the bucket.")
    file_store_secret: SecretStr | None = Field(default=None, description="Its secret.")
    max_connections: int = Field(default=2000, ge=1, description="Connections that a process holds at once.")
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Addresses or networks whose X-Forwarded-For and -Proto are believed."
    )
    cors_origins: tuple[str, ...] = Field(default=(), description="Browser origins that may call; none by default.")

    outgoing_to_loopback: bool = Field(
        default=False, description="Sandbox only: key and webhook addresses of this machine may be called, by http too."
    )

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()

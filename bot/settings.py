"""Every setting of the process, read once from the environment or a .env file."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from handlers.files import report_maps

DATABASES = ("sqlite", "postgresql", "postgres")
REAL_API = "https://api.telegram.org"


class Settings(BaseSettings):
    """What can be set from outside. Each name stands in the README's table (a test checks)."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        default="", description="SQLite file or PostgreSQL; default: DATA_DIR/bot.db"
    )
    bot_token: SecretStr | None = Field(
        default=None, description="From @BotFather; without it: demo mode"
    )
    bot_api_url: str = Field(default="", description="Another Bot API server, such as the sandbox")
    webhook_url: str = Field(
        default="", description="Public https address; without it: long polling"
    )
    webhook_port: int = Field(
        default=8443, ge=0, le=65535, description="Loopback port the webhook listens on"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Secret token Telegram sends along"
    )
    health_port: int = Field(
        default=8081,
        ge=0,
        le=65535,
        description="Loopback port of /healthz, /metrics and /map; 0 = none",
    )
    sandbox_port: int = Field(default=8088, ge=0, le=65535, description="Port of the demo page")
    data_dir: Path = Field(
        default=Path("var"), description="Where the database, keys and photos live"
    )
    photo_store: str = Field(
        default="",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,62}(/[\w./-]*)?)?$",
        description="s3://bucket/prefix (extra s3) for photos; default: DATA_DIR/photos",
    )
    photo_store_endpoint: str = Field(
        default="", description="Address of another S3-like server; default: Amazon's"
    )
    photo_store_region: str = Field(default="us-east-1", description="Region of the bucket")
    photo_store_key: str = Field(default="", description="Access key id of the bucket")
    photo_store_secret: SecretStr | None = Field(
        default=None, description="Secret access key of the bucket"
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key(s) for names and phones, newest first; demo mode makes a key file",
    )
    admin_ids: Annotated[frozenset[int], NoDecode] = Field(
        default=frozenset(), description="Telegram ids of the first administrators, comma separated"
    )
    tz: str = Field(default="Asia/Shanghai", description="The office's clock")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    workers: int = Field(default=4, description="Updates handled at once in a process (PostgreSQL)")
    keep_questions_days: int = Field(
        default=90, ge=1, description="How long the words of residents' questions are kept"
    )
    knowledge_engine: Literal["memory", "tantivy"] = Field(
        default="memory", description="tantivy (an extra) for more than 100,000 entries"
    )
    map_tiles_url: str = Field(
        default="", description="Tiles of your own for the map page: https://…/{z}/{x}/{y}.png"
    )
    demo: bool | None = Field(
        default=None, description="Example places and answers; default: demo mode"
    )

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(int(part) for part in value.replace(",", " ").split())
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        try:
            known = not value or make_url(value).get_backend_name() in DATABASES
        except ArgumentError:  # it would quote the password
            known = False
        if not known:
            raise ValueError("sqlite:///FILE or postgresql://… is needed")
        return value

    @field_validator("tz")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("no zone of that name; Asia/Shanghai is one")
        return value

    @field_validator("map_tiles_url")
    @classmethod
    def _check_tiles(cls, value: str) -> str:
        report_maps.origin(value)
        return value

    @field_validator(
        "bot_token", "photo_store_secret", "secret_key", "webhook_secret", mode="before"
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def in_demo_mode(self) -> bool:
        """Without a token the sandbox plays Telegram."""
        return self.bot_token is None

    @property
    def with_examples(self) -> bool:
        return self.in_demo_mode if self.demo is None else self.demo

    @cached_property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'bot.db'}"

    @property
    def api_root(self) -> str:
        return (self.bot_api_url or REAL_API).rstrip("/")

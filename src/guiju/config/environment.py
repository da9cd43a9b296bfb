"""What an operator sets: environment variables, their defaults, meanings and checks."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from guiju.config import connections, parsing
from guiju.config.home import APPLICATION, KEYRING_DATABASE, MAIN_DATABASE, OWNER, Home
from guiju.config.words import _
from guiju.kit.errors import Refused


class BadSetting(Refused):
    """A setting has a value that Guiju cannot work with."""

    code = "bad-setting"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One variable an operator may set: its name, its default as text, what it means and how it is read."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any]
    shown: str


def setting(
    name: str, *, meaning: str, default: str = "", parse: Callable[[str], Any] = parsing.text, shown: str = ""
) -> Any:
    """Declare a field of Environment that is read from the variable ``name``; ``shown`` is the default in words."""
    declared = Setting(name=name, default=default, meaning=meaning, parse=parse, shown=shown or default)
    return field(metadata={"setting": declared})


def _user_data() -> str:
    if sys.platform == "darwin":
        return str(Path.home() / "Library" / "Application Support" / "guiju")
    return str(Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "guiju")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The operator's settings, each from one ``GUIJU_*`` variable."""

    home: Path = setting(
        "GUIJU_HOME",
        parse=parsing.folder,
        shown="the user's data folder; `./var` under `make run`",
        meaning="The folder of this installation: embedded database, keys, sealed files, logs.",
    )
    database_url: str = setting(
        "GUIJU_DATABASE_URL",
        parse=parsing.postgresql,
        shown="the embedded PostgreSQL",
        meaning="The main database, as the role the running product uses. Set it together with `GUIJU_KEYRING_URL`.",
    )
    keyring_url: str = setting(
        "GUIJU_KEYRING_URL",
        parse=parsing.postgresql,
        shown="the embedded PostgreSQL",
        meaning="The database of the wrapped data keys. Keep it apart: its backups must expire soonest.",
    )
    owner_database_url: str = setting(
        "GUIJU_OWNER_DATABASE_URL",
        parse=parsing.postgresql,
        shown="the embedded owner, or `GUIJU_DATABASE_URL`",
        meaning="The main database as the role that owns the tables; only `guiju migrate` uses it.",
    )
    owner_keyring_url: str = setting(
        "GUIJU_OWNER_KEYRING_URL",
        parse=parsing.postgresql,
        shown="the embedded owner, or `GUIJU_KEYRING_URL`",
        meaning="The key database as the role that owns the tables; only `guiju migrate` uses it.",
    )
    database_pool: int = setting(
        "GUIJU_DATABASE_POOL",
        default="0",
        parse=parsing.number(0, 1000),
        meaning="How many connections one process shares among its threads; 0 keeps one per thread.",
    )
    host: str = setting("GUIJU_HOST", default="127.0.0.1", meaning="The address the web process listens on.")
    port: int = setting(
        "GUIJU_PORT", default="8000", parse=parsing.number(1, 65535), meaning="The port the web process listens on."
    )
    base_url: str = setting(
        "GUIJU_BASE_URL",
        parse=parsing.web_address,
        shown="`http://localhost:<port>`",
        meaning="The address people type. With `https` cookies are secure and browsers are told to insist on it.",
    )
    extra_hosts: list[str] = setting(
        "GUIJU_ALLOWED_HOSTS",
        default="localhost,127.0.0.1,[::1]",
        parse=parsing.words,
        meaning="Host names the web process answers for, beside the one of `GUIJU_BASE_URL`; comma-separated.",
    )
    trusted_origins: list[str] = setting(
        "GUIJU_TRUSTED_ORIGINS",
        parse=parsing.origins,
        shown="none",
        meaning="Further origins that forms may be sent from, such as `https://crm.example.org`; comma-separated.",
    )
    trust_proxy: bool = setting(
        "GUIJU_TRUST_PROXY",
        default="no",
        parse=parsing.yes_or_no,
        meaning="Believe `X-Forwarded-Proto` and `X-Forwarded-For`. Only behind a proxy that overwrites both; "
        "without it, behind a proxy, all visitors count as one address and slow each other's sign-ins down.",
    )
    workers: int = setting(
        "GUIJU_WORKERS", default="1", parse=parsing.number(1, 256), meaning="How many web processes serve requests."
    )
    threads: int = setting(
        "GUIJU_THREADS", default="4", parse=parsing.number(1, 256), meaning="How many threads each web process has."
    )
    session_hours: int = setting(
        "GUIJU_SESSION_HOURS",
        default="12",
        parse=parsing.number(1, 720),
        meaning="After how many hours a person has to sign in again.",
    )
    upload_megabytes: int = setting(
        "GUIJU_UPLOAD_MEGABYTES",
        default="64",
        parse=parsing.number(1, 2048),
        meaning="The largest file the browser and the API accept. It is held in memory, never written in the clear.",
    )
    api_calls: int = setting(
        "GUIJU_API_CALLS",
        default="600",
        parse=parsing.number(1, 1_000_000),
        meaning="How many calls of the API one token may make in a minute.",
    )
    api_failures: int = setting(
        "GUIJU_API_FAILURES",
        default="30",
        parse=parsing.number(1, 1_000_000),
        meaning="How many calls without a working token one network address may make in a minute.",
    )
    key_file: Path | None = setting(
        "GUIJU_KEY_FILE",
        parse=parsing.optional_path,
        shown="in `keys/` under `GUIJU_HOME`",
        meaning="The file with the key-encryption key. Without it nothing sealed can be read: back it up elsewhere.",
    )
    key_passphrase_file: Path | None = setting(
        "GUIJU_KEY_PASSPHRASE_FILE",
        parse=parsing.optional_path,
        shown="the key file needs none",
        meaning="A file, mode 0600, with the passphrase that protects the key file, such as a systemd credential.",
    )
    ledger_origin: str = setting(
        "GUIJU_LEDGER_ORIGIN",
        parse=parsing.origin_line,
        shown="a random name",
        meaning="The name of this ledger in its checkpoints, such as `crm.example.org/ledger`; read once.",
    )
    email_url: str = setting(
        "GUIJU_EMAIL_URL",
        parse=parsing.mail_address,
        shown="none: no mail is sent",
        meaning="How mail leaves: `smtp://user:password@host:587`, `smtps://…:465`, or `console:` to print it.",
    )
    email_from: str = setting(
        "GUIJU_EMAIL_FROM", default="guiju@localhost", meaning="The sender of the mail that Guiju sends."
    )
    language: str = setting(
        "GUIJU_LANGUAGE",
        default="en",
        parse=parsing.one_of("en", "zh-hans"),
        meaning="The language for people whose browser asks for none: `en` or `zh-hans`.",
    )
    time_zone: str = setting(
        "GUIJU_TIME_ZONE", default="UTC", parse=parsing.time_zone, meaning="The time zone that pages show moments in."
    )
    log_level: str = setting(
        "GUIJU_LOG_LEVEL",
        default="info",
        parse=parsing.one_of("debug", "info", "warning", "error"),
        meaning="The least important log line that is kept. No level logs a personal value.",
    )
    log_format: str = setting(
        "GUIJU_LOG_FORMAT",
        default="text",
        parse=parsing.one_of("text", "json"),
        meaning="Log lines as `text` for people or `json` for collectors.",
    )

    def __post_init__(self) -> None:
        if bool(self.database_url) != bool(self.keyring_url):
            raise BadSetting(
                _("Set GUIJU_DATABASE_URL and GUIJU_KEYRING_URL together, or neither of them."),
                remedy=_("Data and keys live in two databases; with neither set Guiju runs its own PostgreSQL."),
            )

    @property
    def embedded(self) -> bool:
        """Tell whether this installation runs its own PostgreSQL."""
        return not self.database_url

    @cached_property
    def folders(self) -> Home:
        """Return the folders of this installation."""
        return Home(self.home)

    @property
    def address(self) -> str:
        """Return the address people type, without a trailing slash."""
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def https(self) -> bool:
        """Tell whether people reach the product over TLS."""
        return self.address.startswith("https://")

    @property
    def allowed_hosts(self) -> list[str]:
        """Return the host names the web process answers for."""
        own = urlsplit(self.address).hostname or ""
        return list(dict.fromkeys([*self.extra_hosts, own]))

    @property
    def main_url(self) -> str:
        """Return the address of the main database for the running product."""
        return self.database_url or self.folders.url(role=APPLICATION, database=MAIN_DATABASE)

    @property
    def keys_url(self) -> str:
        """Return the address of the key database for the running product."""
        return self.keyring_url or self.folders.url(role=APPLICATION, database=KEYRING_DATABASE)

    @property
    def secret_key(self) -> str:
        """Return the key that signs sessions, made on first use under ``GUIJU_HOME``."""
        return self.folders.secret("secret-key")

    @property
    def trusted_proxies(self) -> int:
        """Return how many proxies in front may name the visitor's address."""
        return int(self.trust_proxy)

    @property
    def database(self) -> dict[str, Any]:
        """Return Django's settings of the main database."""
        return connections.settings(url=self.main_url, pool=self.database_pool)

    @property
    def keyring(self) -> dict[str, Any]:
        """Return Django's settings of the key database."""
        return connections.settings(url=self.keys_url, pool=self.database_pool)

    def owner_urls(self) -> tuple[str, str]:
        """Return the addresses of both databases for the role that owns the tables."""
        if self.embedded:
            return tuple(self.folders.url(role=OWNER, database=name) for name in (MAIN_DATABASE, KEYRING_DATABASE))  # type: ignore[return-value]
        return self.owner_database_url or self.database_url, self.owner_keyring_url or self.keyring_url


def _declared(one: Field[Any]) -> Setting:
    declared: Setting = one.metadata["setting"]
    return declared


SETTINGS: tuple[Setting, ...] = tuple(_declared(one) for one in fields(Environment))


def read(variables: Mapping[str, str]) -> Environment:
    """Read the operator's settings; raise BadSetting, with one sentence, for a value that makes no sense."""
    values = {one.name: _value(_declared(one), variables) for one in fields(Environment)}
    return Environment(**values)


def _value(declared: Setting, variables: Mapping[str, str]) -> Any:
    text = variables.get(declared.name, "").strip() or declared.default
    if declared.name == "GUIJU_HOME" and not text:
        text = _user_data()
    try:
        return declared.parse(text)
    except ValueError as error:
        raise BadSetting(
            _("{name} is not usable: {reason}.").format(name=declared.name, reason=error), remedy=declared.meaning
        ) from error


@cache
def current() -> Environment:
    """Return the settings of this process, read once."""
    return read(os.environ)

"""Every setting, its default and its unit; from HOME/settings.toml and the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from domain.documents import D, Document, Part, load
from domain.errors import Refused
from domain.fact import Address, Label, ZoneName

LARGEST_PORT = 65_535
PORT_VARIABLE = "KONTO_DASHBOARD_PORT"
"""The port that the dashboard really got, for the links in messages."""

Port = Annotated[int, Field(ge=1, le=LARGEST_PORT)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Secret = Annotated[SecretStr, Field(strict=False)]

UNSAFE = "POSTGRES_ENABLE_DB_FUNCTIONS"
"""A switch of the event store under which readers can miss facts."""


class MailSettings(Part):
    """The mail server for alerts. Without a host, messages are put into HOME/outgoing as files."""

    host: Label | None = None
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Label | None = None
    password: Secret | None = None
    """Better given as KONTO_MAIL_PASSWORD."""
    sender: Address = "vertrauenskonto@localhost.localdomain"
    timeout_seconds: Seconds = 20.0


class WorkerSettings(Part):
    """How often the worker looks, and how it sends."""

    tick_seconds: Seconds = 60.0
    poll_seconds: Seconds = 1.0
    sweep_seconds: Seconds = 5.0
    lease_seconds: Seconds = 15.0
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    """Whatever is under way at a crash is sent once more: with one thread that is at most one message."""
    attempts: Annotated[int, Field(ge=1, le=100)] = 8


class DashboardSettings(Part):
    host: Label = "127.0.0.1"
    port: Port = 8501
    target: Annotated[float, Field(ge=0, le=1)] = 0.9
    """The share of promises kept on time that the pictures draw as the target."""

    @property
    def address(self) -> str:
        """Where its pages are found, with a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


class CustomerSettings(Part):
    merge_equal_addresses: bool = False
    """Parties of two sources with the same e-mail address are one; only where the sources have verified it."""


class StoreSettings(Part):
    lock_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30


class Settings(Document):
    """All settings of an installation."""

    firm: Label | None = None
    """The firm's name, as pages show it."""
    zone: ZoneName = "Europe/Berlin"
    """The zone of times on the command line and of periods."""
    language: Literal["de", "en"] = "de"
    mail: MailSettings = MailSettings()
    worker: WorkerSettings = WorkerSettings()
    dashboard: DashboardSettings = DashboardSettings()
    customers: CustomerSettings = CustomerSettings()
    store: StoreSettings = StoreSettings()
    channels: dict[Label, Secret] = Field(default_factory=dict)
    """Further channels by name: addresses as the notification library writes them, such as msteams://…"""


class UnsafeSetting(Refused):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__("unsafe_setting", "{name} is not allowed: {reason}", name, name=name, reason=reason)


def read(home: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of a home. Raises Refused, naming the setting, rather than to start unsafely."""
    if environment.get(UNSAFE, "").strip().lower() in ("1", "t", "true", "y", "yes", "on"):
        raise UnsafeSetting(UNSAFE, "readers of the log could miss facts. Please remove it from the environment.")
    file = home / "settings.toml"
    settings = document_in(file, Settings) if file.exists() else Settings()
    if settings.dashboard.host not in ("127.0.0.1", "::1", "localhost"):
        raise UnsafeSetting("dashboard.host", "beyond this machine the dashboard needs a login. Please use 127.0.0.1.")
    port = environment.get(PORT_VARIABLE)
    if port is not None:
        if not (port.isascii() and port.isdigit() and 1 <= int(port) <= LARGEST_PORT):
            raise UnsafeSetting(PORT_VARIABLE, "a port is a number from 1 to 65535.")
        board = settings.dashboard.model_copy(update={"port": int(port)})
        settings = settings.model_copy(update={"dashboard": board})
    password = environment.get("KONTO_MAIL_PASSWORD")
    if password is not None:
        if not password:
            raise UnsafeSetting("KONTO_MAIL_PASSWORD", "it is empty. Please set it or remove it.")
        mail = settings.mail.model_copy(update={"password": SecretStr(password)})
        settings = settings.model_copy(update={"mail": mail})
    return settings


def document_in(file: Path, model: type[D]) -> D:
    """The document in a file. Raises Refused, naming the file."""
    with naming(file):
        return load(text_of(file), model)


def text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("encoding", "This file is not written in UTF-8. Please save it so.", in_file=file.name) from None


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Whatever is refused inside stands in this file."""
    try:
        yield
    except Refused as refused:
        for each in (refused, *refused.also):
            each.params.setdefault("in_file", file.name)
        raise

"""Every setting, its default and its unit; from HOME/settings.toml and the environment."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from domain.documents import D, Document, DocumentRefused, Items, Part, load, nearest
from domain.errors import Refused
from domain.fact import Address, Label, Line, ZoneName, finding
from domain.masters import Place
from domain.retention import YEARS, Class
from domain.roles import Role
from domain.vocabulary import FACTS
from intake.appointments.telling import A_FILE
from projections.shares import MOST as MOST_SHARES
from wiring import environment as environment_
from wiring.environment import UnsafeSetting
from words import N_

LARGEST_PORT = 65_535
PORT_VARIABLE = "KONTO_DASHBOARD_PORT"
"""The port that the dashboard really got, for the links in messages."""

ROLES = ("follow", "schedule", "send")
"""The parts of a worker: one process does all three, or several do a part each."""

EMAIL = "email"
"""The channel that is always there."""

Port = Annotated[int, Field(ge=1, le=LARGEST_PORT)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
HIDDEN = "…"
"""What is shown of a secret that is not as it should be."""


def _text(value: object) -> object:
    if not isinstance(value, str | SecretStr):
        raise finding("wrong_type", NO_TEXT, {"found": HIDDEN})
    return value


def _section(value: object) -> object:
    if not isinstance(value, Mapping | Part):
        raise finding("wrong_type", NO_SECTION, {"found": HIDDEN})
    return value


Secret = Annotated[SecretStr, Field(strict=False), BeforeValidator(_text)]
Domain = Annotated[Label, Field(pattern=r"^[^@\s.]+(\.[^@\s.]+)+$"), AfterValidator(str.lower)]
MailboxName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
"""Part of the name of a file and of a variable."""
SchemaName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""Short enough that what is made beside it still has a name."""

HookName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""It stands in an address."""

LOCAL = ("127.0.0.1", "::1", "localhost")
EVERYWHERE = ("0.0.0.0", "::")
CONTAINER = "KONTO_CONTAINER"
"""Set in our container image: there every address is that of the container alone."""
WELL_KNOWN = ("changeme", "change-me", "password", "secret", "postgres", "admin")
"""Passwords that are none."""

READERS_MISS = N_("{name} is not allowed: readers of the log could miss facts. Please remove it from the environment.")
NO_LOGIN = N_("{name} is not allowed to be so: beyond this machine a login is needed. Please use 127.0.0.1.")
NO_SIGN_IN = N_(
    "{name} is not allowed to be so: beyond this machine people have to sign in. Please set the section [login] as "
    "docs/how-to/sign-in.md says, or use 127.0.0.1."
)
HALF_SIGN_IN = N_("{name} is missing: for signing in, address, metadata_url, client_id and client_secret are needed.")
NO_ROLES_CLAIM = N_("{name} is missing: [login.roles] says what its values mean. Please name the claim as well.")
NO_ROLES = N_(
    "{name} names a claim, but [login.roles] says of none of its values which role it is. Please add it there."
)
NO_OWN_ADDRESS = (
    "The address has to be like https://konto.example.com, as people type it: without a path, a name and a password. "
    "http:// is only for 127.0.0.1 and localhost: on the way to any other machine everything could be read."
)
NO_METADATA_ADDRESS = (
    "The address has to be like https://login.example.com/.well-known/openid-configuration; http:// is only for "
    "127.0.0.1 and localhost."
)
ONE_WRITER = N_(
    "Only in a database can several processes share out the customers; a file has one writer at a time. Please remove "
    "worker.shares, or set store.url."
)
WELL_KNOWN_PASSWORD = N_("Everybody knows the password in {name}. Please choose another one.")
NO_TEXT = "A text in quotation marks is needed here. What stands there is not repeated: it may be a secret."
NO_SECTION = (
    "A section of its own with names and values is needed here. What stands there is not repeated: it may be a secret."
)
WRONG_SCHEME = "The address has to begin with {scheme}://. What stands there is not repeated: it may hold a password."
NO_WEB_ADDRESS = "The address has to be like https://example.com/hook, without a name and a password in front."
NO_SERVICE_ADDRESS = (
    "The address has to be like https://vault.example.com:8200, without a path, a name and a password; http:// is only "
    "for 127.0.0.1 and localhost."
)
NO_SUCH_TYPE = "There is no fact of type “{found}”. Did you mean: {known}?"
NO_SERVICE = N_("{name} is missing: for a key service, url, key and token are needed in the section [vault].")
NO_SIGNING_SECRET = (
    "The secret has to be whsec_ and behind it 24 to 64 random bytes in Base64. "
    "“openssl rand -base64 32” makes such bytes."
)
NO_TOKEN = "A token has no spaces and no letters with accents. What stands there is not repeated: it may be a secret."
HOOK_WITHOUT_SECRET = 'A webhook needs the secret with which its sender signs, or signature = "key".'
HOOK_WITHOUT_ADDRESS = "HubSpot signs the address, too: please name it as HubSpot calls it, in address."
NEEDS_NO_SECRET = 'With signature = "key" an access key counts; please leave the secret out.'
SHORT_SECRET = "The secret is shorter than {least} characters; it could be guessed."
SHORTEST_SECRET = 16
SHORTEST_COOKIE_SECRET = 32
NO_CALENDAR_ADDRESS = (
    "The address has to be like https://calendar.example.com/…, without a name and a password in front; those are "
    "user and password. What stands there is not repeated: such addresses are secret."
)
PLAIN_CALENDAR = (
    "Over http:// anybody on the way reads the calendar. Please use https://, or say that it lies in your own network "
    "with allow_private."
)
HALF_A_LOGIN = "A user and a password belong together. Please give both or none."
A_FILES_NAME = "This name stands for calendars that come as files. Please choose another one."
TWO_WAYS = "“{name}” is a channel and a webhook. Please give one of them another name."
IN_THE_CLEAR = (
    "Without TLS the password and all mail could be read on the way; that is only possible with a mail server on this "
    'machine. Please set security to "tls" or "starttls".'
)
NO_WEBHOOK = "There is no section [webhooks.{found}]. There are: {known}."
MAIL_HAS_IT = "“{name}” always means the mail server. Please choose another name."


def _address(*schemes: str) -> Any:
    def check(secret: SecretStr) -> SecretStr:
        if urlsplit(secret.get_secret_value()).scheme not in schemes:
            raise finding("wrong_form", WRONG_SCHEME, {"found": HIDDEN, "scheme": schemes[0]})
        return secret

    return AfterValidator(check)


def _web_address(secret: SecretStr) -> SecretStr:
    if not _is_web_address(secret.get_secret_value()):
        raise finding("wrong_form", NO_WEB_ADDRESS, {"found": HIDDEN})
    return secret


def _calendar_address(secret: SecretStr) -> SecretStr:
    """Of a web calendar, which is written webcal:// and meant as https://."""
    scheme, mark, rest = secret.get_secret_value().partition("://")
    address = SecretStr("https" + mark + rest if scheme.casefold() == "webcal" else secret.get_secret_value())
    if not _is_web_address(address.get_secret_value()):
        raise finding("wrong_form", NO_CALENDAR_ADDRESS, {"found": HIDDEN})
    return address


def _access_token(secret: SecretStr) -> SecretStr:
    token = secret.get_secret_value()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise finding("wrong_form", NO_TOKEN, {"found": HIDDEN})
    return secret


def _own_address(text: str) -> str:
    """As a browser writes it: small letters, without the usual port and without a slash at the end."""
    parts = urlsplit(text) if _is_safe_address(text) else None
    if parts is None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise finding("wrong_form", NO_OWN_ADDRESS, {"found": HIDDEN})
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port and parts.port != usual else "")


def _metadata_address(text: str) -> str:
    if not _is_safe_address(text):
        raise finding("wrong_form", NO_METADATA_ADDRESS, {"found": HIDDEN})
    return text


def _service_address(text: str) -> str:
    parts = urlsplit(text) if _is_safe_address(text) else None
    if parts is None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise finding("wrong_form", NO_SERVICE_ADDRESS, {"found": HIDDEN})
    return text.removesuffix("/")


def _is_safe_address(text: str) -> bool:
    """Encrypted, or never outside of this machine."""
    return _is_web_address(text) and (text.startswith("https://") or urlsplit(text).hostname in LOCAL)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    path = parts.path + parts.query
    plain = path.isascii() and path.isprintable() and " " not in path
    return (
        parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc and port != 0 and plain
    )


def _signing_secret(secret: SecretStr) -> SecretStr:
    if not _signs(secret):
        raise finding("wrong_form", NO_SIGNING_SECRET, {"found": HIDDEN})
    return secret


def _signs(secret: SecretStr) -> bool:
    """whsec_ and 24 to 64 bytes, as Standard Webhooks has it."""
    mark, _, rest = secret.get_secret_value().partition("_")
    try:
        key = b64decode(rest + "=" * (-len(rest) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return mark == "whsec" and 24 <= len(key) <= 64


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


def _served_at(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class WorkerSettings(Part):
    """How often the worker looks, and how it sends."""

    tick_seconds: Seconds = 60.0
    survey_seconds: Seconds = 900.0
    """How often the rules that must look at all customers and promises are checked."""
    poll_seconds: Seconds = 1.0
    shares: Annotated[int, Field(ge=1, le=MOST_SHARES)] = 1
    """So many followers share out the customers; with a database only."""
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
        return _served_at(self.host, self.port) + "/"


def _long(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_COOKIE_SECRET:
        raise finding("wrong_form", SHORT_SECRET, {"found": HIDDEN, "least": SHORTEST_COOKIE_SECRET})
    return secret


class LoginSettings(Part):
    """Signing in with the firm's own accounts, by OpenID Connect. Without it a token in the address opens the pages."""

    address: Annotated[Label, AfterValidator(_own_address)] | None = None
    """How people reach the dashboard, such as https://konto.example.com."""
    metadata_url: Annotated[Label, AfterValidator(_metadata_address)] | None = None
    """Where the sign-in service describes itself: …/.well-known/openid-configuration."""
    client_id: Label | None = None
    client_secret: Secret | None = None
    """Better given as KONTO_LOGIN_CLIENT_SECRET_FILE."""
    cookie_secret: Annotated[Secret, AfterValidator(_long)] | None = None
    """Signs what the browser keeps. Without one it is made once, in the home."""
    hours: Annotated[float, Field(gt=0, le=720)] = 12.0
    """So long a sign-in lasts."""
    roles_claim: Label | None = None
    """What the service calls somebody's roles or groups. Without it roles come from the people document."""
    roles: dict[Label, Role] = Field(default_factory=dict)
    """By value of that claim."""

    @property
    def is_set(self) -> bool:
        return self.address is not None

    def missing(self) -> Iterator[tuple[str, str]]:
        """The settings without which nobody could sign in, each with what to say of it."""
        needed = ("address", "metadata_url", "client_id", "client_secret")
        if any(getattr(self, name) is not None for name in (*needed, "cookie_secret", "roles_claim")) or self.roles:
            yield from ((f"login.{name}", HALF_SIGN_IN) for name in needed if getattr(self, name) is None)
        if self.roles and self.roles_claim is None:
            yield "login.roles_claim", NO_ROLES_CLAIM
        if self.roles_claim is not None and not self.roles:
            yield "login.roles_claim", NO_ROLES


class ApiSettings(Part):
    """Where other programs bring facts and ask, each with a key."""

    host: Label = "127.0.0.1"
    port: Port = 8600
    asked_a_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 6_000
    """By one key."""
    wrong_a_minute: Annotated[int, Field(ge=1, le=1_000)] = 10
    """Keys that do not count, from one address."""
    feeds_a_minute: Annotated[int, Field(ge=1, le=1_000)] = 60
    """How often one calendar feed may be asked for."""
    body_seconds: Seconds = 30.0
    """So long what is sent may take to come."""
    processes: Annotated[int, Field(ge=1, le=64)] = 1
    """How many answer at the same port, each with what belongs to a minute for itself."""

    @property
    def address(self) -> str:
        """Where it answers, without a slash at the end."""
        return _served_at(self.host, self.port)


class CustomerSettings(Part):
    merge_equal_addresses: bool = False
    """Parties of two sources with the same e-mail address are one; only where the sources have verified it."""


class DisclosureSettings(Part):
    """What people are told who ask what is held about them (Art. 15 DSGVO), where nothing else says it."""

    address: Line | None = None
    """Where the firm is found, as on a letter."""
    officer: Line | None = None
    """Who looks after data protection, and how to reach them."""
    authority: Line | None = None
    """Where people may complain."""
    retention: Line | None = None
    """How long it is kept."""
    colleagues: Literal["numbered", "unnumbered"] = "numbered"
    """Our own people stand there under numbers, so that one sees who is the same, or all alike."""


Years = Annotated[int, Field(ge=0, le=100)]


class RetentionSettings(Part):
    """How long what is known of customers is kept, counted from the end of the calendar year."""

    relationship_years: Years = YEARS["relationship"]
    letters_years: Years = YEARS["letters"]
    vouchers_years: Years = YEARS["vouchers"]
    books_years: Years = YEARS["books"]
    types: dict[Label, Class] = Field(default_factory=dict)
    """The class of types of facts, where it is not the shipped one."""

    @property
    def years(self) -> dict[Class, int]:
        return {
            "relationship": self.relationship_years,
            "letters": self.letters_years,
            "vouchers": self.vouchers_years,
            "books": self.books_years,
        }


class StoreSettings(Part):
    """Where log and tables lie. Without an address, in files of the home."""

    url: Annotated[Secret, _address("postgresql", "postgres")] | None = None
    """postgresql://user:password@host:port/database; best given as KONTO_STORE_URL_FILE."""
    db_schema: SchemaName = "vertrauenskonto"
    """The log's; the tables have one of their own with _views_ and the number of their layout behind it."""
    lock_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=3_600)] = 60
    """So long PostgreSQL lets a transaction of ours do nothing before it ends it."""
    connections: Annotated[int, Field(ge=2, le=20)] = 3
    """Of each process to log and tables each: one that writes, the others read. The access journal has two."""
    patience_seconds: Seconds = 60.0
    """How long a service waits for a database that is away or not prepared yet."""

    @property
    def address(self) -> str | None:
        return self.url.get_secret_value() if self.url else None


class VaultSettings(Part):
    """Where the next master key is made, which wraps the customers' keys. Where the present one lies the log knows."""

    master: Place = "file"
    """file: in keys.json; environment: in KONTO_MASTER_KEY; service: a key service keeps it wrapped."""
    url: Annotated[Label, AfterValidator(_service_address)] | None = None
    """Of a key service with the transit engine of HashiCorp Vault or OpenBao."""
    mount: Annotated[Label, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]*$")] = "transit"
    """Where the engine was mounted."""
    key: Annotated[Label, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] | None = None
    """The name of the key there."""
    token: Annotated[Secret, AfterValidator(_access_token)] | None = None
    """Better given as KONTO_VAULT_TOKEN_FILE."""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0

    def missing(self) -> Iterator[str]:
        """What is needed to ask the service."""
        return (f"vault.{name}" for name in ("url", "key", "token") if getattr(self, name) is None)


class QueueSettings(Part):
    """The doorbell of several workers. Without an address it is inside the one worker."""

    url: Annotated[Secret, _address("redis", "rediss", "valkey")] | None = None
    """redis://host:port/1: a database of its own."""
    namespace: SchemaName = "vertrauenskonto"
    heartbeat_seconds: Annotated[float, Field(ge=1, le=600)] = 10.0
    """A worker that was silent for so long is taken for dead, and what it held goes to another."""

    @property
    def address(self) -> str | None:
        return self.url.get_secret_value() if self.url else None


class MetricsSettings(Part):
    """Figures for a monitoring system, and whether the loops turn. Without a port there are none."""

    host: Label = "127.0.0.1"
    port: Port | None = None


class WebhookSettings(Part):
    """Where messages are posted, signed, for a program of the firm's own."""

    url: Annotated[Secret, AfterValidator(_web_address)]
    secret: Annotated[Secret, AfterValidator(_signing_secret)]
    """whsec_…, as the receiver has it."""
    allow_private: bool = False
    """Whether the address may be one of the firm's own network."""
    timeout_seconds: Seconds = 10.0


class ConnectorSettings(Part):
    """How a connected system is asked for what its webhook only names."""

    token: Annotated[Secret, AfterValidator(_access_token)]
    allow_private: bool = False
    """Whether its address may be one of the firm's own network."""


class HookSettings(Part):
    """A system that posts what happens: how it signs, and which mapping reads it."""

    mapping: Label | None = None
    """Else the one with the hook's own name."""
    signature: Literal["standard", "hubspot", "zammad", "key"] = "standard"
    """key: it sends an access key for facts instead, as systems must that do not sign."""
    secret: Secret | None = None
    """standard: whsec_…; hubspot: the app's client secret; zammad: the webhook's token."""
    secret_before: Secret | None = None
    """Counts as well, while the secret is exchanged."""
    address: Annotated[Secret, AfterValidator(_web_address)] | None = None
    """As the sender calls it, such as https://example.com/hooks/hubspot: HubSpot signs it, too."""


class MailboxSettings(Part):
    """A mailbox that is read, and never changed: what customers write, and what we answer."""

    host: Label
    port: Port | None = None
    """Without one 993 with TLS from the beginning, else 143."""
    security: Literal["tls", "starttls", "none"] = "tls"
    user: Label
    password: Secret | None = None
    """Better given as KONTO_MAILBOXES_NAME_PASSWORD."""
    folders: Items[Label] = ()
    """Which are read. Without any the inbox, and the one for what we send."""
    sent: Label | None = None
    """Where what we send lies, if the server does not say so itself."""
    own: Items[Domain] = ()
    """Domains whose addresses are ours, beside those of the people document."""
    unknown: Literal["leave_out", "register"] = "leave_out"
    """What becomes of mail from and to people who are no customers yet."""
    text: bool = False
    """Whether the text is looked at, too; it is never kept."""
    since_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    """How far back the first reading goes."""
    every_minutes: Annotated[float, Field(ge=0.01, le=1_440)] = 5.0
    timeout_seconds: Seconds = 20.0

    @property
    def at_port(self) -> int:
        return self.port or (993 if self.security == "tls" else 143)


CalendarName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
"""Part of the facts' ids: short, and nobody's address."""


class AppointmentSettings(Part):
    """A calendar whose appointments with customers are promises."""

    url: Annotated[Secret, AfterValidator(_calendar_address)]
    kind: Literal["ics", "caldav"] = "ics"
    """ics: a file at a web address; caldav: a calendar on a server that is asked for what lies ahead."""
    user: Label | None = None
    password: Secret | None = None
    person: Label | None = None
    """Whose calendar it is: whoever answers for appointments in which nobody of ours is named."""
    own: Items[Label] = ()
    """Domains and addresses that are ours, beside those of the people document."""
    zone: ZoneName | None = None
    """Where times are meant that name no zone, and where whole days end."""
    horizon_days: Annotated[int, Field(ge=1, le=400)] = 90
    """So far ahead each one of a recurring appointment is a promise."""
    minutes: Annotated[int, Field(ge=1, le=720)] = 15
    """How often it is read."""
    allow_private: bool = False
    """Whether its address may be one of the firm's own network."""
    timeout_seconds: Seconds = 30.0

    @model_validator(mode="after")
    def it_is_asked_safely(self) -> Self:
        if self.url.get_secret_value().startswith("http://") and not self.allow_private:
            raise finding("unsafe_address", PLAIN_CALENDAR, {"field": "url"})
        if (self.user is None) != (self.password is None):
            raise finding("half_a_login", HALF_A_LOGIN, {"field": "password" if self.user else "user"})
        return self


class AuditSettings(Part):
    """When the log is attested by a checkpoint, and where copies of it go that nobody here can change."""

    events: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000
    """After so many events."""
    minutes: Annotated[float, Field(ge=1, le=1_440)] = 60.0
    """And after so long, if anything was recorded."""
    folder: Label | None = None
    """A folder elsewhere, such as on a server of the auditor's."""
    mail: Address | None = None
    """Who gets the newest checkpoint by mail."""
    mail_hours: Annotated[float, Field(ge=1, le=744)] = 24.0
    """How often."""
    webhook: Label | None = None
    """The name of a section [webhooks.NAME] whose program gets every checkpoint."""
    looks_months: Annotated[int, Field(ge=1, le=120)] = 24
    """How long the access journal keeps who looked; it is data about the people who work here."""

    @property
    def looks_kept(self) -> timedelta:
        return timedelta(days=self.looks_months * 365.25 / 12)


class BackupSettings(Part):
    """Backups that the worker makes by itself."""

    folder: Label | None = None
    """Where to, such as a drive of another machine. Without it none are made."""
    hours: Annotated[float, Field(ge=0.01, le=744)] = 24.0
    """How often."""
    keep: Annotated[int, Field(ge=1, le=10_000)] = 14
    """So many of the newest are kept."""
    keys: bool = True
    """Whether they hold the keys. Without them they are of use to nobody else, and to you only with keys.json."""

    @property
    def every(self) -> timedelta:
        return timedelta(hours=self.hours)


class LogSettings(Part):
    """What the services say of themselves, on standard error."""

    format: Literal["auto", "json", "plain"] = "auto"
    """auto: lines of JSON, plain text on a terminal."""
    level: Literal["debug", "info", "warning", "error"] = "info"


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
    login: LoginSettings = LoginSettings()
    api: ApiSettings = ApiSettings()
    customers: CustomerSettings = CustomerSettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    retention: RetentionSettings = RetentionSettings()
    store: StoreSettings = StoreSettings()
    queue: QueueSettings = QueueSettings()
    vault: VaultSettings = VaultSettings()
    metrics: MetricsSettings = MetricsSettings()
    audit: AuditSettings = AuditSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()
    channels: Annotated[dict[Label, Secret], BeforeValidator(_section)] = Field(default_factory=dict)
    """Further channels by name: addresses as the notification library writes them, such as slack://…"""
    webhooks: Annotated[
        dict[Label, Annotated[WebhookSettings, BeforeValidator(_section)]], BeforeValidator(_section)
    ] = Field(default_factory=dict)
    """Further channels by name: programs that are told."""
    connectors: Annotated[
        dict[Label, Annotated[ConnectorSettings, BeforeValidator(_section)]], BeforeValidator(_section)
    ] = Field(default_factory=dict)
    """Systems that are asked, by the name that mappings use."""
    hooks: Annotated[dict[HookName, Annotated[HookSettings, BeforeValidator(_section)]], BeforeValidator(_section)] = (
        Field(default_factory=dict)
    )
    """Systems that post what happens to /hooks/NAME."""

    mailboxes: Annotated[
        dict[MailboxName, Annotated[MailboxSettings, BeforeValidator(_section)]], BeforeValidator(_section)
    ] = Field(default_factory=dict)
    """Mailboxes that are read, by name."""
    appointments: Annotated[
        dict[CalendarName, Annotated[AppointmentSettings, BeforeValidator(_section)]], BeforeValidator(_section)
    ] = Field(default_factory=dict)
    """Calendars that are read, by names of your own."""

    @property
    def pages(self) -> str:
        """Where people find the pages, with a slash at the end."""
        return f"{self.login.address}/" if self.login.address else self.dashboard.address

    def contradictions(self) -> Iterator[DocumentRefused]:
        for name, mailbox in self.mailboxes.items():
            if mailbox.security == "none" and mailbox.host not in LOCAL:
                yield DocumentRefused("unsafe_setting", IN_THE_CLEAR, ("mailboxes", name, "security"), name=name)
        for section, names in (("channels", self.channels), ("webhooks", self.webhooks)):
            if EMAIL in names:
                yield DocumentRefused("name_taken", MAIL_HAS_IT, (section, EMAIL), name=EMAIL)
        for name in sorted(self.channels.keys() & self.webhooks.keys()):
            yield DocumentRefused("name_taken", TWO_WAYS, ("webhooks", name), name=name)
        if self.audit.webhook is not None and self.audit.webhook not in self.webhooks:
            yield DocumentRefused(
                "unknown_value",
                NO_WEBHOOK,
                ("audit", "webhook"),
                found=self.audit.webhook,
                known=", ".join(self.webhooks),
            )
        for name in self.retention.types.keys() - FACTS.keys():
            known = nearest(name, sorted(FACTS))
            yield DocumentRefused("unknown_value", NO_SUCH_TYPE, ("retention", "types", name), found=name, known=known)
        if A_FILE in self.appointments:
            yield DocumentRefused("name_taken", A_FILES_NAME, ("appointments", A_FILE))
        for name, hook in self.hooks.items():
            yield from _hook_findings(name, hook)


def _hook_findings(name: str, hook: HookSettings) -> Iterator[DocumentRefused]:
    secrets = [(each, getattr(hook, each)) for each in ("secret", "secret_before")]
    if hook.signature == "key":
        yield from (
            DocumentRefused("contradiction", NEEDS_NO_SECRET, ("hooks", name, each)) for each, found in secrets if found
        )
    elif hook.secret is None:
        yield DocumentRefused("missing", HOOK_WITHOUT_SECRET, ("hooks", name))
    if hook.signature == "hubspot" and hook.address is None:
        yield DocumentRefused("missing", HOOK_WITHOUT_ADDRESS, ("hooks", name))
    for each, found in secrets:
        if found is None or hook.signature == "key":
            continue
        if hook.signature == "standard" and not _signs(found):
            yield DocumentRefused("wrong_form", NO_SIGNING_SECRET, ("hooks", name, each))
        elif len(found.get_secret_value()) < SHORTEST_SECRET:
            yield DocumentRefused("wrong_form", SHORT_SECRET, ("hooks", name, each), least=SHORTEST_SECRET)


def read(home: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of a home. Raises Refused, naming the setting, rather than to start unsafely."""
    if environment.get(UNSAFE, "").strip().lower() in ("1", "t", "true", "y", "yes", "on"):
        raise UnsafeSetting(UNSAFE, READERS_MISS)
    file = home / "settings.toml"
    settings = document_in(file, Settings) if file.exists() else Settings()
    secrets = environment_.by_name(MailboxSettings, "mailboxes", "password", settings.mailboxes, environment)
    settings = _with(settings, environment_.told(Settings, environment, beside=secrets.variables))
    mailboxes = {
        name: each.model_copy(update={"password": secrets.values[name]} if name in secrets.values else {})
        for name, each in settings.mailboxes.items()
    }
    settings = settings.model_copy(update={"mailboxes": mailboxes})
    for missing, text in settings.login.missing():
        raise UnsafeSetting(missing, text)
    if settings.vault.master == "service":
        for name in settings.vault.missing():
            raise UnsafeSetting(name, NO_SERVICE)
    if settings.worker.shares > 1 and settings.store.address is None:
        raise Refused("needs_database", ONE_WRITER, "worker.shares")
    hosts = {"metrics": (settings.metrics.host, NO_LOGIN), "api": (settings.api.host, NO_LOGIN)}
    if not settings.login.is_set:
        hosts["dashboard"] = (settings.dashboard.host, NO_SIGN_IN)
    for part, (host, text) in hosts.items():
        if host not in LOCAL and not (host in EVERYWHERE and environment.get(CONTAINER) == "1"):
            raise UnsafeSetting(f"{part}.host", text)
    for name, url in (("store.url", settings.store.address), ("queue.url", settings.queue.address)):
        if url and (urlsplit(url).password or "").lower() in WELL_KNOWN:
            raise UnsafeSetting(name, WELL_KNOWN_PASSWORD)
    return settings


def _with(settings: Settings, told: Mapping[str | None, Mapping[str, Any]]) -> Settings:
    for section, values in told.items():
        if section is None:
            settings = settings.model_copy(update=values)
        else:
            part = cast(Part, getattr(settings, section)).model_copy(update=values)
            settings = settings.model_copy(update={section: part})
    return settings


def document_in(file: Path, model: type[D]) -> D:
    """The document in a file. Raises Refused, naming the file."""
    with naming(file):
        return load(text_of(file), model)


NOT_UTF_8 = "This file is not written in UTF-8. Please save it so."


def text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("encoding", NOT_UTF_8, in_file=file.name) from None


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Whatever is refused inside stands in this file."""
    try:
        yield
    except Refused as refused:
        for each in (refused, *refused.also):
            each.params.setdefault("in_file", file.name)
        raise

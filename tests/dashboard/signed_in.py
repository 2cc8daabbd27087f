"""A firm whose people sign in: its home with 50 planted names that only ines may read, a sign-in service and a server.

Everything is real but the service, which stands for one outside this machine: `tests/dashboard/provider.py`.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import ClientConnection, connect

from tests.dashboard.provider import CLIENT, SECRET, Provider, provider
from tests.homes import Home, open_at
from tests.notation import envelopes
from tests.servers.finding import free_port

ROOT = Path(__file__).parents[2]
PLANTED = tuple(f"Geheimrat{n:02}" for n in range(50))
"""Names of customers that ines looks after."""
TELLS = (*PLANTED, "0731 55501", "geheim@planted.example", "Wintergartenangebot", "Kesselexplosion", "Rohrfrage")
"""Those, and what else belongs to them alone: phone, e-mail, what was promised, an incident, a question."""

PEOPLE = """
manager = "karin"

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
team = "Büro"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
aliases = ["nobody@example.com"]
team = "Büro"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"
roles = ["owner", "manager"]

[[persons]]
id = "alma"
name = "Alma Prüfer"
email = "alma@example.com"
roles = ["auditor"]

[[persons]]
id = "ada"
name = "Ada Verwalter"
email = "ada@example.com"
roles = ["admin"]

[[teams]]
name = "Büro"
manager = "karin"
"""


def story() -> str:
    """What happened with the planted customers, and with two of lutz."""
    lines = [
        "2026-03-02T07:00  Kunde L-1, namens Petra Meier, zuständig lutz",
        "2026-03-02T07:01  Kunde L-2, namens Familie Wolf, zuständig lutz",
        '2026-03-02T09:00  verspricht L-1 lutz "Angebot" bis 2026-03-12T12:00',
        '2026-03-03T09:00  verspricht L-2 lutz "Wartung" bis 2026-03-06T12:00',
        "2026-03-05T09:00  erfüllt",
        '2026-03-10T09:00  L-1 fragt "F-1", Kanal email, an lutz',
        '2026-03-09T09:00  Vorfall L-2 "V-1" complaint, von lutz, Lieferant Thermotec',
    ]
    for n, name in enumerate(PLANTED):
        lines.append(f"2026-03-02T08:{n:02}  Kunde G-{n}, namens {name}, zuständig ines")
    lines += [
        '2026-03-02T10:00  verspricht G-0 ines "Wintergartenangebot" bis 2026-03-11T12:00',
        '2026-03-02T10:01  verspricht G-1 ines "Therme" bis 2026-03-20T12:00, Lieferant Thermotec',
        '2026-03-09T11:00  Vorfall G-2 "Kesselexplosion" complaint, ernst, von ines',
        '2026-03-10T10:00  G-3 fragt "Rohrfrage", Kanal email, an ines',
        '2026-03-05T10:00  meldet sich "M-1" bei G-4, Zweck follow_up, Kanal phone, von ines',
    ]
    return "\n".join(lines)


def facts() -> list[dict]:
    """With the words that the notation has no place for."""
    found = list(envelopes(story()))
    for each in found:
        data = each["data"]
        if data.get("name") in PLANTED:
            data |= {"phone": "0731 55501", "email": f"{data['customer']}.geheim@planted.example"}
        if each["type"] == "incident.reported" and data["incident"] == "Kesselexplosion":
            data["text"] = "Kesselexplosion im Keller"
    return found


def filled(home: Home) -> Home:
    home.konto.publish("people", PEOPLE)
    assert [each.refused for each in home.take(facts()) if each.refused] == []
    return home


def settings(address: str, service: str, more: str = "") -> str:
    return (
        f'firm = "Kessler Haustechnik"\n[login]\naddress = "{address}"\n'
        f'metadata_url = "{service}/.well-known/openid-configuration"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n{more}'
    )


NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here is encrypted, and reading all certificates of the world takes its time."""


class Signing(NamedTuple):
    """The running dashboard, and the service that its people sign in with."""

    home: Path
    address: str
    service: Provider
    process: subprocess.Popen[str]

    @property
    def host(self) -> str:
        return self.address.partition("://")[2]

    def visitor(self, **headers: str) -> httpx.Client:
        """A browser without pages: it keeps cookies and goes where it is led."""
        return httpx.Client(base_url=self.address, headers=headers, follow_redirects=True, timeout=20, verify=NO_TLS)

    @contextmanager
    def signed_in(self, email: str | None, **claims: object) -> Iterator[httpx.Client]:
        """Whoever the service says it is, after the whole way there and back."""
        self.service.is_now(email=email, **claims)
        with self.visitor() as visitor:
            visitor.get("/sign-in")
            # With it comes the proof that a page of ours asks, which every WebSocket brings along.
            visitor.get("/_stcore/health")
            yield visitor

    def frames(self, visitor: httpx.Client | None, place: str, query: str = "", cookie: str | None = None) -> bytes:
        """All that a WebSocket brings for one page, as Streamlit's own browser part would ask for it."""
        with self.socket(visitor, cookie) as socket:
            return run(socket, place, query)

    def socket(self, visitor: httpx.Client | None, cookie: str | None = None, **headers: str) -> ClientConnection:
        crumbs = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()) if visitor else ""
        xsrf = visitor.cookies.get("_streamlit_xsrf", "") if visitor else ""
        return connect(
            f"ws://{self.host}/_stcore/stream",
            origin=headers.pop("origin", self.address),  # type: ignore[arg-type]
            subprotocols=["streamlit", xsrf or "none"],  # type: ignore[list-item]
            additional_headers={"Cookie": cookie or crumbs, **headers},
            max_size=None,
            proxy=None,
        )


def run(socket: ClientConnection, place: str, query: str = "") -> bytes:
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_script_hash = calc_hash(place)
    socket.send(asked.SerializeToString())
    told = b""
    while True:
        frame = socket.recv(timeout=30)
        assert isinstance(frame, bytes)
        told += frame
        message = ForwardMsg()
        message.ParseFromString(frame)
        if message.WhichOneof("type") == "script_finished":
            return told


@contextmanager
def signing(folder: Path, more: str = "") -> Iterator[Signing]:
    address = f"http://127.0.0.1:{free_port()}"
    with provider() as service:
        folder.mkdir(exist_ok=True)
        home = filled(open_at(folder))
        home.close()
        (folder / "settings.toml").write_text(settings(address, service.address, more), encoding="utf-8")
        process = started(folder, address)
        try:
            yield Signing(folder, address, service, process)
        finally:
            process.terminate()
            process.communicate(timeout=10)


def started(folder: Path, address: str, host: str = "127.0.0.1") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dashboard.serve", "--home", str(folder), "--host", host]
    process = subprocess.Popen(
        [*command, "--port", address.rpartition(":")[2]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == f"{address}/"
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}/_stcore/health", verify=NO_TLS)
            break
        except httpx.TransportError:
            time.sleep(0.05)
    return process


def seen(text: str | bytes, names: Sequence[str] = TELLS) -> list[str]:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return [name for name in names if name in told]

"""The huge and the hostile: answered in time, and the memory stays flat."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.api.serving import HOST, PATIENCE_SECONDS
from tests.bad_inputs import cases
from tests.bad_inputs.memory import Peak, can_be_measured
from tests.homes import open_at
from tests.intake.workbooks import workbook
from tests.kills.runs import ROOT
from tests.waiting import wait_for
from wiring import access

MOST_MB = 128
"""So much a process may grow: its body of 8 MiB, the text and the value of it, and what a mistake says."""
BODY_SECONDS = 1
MIB = 1 << 20

pytestmark = pytest.mark.skipif(not can_be_measured(), reason="the memory of a process is measured as Linux tells it")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


# -- over HTTP --------------------------------------------------------------------------------------------


@dataclass
class Served:
    process: int
    port: int
    key: str

    def post(self, body: bytes | Iterator[bytes]) -> tuple[int, str]:
        connection = HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            connection.request("POST", "/facts", body, headers, encode_chunked=not isinstance(body, bytes))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def raw(self, head: str, sent: bytes) -> bytes:
        """What comes back where something else comes than was announced."""
        with socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS) as line:
            line.sendall(f"POST /facts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\n{head}\r\n".encode())
            line.sendall(sent)
            return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("huge") / "home"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'[log]\nformat = "json"\n[api]\nbody_seconds = {BODY_SECONDS}\n')
    home = open_at(folder)
    home.clock.now = datetime.now(UTC)
    key = access.create(home.konto, random.Random(1).randbytes, scopes=("facts:write",)).text
    home.close()
    said = folder.parent / "api.log"
    command = [sys.executable, "-m", "api.serve", "--home", str(folder), "--port", "0"]
    with said.open("wb") as stream:
        process = subprocess.Popen(command, env=environment(), stdout=stream, stderr=stream)
    try:
        wait_for(lambda: b'"event": "api"' in said.read_bytes())
        line = next(line for line in said.read_text("utf-8").splitlines() if '"event": "api"' in line)
        served = Served(process.pid, int(json.loads(line)["address"].rstrip("/").rpartition(":")[2]), key)
        assert served.post(json.dumps(cases.BEFORE[0]).encode())[0] == 201
        yield served
        assert "Traceback" not in said.read_text("utf-8")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()


def many(part: bytes) -> bytes:
    """A list of as many of them as 8 MiB hold."""
    return b"[" + b",".join([part] * ((8 * MIB - 2) // (len(part) + 1))) + b"]"


def nameless() -> dict[str, int]:
    return {f"f{n}": n for n in range(450_000)}


BODIES: dict[str, tuple[Callable[[], bytes], int]] = {
    "nested 100,000 times": (lambda: b"[" * 100_000, 400),
    "nested objects": (lambda: b'{"a":' * 1_000_000, 400),
    "a name of 7.9 MB": (lambda: cases.fact({"what": "x" * 7_900_000}).encode(), 422),
    "a name of 10 MB": (lambda: cases.fact({"what": "x" * 10_000_000}).encode(), 413),
    "2.8 million empty lists": (lambda: many(b"[]"), 413),
    "2 million NaN": (lambda: many(b"NaN"), 422),
    "2.8 million empty texts": (lambda: many(b'""'), 413),
    "half a million fields": (lambda: json.dumps({**cases.GOOD, **nameless()}).encode(), 422),
    "half a million fields of the data": (lambda: cases.fact(nameless()).encode(), 422),
    "10,000 facts that are none": (lambda: b"[" + b",".join([b'{"a":1,"b":2}'] * 10_000) + b"]", 200),
    "a number of 8 million digits": (lambda: b'{"a":' + b"9" * 8_000_000 + b"}", 422),
    "8 MB of half characters": (lambda: b'{"a":"' + b"\\ud800" * 1_300_000 + b'"}', 400),
    "a gzip bomb": (lambda: gzip.compress(bytes(1 << 28), 1), 400),
}


SHOWN_IN_THE_LONG_FORM = (
    "2 million NaN", "half a million fields of the data", "10,000 facts that are none", "8 MB of half characters",
    "a number of 8 million digits", "a name of 10 MB", "nested objects", "2.8 million empty texts",
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.long if name in SHOWN_IN_THE_LONG_FORM else ()) for name in BODIES],
)
def test_a_hostile_body_is_answered_and_the_memory_stays_flat(
    served: Served, name: str, record_property: Callable[[str, object], None]
):
    made, status = BODIES[name]
    body = made()
    peak, began = Peak(served.process), time.monotonic()
    answer, text = served.post(body)
    record_property("grown_mb", peak.grown_mb())
    record_property("seconds", round(time.monotonic() - began, 2))
    assert answer == status, text[:300]
    assert peak.grown_mb() < MOST_MB


def test_two_gigabytes_that_are_sent_piece_by_piece_are_thrown_away_and_answered(
    served: Served, record_property: Callable[[str, object], None]
):
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2048):
            sent += 1
            yield b" " * MIB

    peak = Peak(served.process)
    try:
        status, _ = served.post(pieces())
        assert status == 413
    except ConnectionError:
        # Whoever goes on sending after 64 MiB finds the line closed.
        assert sent > 64
    record_property("grown_mb", peak.grown_mb())
    record_property("sent_mib", sent)
    assert sent < 200
    assert peak.grown_mb() < MOST_MB
    assert served.post(json.dumps(cases.BEFORE[0]).encode())[0] == 200


@pytest.mark.parametrize(
    ("head", "sent", "status"),
    [
        (f"Content-Length: {2 << 30}\r\n", b"{", b"408"),
        ("Content-Length: 100\r\n", b'{"a": 1}', b"408"),
        ("Transfer-Encoding: chunked\r\n", b"5\r\n[1, 2\r\n", b"408"),
        ("Transfer-Encoding: chunked\r\n", b"zz\r\n", b"400"),
        ("Content-Length: -5\r\n", b"", b"400"),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", b"12345", b"400"),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"4"),
    ],
    ids=["2 GiB announced", "too short", "chunks that end", "no chunks", "negative", "two lengths", "both ways"],
)
def test_a_body_that_is_not_what_was_announced_is_answered_in_time(
    served: Served, head: str, sent: bytes, status: bytes
):
    peak, began = Peak(served.process), time.monotonic()
    answer = served.raw(head + "Connection: close\r\n", sent)
    assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]
    assert time.monotonic() - began < BODY_SECONDS + 3
    assert peak.grown_mb() < MOST_MB


# -- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [pytest.param(1, id="short"), pytest.param(20, id="long", marks=pytest.mark.long)])
def test_hostile_files_are_refused_and_the_memory_stays_flat(
    tmp_path: Path, times: int, record_property: Callable[[str, object], None]
):
    files = {name: tmp_path / name for name in EXPECTED}
    header = f"{cases.HEAD}\n".encode()
    files["bomb.csv.gz"].write_bytes(gzip.compress(header, 1) + gzip.compress(b"a" * (1 << 26), 1) * (1 + times))
    files["columns.csv"].write_bytes(b";".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n")
    files["endless.csv"].write_bytes(header + b"x" * (20 * MIB * times))
    files["quote.csv"].write_bytes(header + b'"' + (b"x" * 99 + b"\n") * (MIB // 10 * times))
    files["name.jsonl"].write_bytes(cases.fact({"what": "x" * 10_000_000}).encode())
    files["nested.jsonl"].write_bytes(b"[" * 100_000 + b"\n" + b'{"a":' * 100_000)
    files["endless.jsonl"].write_bytes(b'{"a": "' + b"x" * (20 * MIB * times))
    workbook(files["far.xlsx"], {"T": [["a"], ["1"]]}, stray={"T": "XFD1048576"})
    workbook(files["bomb.xlsx"], {"T": [["a"], ["1"]]})
    with zipfile.ZipFile(files["bomb.xlsx"], "a") as parts:
        parts.writestr("xl/more.xml", bytes(MIB), zipfile.ZIP_DEFLATED)
        # Only the directory at the end says how much it claims to be.
        parts.getinfo("xl/more.xml").file_size = 2 << 30
    command = [sys.executable, "-m", "tests.bad_inputs.importer", str(tmp_path / "home"), "promises_csv"]
    run = subprocess.run(
        [*command, *map(str, files.values())], env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    told = {line["file"]: line for line in map(json.loads, run.stdout.splitlines())}
    record_property("grown_mb", {name: line["grown_mb"] for name, line in told.items()})
    assert {name: line["said"] for name, line in told.items()} == EXPECTED
    assert max(line["grown_mb"] for line in told.values()) < MOST_MB
    assert "Traceback" not in run.stderr


EXPECTED = {
    "bomb.csv.gz": "too_large",
    "columns.csv": "line_too_long",
    "endless.csv": "line_too_long",
    "quote.csv": "unclosed_quote",
    "name.jsonl": "line_too_long",
    "nested.jsonl": "too_deep",
    "endless.jsonl": "line_too_long",
    "far.xlsx": "too_large",
    "bomb.xlsx": "too_large",
}

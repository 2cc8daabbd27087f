"""Somebody who types what a page says into a shell, where `konto` answers without starting Python anew each time.

In the shell `konto` is a small client. It asks this process, which runs the real command line with the folder and the
environment of the shell. Starting Python for each of a dozen commands would take ten times as long as all of them do.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer
from typer.testing import CliRunner

from wiring.commands.konto import app
from wiring.shell import World

COMMAND = typer.main.get_command(app)

# Through a shell: the first line of a script takes no path with spaces.
CLIENT = """#!/bin/sh
"exec" "{python}" "-IS" "$0" "$@"
import json, os, socket, sys
asked = {{"folder": os.getcwd(), "environment": dict(os.environ), "arguments": sys.argv[1:]}}
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    line.sendall(json.dumps(asked).encode() + b"\\n")
    answer = json.loads(line.makefile("rb").readline())
sys.stdout.buffer.write(answer["out"].encode())
sys.stderr.buffer.write(answer["err"].encode())
sys.exit(answer["code"])
"""


def typed(script: str, folder: Path) -> str:
    """What a shell prints in which this is typed; it must not fail anywhere."""
    with TemporaryDirectory(prefix="konto") as short:
        # The address of a socket has room for a hundred letters, and folders of tests are deep.
        return _typed(script, folder, f"{short}/line")


def _typed(script: str, folder: Path, address: str) -> str:
    client = folder / "bin" / "konto"
    client.parent.mkdir()
    client.write_text(CLIENT.format(python=sys.executable, address=address), encoding="utf-8")
    client.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KONTO_")}
    environment |= {"HOME": str(folder), "PATH": f"{client.parent}{os.pathsep}{os.environ['PATH']}"}
    with socket.socket(socket.AF_UNIX) as desk:
        desk.bind(address)
        desk.listen()
        desk.settimeout(0.05)
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            stdout=(out := (folder / "out").open("wb+")),
            stderr=(err := (folder / "err").open("wb+")),
        )
        try:
            while shell.poll() is None:
                _answer(desk)
        finally:
            shell.kill()
            shell.wait()
    printed, complaints = (_all_of(file) for file in (out, err))
    assert shell.returncode == 0, f"{printed}\n{complaints}"
    return printed


def _answer(desk: socket.socket) -> None:
    try:
        line, _ = desk.accept()
    except TimeoutError:
        return
    with line:
        line.setblocking(True)
        asked = json.loads(line.makefile("rb").readline())
        line.sendall(json.dumps(_run(asked)).encode() + b"\n")


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    code = 0
    with chdir(asked["folder"]), CliRunner().isolation() as (out, err, _):
        try:
            COMMAND.main(asked["arguments"], prog_name="konto", obj=World(asked["environment"]))
        except SystemExit as end:
            code = int(end.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        return {"out": out.getvalue().decode(), "err": err.getvalue().decode(), "code": code}


def _all_of(file: Any) -> str:
    with file:
        file.seek(0)
        return file.read().decode("utf-8")

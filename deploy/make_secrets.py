#!/usr/bin/env python3
"""Makes the secrets that docker-compose.yml hands to the containers: python3 deploy/make_secrets.py

They become files in deploy/secrets, which git leaves alone. What is there already is kept, so a second start changes
nothing, and a password of your own may be put there before the first. Needs nothing but Python.

On this machine the folder keeps them: only its owner gets into it. The files themselves may be read by everybody,
since containers get them with the mode they have here, and the users inside containers are not the owner.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).resolve().parent / "secrets"
FOLDER_MODE = 0o700
FILE_MODE = 0o444

PASSWORD = "postgres_password.txt"
STORE = "store_url.txt"
MAIL = "mail_password.txt"
DASHBOARD = "dashboard.env"

NO_PASSWORD = "not-set"
"""Stands for a password that a mail server without a login never asks for: an empty setting would be refused."""


class Refused(Exception):
    """What is there does not fit together; the text says what to do."""


def make(folder: Path) -> list[str]:
    """Makes what is missing and names it. Raises Refused."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    if (folder / STORE).exists() and not (folder / PASSWORD).exists():
        raise Refused(f"{folder / STORE} is there without {PASSWORD}. Please put that back, or remove both.")
    contents: dict[str, Callable[[], str]] = {
        PASSWORD: random_text,
        STORE: lambda: store_url((folder / PASSWORD).read_text("utf-8").strip()),
        MAIL: lambda: NO_PASSWORD,
        DASHBOARD: lambda: f"KONTO_DASHBOARD_TOKEN={random_text()}",
    }
    made = [name for name, content in contents.items() if not (folder / name).exists()]
    for name in made:
        _write(folder / name, contents[name]() + "\n")
    return made


def random_text() -> str:
    """43 characters, none of which means anything in an address or a file of settings."""
    return secrets.token_urlsafe(32)


def store_url(password: str) -> str:
    if not password:
        raise Refused(f"{PASSWORD} is empty. Please put a password into it, or remove it.")
    return f"postgresql://vertrauenskonto:{quote(password, safe='')}@postgres:5432/vertrauenskonto"


def _write(file: Path, text: str) -> None:
    # Never over an existing one, and complete before others may read it.
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    file.chmod(FILE_MODE)


def main(folder: Path = FOLDER) -> int:
    try:
        made = make(folder)
    except (Refused, OSError) as refused:
        print(refused, file=sys.stderr)
        return 1
    print(f"Made in {folder}: {', '.join(made)}" if made else f"Everything is in {folder} already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

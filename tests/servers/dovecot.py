"""A real Dovecot for tests, the mail server of many a firm, that nobody but this machine can reach."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from tests.alerts.certificates import Authority
from tests.servers.finding import HOST, SYSTEM, Program, ServerError, free_port, unprivileged
from tests.servers.leavings import Place
from tests.servers.server import Server

PASSWORD = "jo8-Grinsekatze"
"""Of every user; and every name is one."""
VERSION = "2.3."
"""Later ones are set up in other words."""

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap
listen = {host}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
auth_failure_delay = 0
auth_username_chars =
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
mail_location = maildir:{folder}/data/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/data/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Gesendet {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


def why_none() -> str | None:
    """Why there is no Dovecot here; None where there is one."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        return "Dovecot is not installed (Debian: dovecot-imapd)."
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return None if version.startswith(VERSION) else f"Dovecot {version} is set up in other words than {VERSION}x."


class DovecotServer(Server):
    """With a certificate for `localhost`. What lies in a mailbox is put there by `deliver`."""

    NAME = "dovecot"
    USUAL_PORT = 143
    IN_ORDER = signal.SIGTERM
    AT_ONCE = signal.SIGTERM

    def __init__(self, folder: Path, authority: Authority) -> None:
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert program is not None, why_none()
        super().__init__(folder, programs=[Program(Path(program), SYSTEM)], account=unprivileged())
        authority.server("localhost")
        self.certificate = authority.folder / "localhost.pem"
        self.tls_port = 0

    def deliver(
        self, user: str, mail: bytes, received: datetime, *, folder: str = "INBOX", flags: tuple[bytes, ...] = ()
    ) -> None:
        with self.connected(user) as client:
            client.append(folder, mail, flags, received)

    @contextmanager
    def connected(self, user: str) -> Iterator[IMAPClient]:
        with IMAPClient(HOST, self.port, ssl=False, timeout=10) as client:
            client.plain_login(user, PASSWORD)
            yield client

    def _own_url(self) -> str:
        return f"imap://{HOST}:{self.port}"

    def _prepare(self, program: Program, place: Place) -> Program:
        self.data = place.folder / "data"
        for each in (self.data, place.folder / "run", place.folder / "state"):
            each.mkdir(0o700, exist_ok=True)
            if self._account is not None:
                os.chown(each, self._account.uid, self._account.gid)
        copy = place.folder / "certificate.pem"
        shutil.copy(self.certificate, copy)
        if self._account is not None:
            os.chown(copy, self._account.uid, self._account.gid)
        return program

    def _command(self, program: Program) -> list[str]:
        assert self._place is not None
        self.tls_port = free_port()
        account = pwd.getpwuid(self._account.uid if self._account else os.getuid())
        told = CONFIGURATION.format(
            folder=self._place.folder,
            host=HOST,
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            certificate=self._place.folder / "certificate.pem",
            port=self._port,
            tls_port=self.tls_port,
            password=PASSWORD,
        )
        file = self._place.folder / "dovecot.conf"
        file.write_text(told, encoding="utf-8")
        file.chmod(0o644)
        return [str(program.path), "-F", "-c", str(file)]

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self._port), 2) as asked:
                return asked.recv(200).startswith(b"* OK")
        except OSError as error:
            self._refusal = str(error)
            return False

    def _tidy(self) -> None:
        raise ServerError("Nobody else's Dovecot is used.")

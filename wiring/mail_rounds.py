"""The round of the worker through all mailboxes, each as often as its setting says."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from wiring.home import AlreadyRunning, Konto
from wiring.mailbox import MailboxTrouble
from wiring.mailing import read_mailbox

log = structlog.get_logger("konto")

S_PER_MINUTE = 60


class Rounds:
    def __init__(self, konto: Konto) -> None:
        self.konto = konto
        self.next_s = dict.fromkeys(konto.settings.mailboxes, 0.0)
        """When each is due, on the machine's running clock."""

    def turn(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Those that are due, one after the other; a server that fails is asked again in its own time."""
        for name, mailbox in self.konto.settings.mailboxes.items():
            if stopping() or time.monotonic() < self.next_s[name]:
                continue
            self.next_s[name] = time.monotonic() + mailbox.every_minutes * S_PER_MINUTE
            self._read(name)

    def _read(self, name: str) -> None:
        try:
            summary = read_mailbox(self.konto, name)
        except MailboxTrouble as trouble:
            log.warning("mailbox_failed", mailbox=name, trouble=trouble.trouble)
        except AlreadyRunning:
            log.debug("mailbox_in_use", mailbox=name)
        else:
            if summary.read:
                log.info(
                    "mailbox_read",
                    mailbox=name,
                    read=summary.read,
                    recorded=summary.recorded,
                    refused=summary.refused,
                    left_out=sum(summary.left_out.values()),
                )

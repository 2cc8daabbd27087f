"""The home behind the pages: opened once, brought up to date at every question."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from dashboard.answers import accounts, lists, overview
from dashboard.data import Account, Firm, Hit, Overview, PromiseFilter, PromisePage, Reader, Span
from wiring.embedded import Konto, open_home


class Home:
    """Answers every page's questions; see `dashboard.data.Source`."""

    def __init__(self, konto: Konto) -> None:
        self.konto = konto

    @classmethod
    def opened(cls, path: Path) -> Home:
        return cls(open_home(path, environment=os.environ))

    def now(self) -> datetime:
        return self.konto.clock()

    def firm(self, reader: Reader) -> Firm:
        return Firm(self.konto.settings.firm, None)

    def overview(self, reader: Reader, weeks: int) -> Overview | None:
        self.konto.catch_up()
        return overview.overview(self.konto, reader, weeks)

    def promises(self, reader: Reader, asked: PromiseFilter, page: int) -> PromisePage:
        self.konto.catch_up()
        return lists.promises(self.konto, reader, asked, page)

    def customers(self, reader: Reader, text: str) -> tuple[Hit, ...]:
        self.konto.catch_up()
        return accounts.customers(self.konto, text)

    def account(self, reader: Reader, customer: str, span: Span) -> Account | None:
        self.konto.catch_up()
        return accounts.account(self.konto, reader, customer, span)

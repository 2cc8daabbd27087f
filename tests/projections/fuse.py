"""A power cut at the n-th statement or commit, on either store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from eventsourcing.sqlite import SQLiteConnection, SQLiteCursor
from psycopg.transaction import BaseTransaction


class PowerCut(OSError):
    """Of the kind that no fact can do anything about."""


class Fuse:
    """Counts every statement of this thread, also those that the library makes past our own cursor."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = -1
        self.used = 0
        self.thread = threading.current_thread()
        for owner, name in (
            (SQLiteCursor, "execute"),
            (SQLiteCursor, "executemany"),
            (SQLiteConnection, "commit"),
            (psycopg.Cursor, "execute"),
            (psycopg.Cursor, "executemany"),
            (psycopg.Cursor, "copy"),
            (BaseTransaction, "_commit_gen"),
        ):
            monkeypatch.setattr(owner, name, self._counting(getattr(owner, name)))

    def _counting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            # The pool asks with an empty statement whether a connection lives, and replaces one that does not.
            if args[1:2] != ("",) and threading.current_thread() is self.thread:
                self.burn()
            return real(*args, **kwargs)

        return counted

    def burn(self) -> None:
        self.used += 1
        self.left -= 1
        if self.left == 0:
            raise PowerCut

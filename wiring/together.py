"""Several who record at the same time share one transaction: whoever gets the turn takes along all who wait.

A commit waits for the disk, and the store takes one writer at a time. Eight callers who each wait for both take eight
times as long as one; together they take as long as one (group commit, DeWitt and others 1984).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from domain.errors import Refused
from domain.fact import Fact
from domain.record import Receipt
from domain.store import StoreBusy, StoreTrouble

MOST = 1_000
"""Facts that one transaction takes along from others, so that nobody waits long for strangers."""

Record = Callable[[Sequence[Fact]], list[Receipt]]


class _Waiting:
    """What somebody brought, and what became of it; `woken` is held until it is over, or their turn."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = facts
        self.receipts: list[Receipt] | None = None
        self.trouble: Exception | None = None
        self.woken = Lock()
        self.woken.acquire()

    @property
    def is_over(self) -> bool:
        return self.receipts is not None or self.trouble is not None

    def answer(self) -> list[Receipt]:
        if self.trouble is not None:
            raise self.trouble
        assert self.receipts is not None
        return self.receipts


class Together:
    """For all threads of a process. Who is done goes at once, while the next one writes."""

    def __init__(self) -> None:
        self._door = Lock()
        self._waiting: list[_Waiting] = []
        self._writer: _Waiting | None = None
        """Whose turn it is."""

    def record(self, facts: Sequence[Fact], record: Record) -> list[Receipt]:
        """The receipts of these facts. Raises what `record` raises of them; nobody hears of another's mistake."""
        mine = _Waiting(facts)
        with self._door:
            self._waiting.append(mine)
            if self._writer is None:
                self._writer = mine
        try:
            if self._writer is not mine:
                mine.woken.acquire()
            if not mine.is_over:
                self._write(mine, record)
        finally:
            self._leave(mine)
        return mine.answer()

    def _write(self, mine: _Waiting, record: Record) -> None:
        with self._door:
            taken = self._next(mine)
        try:
            _take(taken, record)
        finally:
            self._leave(mine)
            for each in taken:
                if not each.is_over:  # we were interrupted: theirs may be kept, and will be found
                    each.trouble = StoreBusy()
                if each is not mine:
                    each.woken.release()

    def _next(self, mine: _Waiting) -> list[_Waiting]:
        """In the order in which they came, as many as fit; mine in any case."""
        taken, room = list[_Waiting](), MOST
        for each in self._waiting:
            room -= len(each.facts)
            if room < 0 and taken:
                break
            taken.append(each)
        if mine not in taken:
            taken = [mine]
        self._waiting = [each for each in self._waiting if each not in taken]
        return taken

    def _leave(self, mine: _Waiting) -> None:
        """Whoever has waited longest is next, if it was our turn; also where we were interrupted while waiting."""
        with self._door:
            if mine in self._waiting:
                self._waiting.remove(mine)
            if self._writer is not mine:
                return
            self._writer = self._waiting[0] if self._waiting else None
            if self._writer is not None:
                self._writer.woken.release()


def _take(together: Sequence[_Waiting], record: Record) -> None:
    try:
        receipts = iter(record([fact for each in together for fact in each.facts]))
        for each in together:
            each.receipts = [next(receipts) for _ in each.facts]
    except (StoreTrouble, Refused) as trouble:
        for each in together:
            each.trouble = trouble
    except Exception as trouble:
        if len(together) == 1:
            together[0].trouble = trouble
            return
        # Nothing was kept. One of them is to blame, and only that one is to hear of it.
        for each in together:
            _take([each], record)

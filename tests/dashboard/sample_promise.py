"""The invented firm's promises one by one, and what somebody does about them and all else."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.deeds import Doing
from dashboard.shapes.promise import Line, Move, OnePromise, Pause, Warned
from dashboard.shapes.promises import PromiseRow
from dashboard.shapes.timeline import TimelineEntry
from tests.dashboard.sample_attention import NOW


class Firm(Protocol):
    """What the rest of the sample knows."""

    done: list[Doing]
    undone: list[str]
    refusing: Refusal | None

    def _all(self, reader: Reader) -> list[PromiseRow]: ...


class Promises:
    """Answers the questions about one promise, and remembers what was done."""

    def __init__(self) -> None:
        self.done: list[Doing] = []
        self.undone: list[str] = []

    def do(self: Firm, reader: Reader, doing: Doing) -> Refusal | None:
        if self.refusing is None and doing.id not in [each.id for each in self.done]:
            self.done.append(doing)
        return self.refusing

    def undo(self: Firm, reader: Reader, id: str) -> Refusal | None:
        self.undone.append(id)
        return self.refusing

    def promise(self: Firm, reader: Reader, name: str) -> OnePromise | None:
        row = next((each for each in self._all(reader) if name in (each.id, f"sample:{each.id}")), None)
        if row is None:
            return None
        made, german = NOW - timedelta(days=9), reader.lang == "de"
        words = ("Zugesagt: ", "verschoben") if german else ("Promised: ", "moved")
        due = row.due or NOW
        return OnePromise(
            row=row._replace(plan_b_text="Ersatzgerät aus dem Lager" if german else "The spare unit in the store"),
            outcome="overdue" if row.state == "overdue" else "open",
            binding="firm",
            severity="normal",
            internal=False,
            supplier="Heizgroß Ulm",
            product=None,
            made=made,
            made_by=row.owner,
            channel="phone",
            first_due=due - timedelta(days=2),
            counting_due=due,
            due=due,
            settled=None,
            degree=None,
            late_seconds=None,
            in_time=True,
            said_so=False,
            reason=None,
            alternative=None,
            evidence=None,
            amount=None,
            charged=None,
            currency=None,
            plan_b="Ersatzgerät aus dem Lager" if german else "The spare unit in the store",
            moves=(
                Move(
                    told=NOW - timedelta(days=4),
                    in_time=True,
                    by_customer=False,
                    agreed=True,
                    before=due - timedelta(days=2),
                    due=due,
                    alternative="Vorab eine Leihheizung" if german else "A heater on loan until then",
                    reason="Das Teil kommt später" if german else "The part comes later",
                ),
            ),
            pauses=(Pause(NOW - timedelta(days=3), NOW - timedelta(days=2), "customer"),),
            lines=(Line(NOW - timedelta(days=4), f"{row.what}: {words[1]}", "", 0, 0, False),),
            alerts=(
                Warned(NOW - timedelta(days=1), "due_soon", "", row.owner, "acknowledged", row.owner, NOW),
                Warned(NOW - timedelta(hours=1), "last_call", "", row.owner, "delivered", None, None),
            ),
            facts=(
                TimelineEntry(made, made, "promise", words[0] + row.what, "", row.owner, "crm:1", "counts"),
                TimelineEntry(made, NOW, "promise", f"{row.what}: {words[1]}", "", None, "crm:2", "retracted", NOW),
            ),
        )

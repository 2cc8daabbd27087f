"""How the invented firm's installation runs: all well, or with everything that can be the matter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.operations import (
    AwayRow,
    DocumentRow,
    DoorRow,
    KeyRow,
    Lag,
    Messages,
    Note,
    Operations,
    ParkedRow,
    RefusedFile,
    Service,
    StillRow,
)
from dashboard.shapes.people import Away

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 7, 40, tzinfo=BERLIN)


class Running:
    """Answers the question how it runs; `unwell`: with everything that can be the matter."""

    _customers: int

    def __init__(self) -> None:
        super().__init__()
        self.unwell = False
        self.reaches_all = True
        self.still_waiting: list[int] = [15, 0]
        """What comes of it each time somebody tries again."""

    def try_again(self, reader: Reader) -> int | Refusal:
        return self.still_waiting.pop(0)

    def operations(self, reader: Reader) -> Operations | Refusal:
        german, wrong = reader.lang == "de", self.unwell
        said = "Der Worker steht seit 3 Stunden." if german else "The worker has not turned for 3 hours."
        notes = (
            Note("log", True, "Alles da." if german else "All there."),
            Note("worker", not wrong, said if wrong else "Der Worker läuft." if german else "The worker runs."),
            Note("backup", True, _backed_up(german)),
            Note("messages", True, "Post geht über mail.example.com." if german else "Mail goes by mail.example.com."),
        )
        turned = NOW - timedelta(hours=3) if wrong else NOW - timedelta(seconds=4)
        return Operations(
            at=NOW,
            notes=notes,
            lag=Lag(120_000, 119_400, NOW - timedelta(minutes=12)) if wrong else Lag(120_000, 120_000, None),
            services=(
                Service("follow", turned, 0 if wrong else 2, not wrong),
                Service("schedule", None if wrong else turned, 0 if wrong else 1, not wrong),
                Service("send", turned, 0 if wrong else 1, not wrong),
            ),
            messages=Messages(61, 48, 3, 14, ("email",) if wrong else ()),
            doors=_doors(wrong) if self.reaches_all else None,
            parked=_parked(german) if wrong else (),
            parked_total=12 if wrong else 0,
            still=_still(german) if wrong else (),
            still_total=9 if wrong else 0,
            refused=(RefusedFile("hook-hubspot-1a2b", NOW - timedelta(days=1), 3),) if wrong else (),
            refused_total=1 if wrong else 0,
            people=3 if self._customers else 0,
            away=(AwayRow("Mehmet Kaya", Away(date(2026, 3, 9), date(2026, 3, 20)), None if wrong else "Sevda Aydin"),)
            if self._customers
            else (),
            missing=() if self._customers else ("people", "land"),
            keys=_keys() if self.reaches_all else None,
            documents=(
                DocumentRow("rulebook", 2, NOW - timedelta(days=38), False, datetime(2026, 4, 1, tzinfo=BERLIN)),
                DocumentRow("calendars", 1, None, False, None),
                DocumentRow("people", 0, None, True, None),
            ),
            today=NOW.date(),
        )


def _backed_up(german: bool) -> str:
    if german:
        return "Die neueste Sicherung ist 9 Stunden alt; aufgehoben sind 14."
    return "The newest backup was made 9 hours ago; 14 are kept."


def _still(german: bool) -> tuple[StillRow, ...]:
    damaged = "lässt sich nicht lesen" if german else "cannot be read"
    return (
        StillRow("Petra Meier", 118_204, damaged, 14),
        StillRow("Regelwerk" if german else "Rulebook", 119_001, damaged, 1),
    )


def _doors(wrong: bool) -> tuple[DoorRow, ...]:
    failed = NOW - timedelta(hours=5) if wrong else None
    return (
        DoorRow("mailbox", "info", "failing" if wrong else "well", NOW - timedelta(minutes=3), failed),
        DoorRow("calendar", "ines", "late" if wrong else "well", NOW - timedelta(minutes=9), None),
        DoorRow("hook", "hubspot", "unknown", None, None),
    )


def _parked(german: bool) -> tuple[ParkedRow, ...]:
    text = "eine Zusage: erfüllt" if german else "a promise: fulfilled"
    return (
        ParkedRow(text, "crm:P-9/f", "P-9", NOW - timedelta(days=2), False),
        ParkedRow(text, "crm:P-5/f", "P-5", NOW - timedelta(days=1), True),
    )


def _keys() -> tuple[KeyRow, ...]:
    made = NOW - timedelta(days=60)
    return (
        KeyRow("a1b2c3d4e5", "*Zammad*", ("facts:write",), None, made, None, None, True),
        KeyRow("0f1e2d3c4b", None, ("read", "alerts"), "Lutz Brandt", made, NOW + timedelta(days=30), None, True),
        KeyRow("99aabbccdd", "Kalender", ("feed",), "Sevda Aydin", made, None, NOW - timedelta(days=3), False),
        KeyRow("1234567890", None, ("admin",), None, made, NOW - timedelta(days=1), None, False),
    )

"""The invented firm's documents: texts to publish, a proposal, people and hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dashboard.answers import publishing as checking
from dashboard.shapes.asking import Reader, Refusal, Tell
from dashboard.shapes.people import Away, CalendarRow, Closed, PeopleAndHours, PersonRow, TeamRow
from dashboard.shapes.per_person import OpeningAsked
from dashboard.shapes.publishing import Kind, Proposal, Published, Ready, Texts, Weight
from domain.roles import LOCAL_USER
from domain.rulebook import default_text
from tests.dashboard.sample_attention import OPENING
from wiring.defaults import DEFAULTS
from words import translator

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 7, 40, tzinfo=BERLIN)
TODAY = default_text().replace("kept = 4 ", "kept = 3 ")
DAY = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))


class Steered:
    """Answers the questions about what steers the firm. Needs the rest of the sample."""

    _customers: int

    def __init__(self) -> None:
        super().__init__()
        self.published: list[tuple[Kind, str, date | None]] = []
        self.may_publish = True
        self._proposed = False
        self.opened: OpeningAsked | Literal[False] | None = None
        """What somebody opened; False: closed; None: as it was."""

    # -- documents --------------------------------------------------------------------------------

    def document_texts(self, reader: Reader, kind: Kind) -> Texts | Refusal:
        today = TODAY if kind == "rulebook" else DEFAULTS[kind]()
        return Texts(today, DEFAULTS[kind](), self.may_publish)

    def document_findings(self, reader: Reader, kind: Kind, text: str) -> tuple[str, ...]:
        return checking.findings(reader, kind, text)

    def ready_to_publish(self, reader: Reader, kind: Kind, text: str) -> Ready | Refusal:
        if not self.may_publish:
            return Refusal(("Das dürfen Sie nicht.",))
        today = self.document_texts(reader, kind).today  # type: ignore[union-attr]
        changed = ()
        if kind == "rulebook":
            changed = checking.changes(LOCAL_USER, today, text, translator(reader.lang))
        return Ready(text == today, changed)

    def publish(self, reader: Reader, kind: Kind, text: str, day: date | None) -> Published | Refusal:
        start = NOW if day is None else datetime.combine(day, time(), tzinfo=BERLIN)
        if (kind, text, day) in self.published:
            return Published(False, start)
        self.published.append((kind, text, day))
        return Published(True, start)

    # -- proposal ---------------------------------------------------------------------------------

    def proposed(self, reader: Reader) -> Proposal | Refusal | None:
        return self._proposal(reader) if self._proposed else None

    def propose(self, reader: Reader, tell: Tell) -> Proposal | Refusal:
        tell(self._customers, self._customers)
        if not self._customers:
            return Refusal(("Die Kunden haben noch nichts gesagt.",))
        self._proposed = True
        return self._proposal(reader)

    def _proposal(self, reader: Reader) -> Proposal:
        german = reader.lang == "de"
        return Proposal(
            at=NOW - timedelta(minutes=2),
            newer=False,
            fitted="Angepasst an 412 Fälle vor dem 3. Januar." if german else "Fitted to 412 cases before 3 January.",
            verdict=("Also sagen sie mehr.",) if german else ("So they say more.",),
            better=True,
            weights=(
                Weight("Gar nicht gehalten", "Zusagen", -800, -925, "88 Fälle: wiegt *mehr*.", True),
                Weight("3 Tage zu spät", "Zusagen", -500, -525, "140 Fälle: wiegt mehr.", True),
                Weight("Erfüllt", "Zusagen", 400, 400, "8 Fälle, weniger als 20: bleibt.", False),
            ),
            text=default_text().replace("broken = -8", "broken = -9.25"),
        )

    # -- people -----------------------------------------------------------------------------------

    def people(self, reader: Reader) -> PeopleAndHours | Refusal:
        office = CalendarRow(
            name="betrieb",
            usual=True,
            teams=(),
            zone="Europe/Berlin",
            country="DE",
            land="BW" if self._customers else None,
            week=(DAY, DAY, DAY, DAY, DAY[:1], (), ()),
            closed=(
                Closed(date(2026, 4, 3), date(2026, 4, 3), "Karfreitag"),
                Closed(date(2026, 8, 3), date(2026, 8, 21), "Betriebsferien"),
            ),
        )
        if not self._customers:
            return PeopleAndHours((), (), (office,), None, None, ("people", "land"), True, True)
        service = office._replace(
            name="notdienst", usual=False, teams=("Notdienst",), closed=(), week=(((0, 86_400),),) * 7
        )
        persons = (
            PersonRow("Lutz Brandt", ("owner", "manager", "admin"), None, None, None, (), True),
            PersonRow(
                "Mehmet Kaya",
                ("owner",),
                "Kundendienst",
                "Sevda Aydin",
                Away(date(2026, 3, 9), date(2026, 3, 20)),
                (Away(date(2026, 8, 3), date(2026, 8, 14)),),
                True,
            ),
            PersonRow("Sevda *Aydin*", ("owner", "auditor"), "Kundendienst", "Lutz Brandt", None, (), False),
        )
        teams = (
            TeamRow("Kundendienst", "Lutz Brandt", (), "betrieb"),
            TeamRow("Notdienst", None, ("Lutz Brandt",), "notdienst"),
        )
        may = self.may_publish
        return PeopleAndHours(
            persons,
            teams,
            (office, service),
            "Lutz Brandt",
            "info@example.com",
            (),
            may,
            may,
            openings=(OPENING,) if self.opened is None else (),
            may_open_figures=may,
        )

    def open_figures(self, reader: Reader, asked: OpeningAsked) -> Refusal | None:
        if not asked.purpose:
            return Refusal(("Bitte sagen Sie, wofür.",))
        self.opened = asked
        return None

    def close_figures(self, reader: Reader) -> Refusal | None:
        self.opened = False
        return None

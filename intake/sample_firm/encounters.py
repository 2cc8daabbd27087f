"""The planted stories of what lies beyond promises: silence, complaints, a supplier's claims, mistakes in the book.

Who is who stands in stories.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from intake.sample_firm import work
from intake.sample_firm.approaches import QUARTER
from intake.sample_firm.book import Entry, Thread
from intake.sample_firm.telling import CAME_TWICE, TWICE, TWIN, Telling
from intake.sample_firm.workdays import DAY, HOUR


class Encounters(Telling):
    def meet(self) -> None:
        self.lost_in_silence()
        self.recovered_in_order()
        self.not_recovered()
        self.claims_are_broken()
        self.the_wrong_one_was_recorded()
        self.twice_in_the_book()
        self.habits()
        self.small_talk()

    def lost_in_silence(self) -> None:
        who = "Metzgerei Sautter"
        often = range(540, 262, -21)
        for nth, ago in enumerate(often):
            channel = ("phone", "email", "phone")[nth % 3]
            self.asks(who, self.minute(ago, 9) + 25 + nth, channel, answered=1 + nth % 3)
        for ago, hours in ((229, 13), (177, 14), (104, 11)):
            self.asks(who, self.minute(ago, 10) + 5, "email", answered=hours)
        self.kept(who, 520, "Wartung der Gastherme", "rolf")
        self.kept(who, 452, "Rohrreinigung in der Wurstküche", "mehmet", lead=12)
        self.kept(who, 388, "Angebot Warmwasserspeicher", "lutz", kind="other", by_date=True)
        self.kept(who, 331, "Legionellenprüfung", "rolf")
        self.kept(who, 275, "Prüfbericht zum Trinkwasser", "sevda", kind="other", by_date=True)
        run = self.promise(who, 214, "Reparatur der Kühlwasserleitung", "mehmet", kind="quality", lead=24)
        run.fulfil(run.due + 6 * HOUR)
        visit = self.promise(who, 168, "Wartung der Gastherme", "mehmet")
        visit.move(visit.due - 50, visit.due + 16 * HOUR, reason="Notfall ging vor")
        visit.fulfil(visit.due - 40)
        run = self.promise(who, 100, "Rückruf zum Wartungsvertrag", "lutz", kind="callback", lead=5)
        run.fulfil(run.due + 7 * HOUR)
        self.feedback_wanted(who, 94, run.entry)
        self.feedback_wanted(who, 55, visit.entry)
        self.leaves(who, 16, "Lässt die Anlage jetzt von einem anderen Betrieb warten")

    def recovered_in_order(self) -> None:
        who = "Hildegard Krämer"
        self.kept(who, 505, "Wartung der Ölheizung", "rolf")
        self.kept(who, 430, "Reparatur der WC-Spülung", "mehmet", kind="quality", lead=16)
        self.kept(who, 349, "Wartung der Ölheizung", "rolf")
        self.kept(who, 268, "Thermostatventile", "anton", kind="delivery", lead=32)
        run = self.promise(who, 206, "Entstörung der Heizung", "mehmet", hour=14, lead=10, severity="serious")
        self.asks(who, run.due + 90, "phone", answered=0.2, about=run.entry, chases=run.entry)
        run.fulfil(run.due + 8 * HOUR)
        mend = self.complains(
            who,
            self.evening(run.entry.last),
            "complaint",
            "Den Nachmittag und die Nacht im Kalten gesessen, und niemand ruft an",
            "mehmet",
            promise=run.entry,
            severity="serious",
        )
        mend.assign("karin")
        for minutes, verb, data in (
            (45, "explained", {"channel": "phone"}),
            (60, "apologised", {"channel": "phone"}),
            (
                7 * HOUR,
                "chance_asked",
                {"channel": "phone", "offer": work.OFFERS[0], "amount": 120.0},
            ),
            (10 * HOUR, "talked", {"channel": "in_person"}),
        ):
            mend.done = minutes
            mend.tell(f"incident.{verb}", by="karin", **data)
        mend.offer_answered(True)
        mend.done = 22 * HOUR
        mend.tell("incident.resolved", reason="Brenner getauscht, zusammen in Betrieb genommen")
        mend.done += 5 * DAY
        mend.tell("incident.closed")
        for ago, what, by, kind in (
            (193, "Einstellung der Heizkurve", "anton", "quality"),
            (176, "Wartung der Ölheizung ohne Berechnung", "anton", "appointment"),
            (158, "Elektroheizer als Reserve", "anton", "delivery"),
            (139, "Entlüftung der Heizkörper", "jonas", "quality"),
        ):
            self.kept(who, ago, what, by, kind=kind, lead=24)
        self.calls(who, 184, 10, "check_in", "karin")
        self.calls(who, 148, 11, "advice", "lutz", "in_person")
        entry = self.kept(who, 128, "Rückruf zum Wartungsvertrag", "lutz", kind="callback", lead=5)
        self.says(entry, 5, "Frau Kessler kam selbst. Seither weiß ich, wen ich anrufe.")
        self.calls(who, 84, 9, "check_in", "karin")
        self.kept(who, 45, "Legionellenprüfung", "jonas")

    def not_recovered(self) -> None:
        who = "Rainer Stolz"
        self.kept(who, 470, "Wartung der Gastherme", "rolf")
        self.kept(who, 360, "Rückruf zu den Heizkosten", "sevda", kind="callback", lead=5)
        self.kept(who, 281, "Angebot Warmwasserspeicher", "lutz", kind="other", by_date=True)
        run = self.promise(
            who,
            203,
            "Warmwasserspeicher",
            "mehmet",
            kind="delivery",
            lead=48,
            supplier="Heizgroß Ulm",
            product="Speicher 300",
        )
        thread = Thread()
        chasing: dict[str, Any] = {"about": run.entry, "chases": run.entry}
        first = self.asks(who, run.due + 4 * HOUR, "phone", answered=7, **chasing)
        written = self.asks(who, run.due + 11 * HOUR, "email", thread=thread, to="mehmet", evening=True, **chasing)
        if written is not None:
            reply = written.begun + timedelta(minutes=1)
            written.add(reply, "contact.answered", channel="email", automatic=True)
        run.tell(run.due + 26 * HOUR, "promise.broken", reason="Vergessen, nicht notiert")
        mend = self.complains(
            who,
            self.evening(run.entry.last),
            "complaint",
            "Drei Wochen gewartet, dreimal nachgefragt, und dann war nichts bestellt",
            "mehmet",
            promise=run.entry,
        )
        again = self.asks(
            who,
            mend.start + 12 * HOUR,
            "email",
            thread=thread,
            answered=10,
            evening=True,
            chases=first,
            about=run.entry,
        )
        mend.done = 30 * HOUR
        mend.tell("incident.apologised", by="sevda", channel="email")
        self.asks(who, mend.start + 45 * HOUR, "phone", answered=9, chases=again, about=run.entry)
        mend.done = 20 * DAY
        mend.tell("incident.closed", reason="Gutschrift verschickt")
        self.says(run.entry, 1, "Eine Entschuldigung per E-Mail. Mit mir gesprochen hat niemand.", days=9, asked=False)
        self.leaves(who, 128, "Hat einen Betrieb gefunden, der zurückruft")

    def claims_are_broken(self) -> None:
        """With the three of others (mishaps.py) they make the card yellow, then red."""
        who = "Autohaus Ziegler"
        goods: dict[str, Any] = {"supplier": "Thermotec", "product": "Thermotec Aero 9"}
        self.kept(who, 480, "Wartung der Gastherme", "rolf")
        self.calls(who, 352, 9, "needs", "lutz", "in_person")
        self.kept(who, 330, "Angebot Wärmepumpe", "lutz", kind="other", by_date=True)
        self.kept(who, 270, "Wärmepumpe", "anton", kind="delivery", lead=80, **goods)
        self.kept(who, 262, "Einbau der Wärmepumpe", "anton", lead=32, severity="serious")
        for ago, text in (
            (200, "Jahresarbeitszahl 4,1 versprochen, 2,9 gemessen"),
            (40, "Nach dem Austausch der Platine dasselbe: 3,0 statt 4,1"),
        ):
            at = self.book.workdays.happening(self.minute(ago, 10) + 15)
            mend = self.complains(who, at, "product_claim", text, "lutz", **goods)
            mend.step(120, "explained", channel="phone")
            mend.step(300, "apologised", channel="phone")
            if ago > 100:
                mend.waits_for_a_part()
                mend.resolved(mend.done + 20 * HOUR)
                mend.closed()
        self.kept(who, 176, "Regelungsplatine für die Wärmepumpe", "anton", kind="delivery", lead=40, **goods)
        self.kept(who, 96, "Wartung der Wärmepumpe", "jonas")
        self.calls(who, 31, 14, "advice", "lutz", "in_person")

    def the_wrong_one_was_recorded(self) -> None:
        who = "Schreinerei Holzapfel"
        self.kept(who, 410, "Wartung der Pelletheizung", "mehmet")
        self.kept(who, 300, "Rohrreinigung in der Werkstatt", "mehmet", lead=12)
        self.kept(who, 120, "Wartung der Pelletheizung", "jonas")
        goods: dict[str, Any] = {"kind": "delivery", "supplier": "Heizgroß Ulm"}
        meant = self.promise(who, 24, "Zirkulationspumpe", "anton", lead=44, product="Zirkulation 15", **goods)
        due = meant.due + 2 * DAY
        mistaken = self.promise_until(who, due, "Umwälzpumpe", "anton", lead=52, product="Umwälzpumpe 25-60", **goods)
        gone = "Teil ist nicht mehr zu bekommen"
        written = meant.due - 6 * HOUR
        mistaken.tell(written, "promise.broken", reason=gone)
        noticed = self.book.workdays.next_day(written) + 35
        reason = "Verwechselt: nicht mehr zu bekommen ist die Zirkulationspumpe"
        mistaken.tell(noticed, "fact.retracted", retracts="broken", reason=reason)
        meant.tell(noticed + 4, "promise.broken", reason=gone)
        mistaken.fulfil(mistaken.due - 70)

    def twice_in_the_book(self) -> None:
        self.kept(TWICE, 390, "Wartung der Gastherme", "mehmet")
        self.kept(TWICE, 210, "Angebot Badsanierung", "lutz", kind="other", by_date=True)
        self.kept(TWICE, 95, "Aufmaß im Bad", "anton", lead=24)
        twin = self.register_twin()
        first = max(self.minute(CAME_TWICE, 10), self.book.first + 10)
        self.asks(TWIN, first + 30, "portal", answered=5, by="lutz")
        self.kept(TWIN, 62, "Rückruf zur Badplanung", "lutz", kind="callback", lead=5)
        self.kept(TWIN, 51, "Materialmuster", "lutz", kind="delivery", lead=24)
        self.kept(TWICE, 37, "Rückruf zur Rechnung", "sevda", kind="callback", lead=4, severity="minor")
        self.note(TWICE, 21, 11, "customer.merged", duplicate=twin.id)
        self.kept(TWICE, 9, "Montage der Armaturen", "anton", lead=24)

    def habits(self) -> None:
        """One that goes on, and one that stops without anybody having decided so."""
        bakery, cafe = self.people["Bäckerei Kornblum"], self.people["Café Morgenrot"]
        self.approaches.habit(bakery, 540, 2, 30, "phone", lambda day: "sevda")
        self.approaches.habit(cafe, 530, 166, QUARTER, "in_person", lambda day: "rolf")

    def small_talk(self) -> None:
        """What was asked and answered beside the promises of the other stories."""
        for who, ago, channel, hours, by in (
            ("Petra Meier", 240, "email", 5.0, "lutz"),
            ("Petra Meier", 63, "phone", 0.2, "sevda"),
            ("Familie Castellano", 72, "email", 2.0, "lutz"),
            ("Familie Castellano", 44, "chat", 0.5, "lutz"),
            ("Café Morgenrot", 215, "phone", 0.3, "sevda"),
            ("Gerd Pfeiffer", 115, "phone", 1.0, "lutz"),
            ("Praxis Dr. Lindqvist", 203, "email", 4.0, "lutz"),
            ("Ilse Hoffmann", 196, "phone", 6.0, "mehmet"),
            ("Hotel Drei Linden", 26, "phone", 5.5, "mehmet"),
            ("Hotel Drei Linden", 14, "email", 11.0, "karin"),
            ("Kita Regenbogen", 88, "portal", 3.0, "sevda"),
        ):
            self.asks(who, self.minute(ago, 9) + self.rng.randint(1, 55), channel, answered=hours, by=by)
        self.calls("Petra Meier", 152, 10, "check_in", "lutz")
        self.calls("Gerd Pfeiffer", 58, 10, "check_in", "anton")
        self.calls("Kita Regenbogen", 150, 14, "idea_adopted", "anton", "in_person")

    # -- two words more ---------------------------------------------------------------------------

    def feedback_wanted(self, name: str, ago: int, about: Entry) -> None:
        """Asked for, and never given."""
        minute = self.minute(ago, 9)
        if minute >= self.book.first and self.is_told(about):
            moment = self.book.workdays.happening(minute)
            self.book.note(moment, "feedback.requested", {"customer": self.people[name].id}, about)

    def leaves(self, name: str, ago: int, reason: str) -> None:
        party = self.people[name]
        party.left = self.book.workdays.happening(self.minute(ago, 11))
        if party.left > party.registered:
            self.book.note(party.left, "customer.left", {"customer": party.id, "reason": reason})

"""The planted stories: sixteen customers with fixed names and numbers, each of whom shows one thing.

K-1001 Petra Meier: the account fell (a boiler two days late, its fitting moved too late) and slowly recovers.
K-1002 Hausverwaltung Albblick: loyal, many small promises, a solid account.
K-1003 Familie Castellano: new, and everything goes well.
K-1004 Café Morgenrot: we always have to move, always in time and with an alternative.
K-1005 Gerd Pfeiffer: a promise taken back honestly, and trust kept.
K-1006 Praxis Dr. Lindqvist: an honest no with a recommendation, and later a referral (to the Castellanos).
K-1007 Ilse Hoffmann: every withdrawal weighs half as much again with her.
K-1008 Hotel Drei Linden: an estimate overrun, trust lost again lately, and something overdue right now.
K-1009 Bäckerei Kornblum: we wait for her photographs, and the clock stands still.
K-1010 Kita Regenbogen: more than was promised, more than once.
K-1011 Metzgerei Sautter: lost in silence; ever fewer calls, no complaint, feedback never given, then gone.
K-1012 Hildegard Krämer: a complaint recovered in order, every step in its time; trust came back.
K-1013 Rainer Stolz: a complaint that was not: an apology by mail, late, never a talk; he asks again, and leaves.
K-1014 Autohaus Ziegler: Thermotec's claims are broken; the supplier's card turns yellow, then red.
K-1015 Schreinerei Holzapfel: the wrong promise was recorded as broken, retracted, and the right one recorded.
K-1016 Sabine Rößler: stood in the book twice (K-1016b Sabine Roessler) until the two were merged.

Nobody's own: for some months Lutz moves every quotation, always in time, so that only the first-promise figure
tells (crew.py). Café Morgenrot's quarterly filter change is forgotten after Rolf and Mehmet have made it; the
monthly call to Bäckerei Kornblum goes on.
"""

from __future__ import annotations

from datetime import date, timedelta

from intake.sample_firm import course
from intake.sample_firm.encounters import Encounters
from intake.sample_firm.telling import CAST, CASTELLANOS_CAME
from intake.sample_firm.workdays import HOUR

__all__ = ["CAST", "Stories"]


class Stories(Encounters):
    """Times are given as days before `until`; what lies before the book was opened is left out."""

    # -- the stories ------------------------------------------------------------------------------

    def tell(self) -> None:
        self.the_boiler_came_two_days_late()
        self.everything_goes_well()
        self.always_moved_in_time()
        self.taken_back_honestly()
        self.an_honest_no()
        self.the_sensitive_one()
        self.the_estimate_was_overrun()
        self.waiting_for_photographs()
        self.more_than_promised()
        self.meet()
        self.note(
            "Hausverwaltung Albblick",
            300,
            10,
            "customer.sensitivity_set",
            value=0.8,
            reason="Sieht kleine Verspätungen gelassen, solange jemand anruft",
        )

    def the_boiler_came_two_days_late(self) -> None:
        who = "Petra Meier"
        self.kept(who, 350, "Wartung der Gastherme", "mehmet")
        self.kept(who, 318, "Rückruf zur Rechnung", "sevda", kind="callback", lead=5, severity="minor")
        self.kept(who, 284, "Beratung zum Tausch der Gastherme", "lutz")
        self.kept(who, 262, "Angebot Gastherme", "lutz", kind="other", by_date=True)
        run = self.promise_until(
            who,
            self.noon_with_a_working_day_after_the_next(208),
            "Gastherme",
            "mehmet",
            kind="delivery",
            lead=64,
            supplier="Thermotec",
            product="Thermotec Kompakt 18",
        )
        for ago, channel in ((run.due + 2 * HOUR, "phone"), (run.due + 11 * HOUR, "email")):
            self.asks(who, ago, channel, answered=3, by="mehmet", about=run.entry, chases=run.entry)
        run.fulfil(run.due + 16 * HOUR - 20)
        run = self.promise(who, 202, "Einbau der Gastherme", "mehmet", hour=16, severity="serious")
        run.move(run.due - 45, run.due + 24 * HOUR, reason="Notfall ging vor")
        run.fulfil(run.due - 30)
        self.says(
            run.entry, 1, "Zwei Tage ohne Warmwasser, und dann den Einbau eine Stunde vorher abgesagt.", asked=False
        )
        run = self.promise(who, 192, "Rückruf zur Einweisung", "mehmet", kind="callback", lead=6)
        run.fulfil(run.due + 9 * HOUR)
        self.note(who, 186, 9, "customer.owner_assigned", owner="lutz")
        self.kept(who, 176, "Einweisung in die neue Regelung", "lutz", plan_b="Karin Kessler fährt selbst")
        run = self.promise(who, 141, "Termin zum hydraulischen Abgleich", "anton", lead=60)
        run.move(run.due - 20 * HOUR, run.due + 16 * HOUR, reason="Krankheit", alternative="Termin gleich um 8 Uhr")
        run.fulfil(run.due - 30)
        self.kept(who, 101, "Angebot Wartungsvertrag", "lutz", kind="other", by_date=True)
        entry = self.kept(who, 66, "Wartung der Gastherme", "jonas", degree=1.2)
        self.says(entry, 4, "Diesmal sogar früher da als gedacht.")
        run = self.promise(who, 34, "Rückruf zu den Heizkosten", "sevda", kind="callback", lead=5)
        run.fulfil(run.due + 70)
        self.kept(who, 12, "Aufmaß im Bad", "lutz")
        # Notice is still timely for two working hours from now on.
        due = course.rounded(self.book.now + 10 * HOUR, HOUR)
        self.promise_until(
            who, due, "Angebot Badsanierung", "lutz", kind="other", lead=60, plan_b="Vorabfassung mit Richtpreisen"
        )

    def noon_with_a_working_day_after_the_next(self, ago: int) -> int:
        """So that two working days late are two days late."""
        days = self.book.workdays.days
        day = self.today - timedelta(days=ago)
        while not all(self._works(day + timedelta(days=n), days) for n in range(3)):
            day -= timedelta(days=1)
        return self.book.workdays.on(day, 12 * HOUR)

    @staticmethod
    def _works(day: date, days: list[date]) -> bool:
        return day <= days[0] or day in days

    def everything_goes_well(self) -> None:
        who = "Familie Castellano"
        self.kept(who, 80, "Rückruf zur Badplanung", "lutz", kind="callback", lead=4)
        self.kept(who, 75, "Aufmaß im Bad", "anton", lead=24)
        self.kept(who, 66, "Angebot Badsanierung", "lutz", kind="other", by_date=True)
        self.kept(
            who,
            49,
            "Sanitärware für Badsanierung",
            "anton",
            kind="delivery",
            lead=64,
            supplier="Heizgroß Ulm",
            product="Serie Klarglas",
        )
        entry = self.kept(
            who, 33, "Fertigstellung der Badsanierung", "anton", kind="quality", lead=72, degree=1.2, severity="serious"
        )
        self.says(entry, 5, "Fertig wie versprochen, besenrein, und die Haken für die Kinder hängen auch.")
        self.kept(
            who,
            19,
            "Rechnung zum Festpreis für die Badsanierung",
            "lutz",
            kind="price",
            lead=80,
            amount=18450.0,
            currency="EUR",
        )
        self.kept(who, 8, "Montage des Handtuchheizkörpers", "anton", lead=24)

    def always_moved_in_time(self) -> None:
        who = "Café Morgenrot"
        things = (
            (325, "Wartung der Gastherme", "appointment", "anton", "Notfall ging vor", "Abendtermin nach 17 Uhr"),
            (
                270,
                "Spülmaschinenanschluss",
                "quality",
                "anton",
                "Teil kam zu spät",
                "Vorläufiger Anschluss am selben Tag",
            ),
            (214, "Ersatzpumpe", "delivery", "mehmet", "Teil kam zu spät", "Leihpumpe bis zur Lieferung"),
            (
                165,
                "Angebot Lüftung im Gastraum",
                "other",
                "lutz",
                "Preis vom Großhändler fehlte",
                "Richtpreis am Telefon",
            ),
            (118, "Enthärtungsanlage", "delivery", "anton", "Teil kam zu spät", "Salz und Filter leihweise"),
            (72, "Wartung der Enthärtungsanlage", "appointment", "jonas", "Krankheit", "Karin Kessler kommt selbst"),
            (27, "Entlüftung der Heizkörper", "quality", "jonas", "Notfall ging vor", "Montag, am Ruhetag"),
        )
        for ago, what, kind, by, reason, alternative in things:
            run = self.promise(who, ago, what, by, kind=kind, lead=48)
            run.move(run.due - 14 * HOUR, run.due + 16 * HOUR, reason=reason, alternative=alternative)
            run.fulfil(run.due - 50)
            if ago in (214, 72):
                self.says(run.entry, 4, "Es kam etwas dazwischen, aber wir wussten es immer rechtzeitig.")

    def taken_back_honestly(self) -> None:
        who = "Gerd Pfeiffer"
        self.kept(who, 300, "Wartung der Ölheizung", "mehmet")
        self.kept(who, 236, "Angebot Badsanierung", "lutz", kind="other", by_date=True)
        run = self.promise(
            who, 112, "Fertigstellung des Bades vor den Ferien", "anton", kind="quality", lead=120, severity="serious"
        )
        run.tell(
            run.due - 40 * HOUR,
            "promise.withdrawn",
            reason="Die Fliesen kommen erst nach den Ferien",
            alternative="Dusche und WC bis dahin benutzbar, der Rest danach ohne Aufpreis",
        )
        self.says(run.entry, 4, "Ehrlich gesagt und früh genug. So kann man planen.")
        self.kept(who, 104, "Vorläufiger Anschluss von Dusche und WC", "anton", kind="quality", lead=32)
        self.kept(who, 78, "Fertigstellung des Bades", "anton", kind="quality", lead=90, degree=1.1, severity="serious")
        self.kept(who, 25, "Rückruf zur Rechnung", "sevda", kind="callback", lead=4, severity="minor")

    def an_honest_no(self) -> None:
        who = "Praxis Dr. Lindqvist"
        self.kept(who, 330, "Prüfung der Trinkwasseranlage", "mehmet")
        self.kept(who, 290, "Prüfbericht zum Trinkwasser", "sevda", kind="other", by_date=True)
        self.note(
            who,
            201,
            11,
            "request.declined",
            what="Klimaanlage im Röntgenraum",
            by="lutz",
            reason="Kältetechnik ist nicht unser Fach; das kann ein anderer besser",
            alternative="Kälte Baumann empfohlen und den Besuch dort gleich vereinbart",
        )
        self.kept(who, 148, "Tausch der Waschtischarmaturen", "anton")
        entry = self.kept(who, 109, "Wartung der Gastherme", "jonas")
        self.says(entry, 5, "Wer offen sagt, was er nicht kann, dem glaube ich auch den Rest.")
        self.note(who, CASTELLANOS_CAME + 4, 8, "referral.given", referred="Familie Castellano")
        self.kept(who, 41, "Legionellenprüfung", "jonas")

    def the_sensitive_one(self) -> None:
        who = "Ilse Hoffmann"
        self.kept(who, 320, "Wartung der Gastherme", "mehmet")
        self.note(
            who,
            246,
            10,
            "customer.sensitivity_set",
            value=1.5,
            reason="Saß im vorletzten Winter vier Tage ohne Heizung",
        )
        run = self.promise(who, 198, "Entstörung der Heizung", "mehmet", hour=11, lead=8, severity="serious")
        run.fulfil(run.due + 11 * HOUR)
        self.says(run.entry, 1, "Schon wieder eine kalte Nacht.", asked=False)
        self.kept(
            who, 184, "Zündelektrode", "mehmet", kind="delivery", lead=24, supplier="Thermotec", product="Zündset TK"
        )
        self.kept(who, 122, "Rückruf zum Wartungsvertrag", "sevda", kind="callback", lead=5, severity="minor")
        self.kept(who, 84, "Wartung der Gastherme", "jonas")
        self.kept(
            who,
            30,
            "Thermostatventile",
            "jonas",
            kind="delivery",
            lead=32,
            supplier="Heizgroß Ulm",
            product="Thermostat K 6",
        )

    def the_estimate_was_overrun(self) -> None:
        who = "Hotel Drei Linden"
        self.kept(who, 340, "Wartung der Ölheizung", "mehmet")
        self.kept(who, 270, "Legionellenprüfung", "mehmet")
        run = self.promise(
            who,
            178,
            "Rechnung nach Kostenvoranschlag, Steigleitung",
            "lutz",
            kind="price",
            lead=120,
            amount=8900.0,
            currency="EUR",
            binding="estimate",
        )
        run.fulfil(run.due - 2 * HOUR, charged=1.31)
        self.says(run.entry, 2, "Ein Drittel mehr, und keiner hat vorher angerufen.", asked=False)
        self.kept(who, 131, "Tausch der Thermostatventile", "jonas")
        self.kept(who, 88, "Wartung der Enthärtungsanlage", "jonas")
        self.kept(who, 52, "Angebot Lüftung im Wellnessbereich", "lutz", kind="other", by_date=True)
        run = self.promise(
            who,
            24,
            "Regelungsplatine",
            "mehmet",
            kind="delivery",
            lead=32,
            supplier="Thermotec",
            product="Platine TK 18",
        )
        self.asks(who, run.due + 7 * HOUR, "phone", answered=5, by="mehmet", about=run.entry, chases=run.entry)
        run.fulfil(run.due + 26 * HOUR)
        run = self.promise(
            who, 15, "Entstörung der Heizung im Nebenhaus", "mehmet", hour=11, lead=16, severity="serious"
        )
        run.move(run.due - 40, run.due + 8 * HOUR, reason="Notfall ging vor")
        run.fulfil(run.due - 30)
        self.says(run.entry, 1, "Zum zweiten Mal saßen Gäste im Kalten.", asked=False)
        due = self.book.now - 3 * HOUR
        self.promise_until(
            who,
            course.rounded(due, 30),
            "Umwälzpumpe fürs Nebenhaus",
            "mehmet",
            kind="delivery",
            lead=28,
            supplier="Heizgroß Ulm",
            product="Umwälzpumpe 25-60",
        )

    def waiting_for_photographs(self) -> None:
        who = "Bäckerei Kornblum"
        self.kept(who, 310, "Wartung der Gastherme", "mehmet")
        self.kept(who, 255, "Rohrreinigung in der Backstube", "mehmet", lead=10)
        run = self.promise(who, 172, "Angebot Wärmerückgewinnung", "lutz", kind="other", lead=48)
        run.tell(run.due - 30 * HOUR, "promise.paused", cause="customer")
        run.tell(run.due + 18 * HOUR, "promise.resumed", cause="customer")
        run.fulfil(run.due + 40 * HOUR)
        self.kept(who, 96, "Reparatur des tropfenden Wasserhahns", "jonas", kind="quality", lead=16, severity="minor")
        run = self.promise_until(
            who, self.book.now + 9 * HOUR, "Angebot für den Backofenanschluss", "lutz", kind="other", lead=48
        )
        run.tell(run.due - 36 * HOUR, "promise.paused", cause="customer")

    def more_than_promised(self) -> None:
        who = "Kita Regenbogen"
        self.kept(who, 295, "Wartung der Wärmepumpe", "mehmet")
        entry = self.kept(
            who,
            222,
            "Kindersichere Armaturen",
            "anton",
            kind="delivery",
            degree=1.2,
            supplier="Heizgroß Ulm",
            product="Serie Quell",
        )
        self.says(entry, 5, "Zwei Armaturen mehr als bestellt, geschenkt zum Sommerfest.")
        self.kept(who, 160, "Reparatur der WC-Spülung", "jonas", kind="quality", lead=12, degree=1.3)
        entry = self.kept(who, 92, "Wartung der Wärmepumpe", "jonas", degree=1.2)
        self.says(entry, 5, "Den Kindern gleich noch erklärt, woher die Wärme kommt.")
        self.note(who, 80, 16, "referral.given", referred="Kita Sonnenblume")
        self.kept(who, 38, "Entlüftung der Heizkörper", "jonas", kind="quality", lead=16)

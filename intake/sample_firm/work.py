"""What the sample firm does for a living: jobs, the promises each consists of, and the words for them.

A `what` is a noun phrase without article: „Frau Meier wartet auf Wartung der Gastherme“.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

ALL, HOMES, FIRMS, HOUSES = ("private", "business", "manager"), ("private",), ("business",), ("manager",)

EVEN = (4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4)
WINTER = (11, 10, 5, 2, 1, 1, 1, 1, 2, 5, 8, 11)
FROST = (9, 9, 4, 2, 2, 2, 2, 2, 2, 2, 4, 7)
SUMMER = (1, 2, 4, 6, 8, 9, 9, 8, 6, 4, 2, 1)
BEFORE_WINTER = (3, 3, 4, 5, 5, 4, 5, 8, 9, 8, 5, 3)
"""Weights of January to December."""


@dataclass(frozen=True)
class Thing:
    """What is fitted, fetched or mended: in the accusative without article, and in the genitive with it."""

    name: str
    of: str
    supplier: str = ""
    product: str = ""


@dataclass(frozen=True)
class Step:
    """One promise of a job. `lead` is the working hours from making to due."""

    kind: str
    what: tuple[str, ...]
    role: str
    lead: tuple[int, int]
    due: str = "hour"
    """hour, date (until 24:00) or none."""
    binding: str = "firm"
    severity: str = "normal"
    chance: float = 1.0
    """That the job gets this far."""
    internal: bool = False
    supplied: bool = False
    """Depends on a supplier's goods."""
    plan_b: tuple[str, ...] = ()
    price: tuple[int, int] = (0, 0)
    aside: bool = False
    """The next step does not wait for this one."""


@dataclass(frozen=True)
class Job:
    name: str
    segments: tuple[str, ...]
    season: tuple[int, ...]
    weight: float
    steps: tuple[Step, ...]
    things: tuple[Thing, ...] = (Thing("", ""),)
    once: bool = False
    """Nobody orders it twice a year for their own home."""


HEATERS = (
    Thing("Gastherme", "der Gastherme", "Thermotec", "Thermotec Kompakt 18"),
    Thing("Ölheizung", "der Ölheizung", "Thermotec", "Thermotec Ö 24"),
    Thing("Wärmepumpe", "der Wärmepumpe", "Thermotec", "Thermotec Aero 9"),
    Thing("Pelletheizung", "der Pelletheizung", "Heizgroß Ulm", "Holzwerk P 15"),
    Thing("Solaranlage", "der Solaranlage", "Heizgroß Ulm", "Sonnfeld 4"),
    Thing("Enthärtungsanlage", "der Enthärtungsanlage", "Heizgroß Ulm", "Aquaweich 20"),
)
BOILERS = (
    Thing("Gastherme", "der Gastherme", "Thermotec", "Thermotec Kompakt 18"),
    Thing("Brennwertkessel", "des Brennwertkessels", "Thermotec", "Thermotec Brennwert 24"),
    Thing("Warmwasserspeicher", "des Warmwasserspeichers", "Heizgroß Ulm", "Speicher 300"),
)
PARTS = (
    Thing("Ersatzpumpe", "der Umwälzpumpe", "Heizgroß Ulm", "Umwälzpumpe 25-60"),
    Thing("Zündelektrode", "der Zündelektrode", "Thermotec", "Zündset TK"),
    Thing("Ausdehnungsgefäß", "des Ausdehnungsgefäßes", "Heizgroß Ulm", "Gefäß 35 l"),
    Thing("Regelungsplatine", "der Regelungsplatine", "Thermotec", "Platine TK 18"),
    Thing("Dreiwegeventil", "des Dreiwegeventils", "Thermotec", "Ventil TK"),
)
FITTINGS = (
    Thing("Waschtischarmatur", "der Waschtischarmatur", "Heizgroß Ulm", "Serie Quell"),
    Thing("Duschkabine", "der Duschkabine", "Heizgroß Ulm", "Serie Klarglas"),
    Thing("Handtuchheizkörper", "des Handtuchheizkörpers", "Thermotec", "Thermotec Bad 120"),
    Thing("Spülkasten", "des Spülkastens", "Heizgroß Ulm", "Unterputz 112"),
)
BATHROOMS = (
    Thing("Badsanierung", "der Badsanierung", "Heizgroß Ulm", "Serie Klarglas"),
    Thing("Gäste-WC", "des Gäste-WCs", "Heizgroß Ulm", "Serie Quell"),
    Thing("barrierefreie Dusche", "der barrierefreien Dusche", "Heizgroß Ulm", "Serie Ebenerdig"),
)
PUMPS = (Thing("Wärmepumpe", "der Wärmepumpe", "Thermotec", "Thermotec Aero 9"),)

LENT = ("Elektroheizer leihweise", "Leihpumpe aus dem Lager")
OTHER_DEALER = ("Ersatz über den zweiten Großhändler", "Vorführgerät einbauen, bis die Ware da ist")
SECOND_MAN = ("Anton springt ein", "Karin Kessler fährt selbst")

JOBS: tuple[Job, ...] = (
    Job("Wartung", ALL, BEFORE_WINTER, 13, (
        Step("appointment", ("Wartung {of}",), "service", (24, 80)),
        Step("other", ("Wartungsprotokoll {of}",), "office", (8, 24), "date", severity="minor", chance=0.3),
        Step("callback", ("Rückruf zum Wartungsvertrag",), "office", (3, 8), severity="minor", chance=0.1),
    ), HEATERS, once=True),
    Job("Störung", ALL, WINTER, 10, (
        Step("callback", ("Rückruf zur Heizungsstörung",), "office", (1, 3)),
        Step("appointment", ("Störungsdienst an der Heizung", "Entstörung der Heizung"), "service", (3, 10),
             severity="serious", plan_b=SECOND_MAN),
        Step("delivery", ("{name}",), "service", (16, 40), supplied=True, chance=0.45, plan_b=LENT),
        Step("quality", ("Einbau {of}",), "service", (8, 24), chance=0.8),
    ), PARTS),
    Job("Rohrbruch", ALL, FROST, 3.5, (
        Step("appointment", ("Notabdichtung nach dem Rohrbruch",), "service", (2, 4), severity="serious",
             plan_b=SECOND_MAN),
        Step("quality", ("Reparatur der Leitung nach dem Rohrbruch",), "service", (12, 32),
             severity="serious"),
        Step("other", ("Schadensbericht für die Versicherung",), "office", (16, 40), "date", chance=0.6),
    )),
    Job("Thermostate", ALL, BEFORE_WINTER, 4, (
        Step("delivery", ("Thermostatventile",), "service", (20, 48), supplied=True, plan_b=OTHER_DEALER),
        Step("appointment", ("Tausch der Thermostatventile",), "service", (8, 32)),
    ), (Thing("Thermostatventile", "der Thermostatventile", "Heizgroß Ulm", "Thermostat K 6"),)),
    Job("Trinkwasser", (*FIRMS, *HOUSES), EVEN, 7, (
        Step("appointment", ("Legionellenprüfung", "Prüfung der Trinkwasseranlage"), "service", (24, 64)),
        Step("other", ("Prüfbericht zum Trinkwasser",), "office", (24, 56), "date", chance=0.8),
    )),
    Job("Zähler", HOUSES, EVEN, 7, (
        Step("appointment", ("Tausch der Wasserzähler", "Ablesung der Wärmezähler"), "service", (24, 80)),
        Step("other", ("Zählerliste",), "office", (8, 24), "date", severity="minor", chance=0.5),
    )),
    Job("Abfluss", ALL, EVEN, 4, (
        Step("appointment", ("Rohrreinigung in der Küche", "Rohrreinigung im Bad", "Rohrreinigung im Keller"),
             "service", (4, 20)),
    )),
    Job("Kleine Reparatur", ALL, EVEN, 8, (
        Step("quality", ("Reparatur des tropfenden Wasserhahns", "Reparatur der WC-Spülung",
                         "Abdichtung des Heizkörperventils", "Entlüftung der Heizkörper"), "service", (8, 40),
             severity="minor"),
    )),
    Job("Frage", ALL, EVEN, 7, (
        Step("callback", ("Rückruf zur Rechnung", "Rückruf zu den Heizkosten", "Rückruf zur Heizkurve",
                          "Rückruf zum Wartungstermin"), "office", (2, 8), severity="minor"),
    )),
    Job("Unterlagen", ALL, EVEN, 4, (
        Step("other", ("Rechnungskopie", "Bescheinigung für das Finanzamt", "Verbrauchswerte der Heizung"),
             "office", (8, 32), "date", severity="minor"),
    )),
    Job("Angebot", ALL, EVEN, 8, (
        Step("other", ("Angebot Wartungsvertrag", "Angebot neue Heizkörper", "Angebot Warmwasserzirkulation",
                       "Angebot Thermostatventile"), "sales", (16, 48), "date"),
    )),
    Job("Armatur", (*HOMES, *FIRMS), SUMMER, 6, (
        Step("delivery", ("{name}",), "bath", (24, 64), supplied=True, plan_b=OTHER_DEALER),
        Step("appointment", ("Montage {of}",), "bath", (8, 32)),
    ), FITTINGS),
    Job("Abgleich", ALL, BEFORE_WINTER, 3, (
        Step("appointment", ("Termin zum hydraulischen Abgleich",), "bath", (32, 80)),
        Step("other", ("Nachweis über den hydraulischen Abgleich",), "sales", (8, 24), "date", chance=0.6),
    ), once=True),
    Job("Kesseltausch", ALL, SUMMER, 4, (
        Step("appointment", ("Beratung zum Tausch {of}",), "sales", (16, 48)),
        Step("other", ("Angebot {name}",), "sales", (24, 64), "date"),
        Step("price", ("Rechnung zum Festpreis für den Tausch {of}",), "sales", (110, 200), chance=0.7,
             price=(4200, 14800), aside=True),
        Step("delivery", ("{name}",), "bath", (40, 88), supplied=True, plan_b=OTHER_DEALER),
        Step("appointment", ("Einbau {of}",), "bath", (16, 40), severity="serious"),
        Step("quality", ("Einstellung der Heizkurve",), "bath", (16, 48), chance=0.5),
    ), BOILERS, once=True),
    Job("Wärmepumpe", HOMES, SUMMER, 4, (
        Step("callback", ("Rückruf zur Förderung der Wärmepumpe",), "sales", (3, 8)),
        Step("appointment", ("Heizlastberechnung vor Ort",), "sales", (24, 56)),
        Step("other", ("Angebot Wärmepumpe",), "sales", (32, 72), "hour", chance=0.9),
        Step("price", ("Rechnung zum Festpreis für die Wärmepumpe",), "sales", (140, 240), chance=0.45,
             price=(21500, 38900), aside=True),
        Step("delivery", ("Wärmepumpe",), "bath", (64, 120), supplied=True, plan_b=OTHER_DEALER),
        Step("appointment", ("Einbau der Wärmepumpe",), "bath", (24, 48), severity="serious"),
        Step("quality", ("Einregulierung mit hydraulischem Abgleich",), "bath", (24, 48), chance=0.7),
    ), PUMPS, once=True),
    Job("Bad", (*HOMES, *FIRMS), SUMMER, 4, (
        Step("appointment", ("Aufmaß im Bad",), "bath", (16, 48)),
        Step("other", ("Angebot {name}",), "sales", (32, 64), "date", binding="intended"),
        Step("other", ("Materialliste für {name}",), "bath", (8, 24), internal=True),
        Step("price", ("Rechnung nach Kostenvoranschlag, {name}",), "sales", (120, 220), binding="estimate",
             chance=0.6, price=(6800, 27500), aside=True),
        Step("delivery", ("Sanitärware für {name}",), "bath", (48, 96), supplied=True, plan_b=OTHER_DEALER),
        Step("quality", ("Fertigstellung {of}",), "bath", (64, 120), severity="serious"),
    ), BATHROOMS, once=True),
    Job("Kostenfrage", (*FIRMS, *HOUSES), EVEN, 2.5, (
        Step("price", ("Rechnung nach Kostenvoranschlag, Reparatur der Heizung",), "office", (32, 80),
             binding="estimate", price=(280, 2900)),
    )),
    Job("Förderung", HOMES, EVEN, 0.7, (
        Step("other", ("Nachricht zur neuen Förderung",), "sales", (40, 200), "none", binding="intended",
             severity="minor"),
    ), once=True),
)  # fmt: skip

INDOORS: tuple[Job, ...] = (
    Job("Stundenzettel", ("colleague",), EVEN, 3, (
        Step("other", ("Stundenzettel der Woche", "Übergabe der Notdienstliste", "Fotos von der Baustelle"),
             "service", (4, 16), severity="minor", internal=True),
    )),
    Job("Bestand", ("colleague",), EVEN, 2, (
        Step("other", ("Bestandsliste der Ersatzteile", "Rückgabe des Messkoffers"), "bath", (8, 32), "date",
             severity="minor", internal=True),
    )),
    Job("Rücksendung", ("supplier",), EVEN, 1, (
        Step("delivery", ("Rücksendung der defekten Umwälzpumpe", "Rückgabe der Europaletten"), "office",
             (16, 40), "date", severity="minor"),
        Step("callback", ("Rückruf zur Reklamation",), "office", (4, 8), severity="minor", chance=0.4),
    )),
)  # fmt: skip


def of_month(rng: Random, segment: str, month: int) -> Job:
    """A job that somebody of this segment orders in this month (1 to 12)."""
    jobs = [job for job in (*JOBS, *INDOORS) if segment in job.segments]
    return rng.choices(jobs, [job.weight * job.season[month - 1] for job in jobs])[0]


Words = dict[str, tuple[str, ...]]
"""By kind of promise; `paper` are the small things of the office, `own` what we promise among ourselves."""

MOVED_BECAUSE: Words = {
    "delivery": ("Teil kam zu spät", "Teil kam zu spät", "Falsche Ware geliefert"),
    "appointment": ("Notfall ging vor", "Krankheit", "Vorarbeit dauerte länger"),
    "quality": ("Vorarbeit dauerte länger", "Teil kam zu spät", "Krankheit"),
    "price": ("Aufmaß fehlte noch", "Preis vom Großhändler fehlte"),
    "callback": ("Notfall ging vor", "Auskunft vom Großhändler fehlte"),
    "other": ("Angaben vom Großhändler fehlten", "Krankheit", "Vorarbeit dauerte länger"),
    "paper": ("Krankheit", "Angaben fehlten noch"),
    "own": ("Krankheit", "Notfall ging vor"),
}
INSTEAD: Words = {
    "delivery": ("Leihgerät bis zur Lieferung", "Abholung im Lager am selben Tag möglich", "Ersatzmodell angeboten"),
    "appointment": ("Termin gleich um 8 Uhr, erster Kunde des Tages", "Kollege kommt stattdessen",
                    "Abendtermin nach 17 Uhr angeboten"),
    "quality": ("Vorläufige Lösung bis dahin eingebaut", "Elektroheizer leihweise gebracht"),
    "price": ("Zwischenstand vorab genannt",),
    "callback": ("Kurze Nachricht vorab geschickt", "Rückruf am Abend angeboten"),
    "other": ("Vorabfassung geschickt", "Wichtigste Zahlen am Telefon genannt"),
    "paper": ("Wichtigste Zahlen am Telefon genannt",),
    "own": ("Kollege übernimmt es bis dahin",),
}  # fmt: skip
TAKEN_BACK: Words = {
    "delivery": ("Das Gerät wird nicht mehr gebaut",),
    "": ("Machen wir nicht gut genug", "Bis dahin nicht zu schaffen"),
}
RECOMMENDED: Words = {
    "delivery": ("Nachfolgemodell zum gleichen Preis angeboten",),
    "": ("Fachbetrieb in der Nähe empfohlen",),
}
BROKEN: Words = {
    "delivery": ("Teil ist nicht mehr zu bekommen", "Vergessen, nicht notiert"),
    "appointment": ("Kein Monteur frei", "Vergessen, nicht notiert"),
    "quality": ("Kein Monteur frei", "Teil ist nicht mehr zu bekommen"),
    "": ("Vergessen, nicht notiert",),
}
WAIVED: Words = {
    "appointment": ("Kunde macht es selbst", "Haus wird verkauft"),
    "quality": ("Kunde macht es selbst", "Hat sich erledigt"),
    "": ("Hat sich erledigt", "Haus wird verkauft"),
}
ASKED_FOR: Words = {
    "": ("Kunde ist verreist", "Kunde möchte lieber am Freitag", "Mieter war nicht zu erreichen", "Familienfeier"),
}
EVIDENCE: Words = {
    "delivery": ("Lieferschein.pdf",),
    "appointment": ("Messprotokoll.pdf", "Foto nach der Arbeit.jpg"),
    "": ("Abnahmeprotokoll.pdf", "Foto nach der Arbeit.jpg"),
}

DECLINED: tuple[tuple[str, str, str | None], ...] = (
    ("Badsanierung bis zum Urlaub in drei Wochen", "In drei Wochen wird kein Bad gut",
     "Beginn nach dem Urlaub angeboten"),
    ("Einbau eines gebrauchten Kessels", "Für gebrauchte Kessel können wir nicht einstehen",
     "Günstiges Neugerät gerechnet"),
    ("Dachrinne am Mehrfamilienhaus", "Blecharbeiten sind nicht unser Fach", "Flaschnerei im Ort empfohlen"),
    ("Notdienst an Heiligabend für fremde Anlage", "Unser Notdienst reicht nur für eigene Kunden",
     "Nummer des Notdienstes der Innung genannt"),
    ("Festpreis ohne Besichtigung", "Ohne Aufmaß wäre der Preis geraten",
     "Besichtigung noch in dieser Woche"),
    ("Elektroarbeiten am Zählerschrank", "Dafür braucht es einen Elektriker",
     "Elektro Haug in der Nähe empfohlen"),
    ("Wärmepumpe ohne Dämmung", "Die Heizkosten würden steigen", "Energieberatung der Gemeinde empfohlen"),
    ("Reparatur der 30 Jahre alten Therme", "Ersatzteile gibt es nicht mehr", None),
    ("Poolheizung", "Damit haben wir keine Erfahrung", "Schwimmbadbauer empfohlen"),
)  # fmt: skip

PRAISE = {
    5: ("Pünktlich, sauber, freundlich.", "Alles wie versprochen.", "Gerne wieder.",
        "Endlich ein Betrieb, der anruft."),
    4: ("Gute Arbeit.", "Alles in Ordnung.", "Rechtzeitig Bescheid bekommen, das hilft."),
    3: ("In Ordnung, hat aber gedauert.", "Arbeit gut, Termin verschoben.", "Ging so."),
    2: ("Musste zu lange warten.", "Keiner hat angerufen.", "Umsonst freigenommen."),
    1: ("So nicht noch einmal.", "Nicht gekommen, nicht angerufen.", "Sehr enttäuscht."),
}  # fmt: skip

WRONG: Words = {
    "missed_appointment": ("Niemand gekommen, niemand angerufen", "Umsonst freigenommen",
                           "Den halben Tag gewartet, dann kam der Monteur am Abend"),
    "forgotten": ("Zugesagt und vergessen", "Der Rückruf kam nie", "Auf die Unterlagen warten wir heute noch"),
    "wrong_work": ("Das Ventil tropft noch immer", "Falscher Heizkörper eingebaut",
                   "Nach der Reparatur wieder kein warmes Wasser", "Falsche Armatur geliefert"),
    "complaint": ("Rechnung höher als besprochen", "Kein Bescheid, dass es später wird",
                  "Keiner weiß, wer zuständig ist", "Zum zweiten Mal verschoben"),
    "other": ("Kratzer im neuen Parkett", "Schmutz im Treppenhaus liegen gelassen",
              "Wasserfleck an der Decke darunter", "Hausschlüssel erst nach Tagen zurückgebracht"),
    "untruth": ("Angeblich war niemand zu Hause; der Nachbar hat keinen Monteur gesehen",),
    "product_claim": ("Verbraucht ein Drittel mehr, als der Prospekt verspricht",
                      "Im Prospekt leiser als ein Kühlschrank, im Hof nicht",
                      "Die versprochene Fernbedienung gibt es gar nicht",
                      "Jahresarbeitszahl 4,1 versprochen, 2,9 gemessen"),
}  # fmt: skip
"""By kind of incident."""
OFFERS = (
    "Nächste Wartung ohne Berechnung", "Anfahrt und erste Stunde auf unsere Rechnung",
    "Leihgerät, bis alles läuft", "Termin am Samstag ohne Aufpreis", "Fester Ansprechpartner mit Durchwahl",
)  # fmt: skip
MENDED = (
    "Nachgearbeitet und zusammen abgenommen", "Rechnung berichtigt", "Ersatz eingebaut", "Schaden ersetzt",
    "Neuer Termin gehalten",
)  # fmt: skip
LAID_ASIDE = ("Nicht weiter verfolgt", "Kunde hat sich nicht mehr gemeldet", "Gutschrift verschickt")
REOPENED = "Nach einer Woche derselbe Fehler"
LEFT = ("Hat einen anderen Betrieb gefunden", "Wartung macht jetzt jemand anderes", "Fühlt sich nicht mehr gut betreut")

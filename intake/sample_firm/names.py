"""Who is who: the people of Kessler Haustechnik and the names of those they work for. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SERVICE, BATH = "Kundendienst", "Bad und Heizung"

TEAMS = {
    "karin": BATH,
    "lutz": BATH,
    "anton": BATH,
    "sevda": SERVICE,
    "mehmet": SERVICE,
    "rolf": SERVICE,
    "jonas": SERVICE,
}
"""Karin Kessler owns the firm, Lutz Brandt sells, Sevda Aydin keeps the office; Anton Ruf, Mehmet Yildiz,
Rolf Seitz (until he retired) and Jonas Hägele (since then) fit. More about them: people.toml."""

SUPPLIERS = {"Thermotec": "L-01", "Heizgroß Ulm": "L-02"}
STORES = {"Lager Kessler": "B-01", "Bürorunde Kessler": "B-02"}

FIRST = (
    "Anna", "Bernd", "Claudia", "Dieter", "Elena", "Frank", "Gabi", "Heinz", "Ines", "Jürgen", "Katrin",
    "Ludwig", "Monika", "Nadine", "Oliver", "Paula", "Ralf", "Silke", "Thomas", "Ulrike", "Viktor",
    "Waltraud", "Yasemin", "Zoran", "Aylin", "Christof", "Doris", "Emil", "Friederike", "Giovanni",
    "Helga", "Ivana", "Jan", "Karl-Heinz", "Lena", "Manfred", "Olga", "Piotr", "Rosemarie", "Stefan",
)  # fmt: skip
LAST = (
    "Abele", "Baur", "Çelik", "Deininger", "Eberle", "Frick", "Gentner", "Haug", "Ilg", "Jäger", "Kopp",
    "Lang", "Mayer", "Nagel", "Ott", "Popović", "Quast", "Rieger", "Schuster", "Trautmann", "Uhl", "Vogt",
    "Weber", "Yilmaz", "Zeller", "Barth", "Conrad", "Demir", "Engel", "Fuchs", "Grimm", "Hermann",
    "Issler", "Jung", "Kowalski", "Lorch", "Messina", "Neumann", "Oswald", "Pfister", "Rösch", "Seibold",
    "Thoma", "Unger", "Wanner", "Zimmermann", "Bihler", "Drexler", "Fischer", "Göttle", "Hartmann",
    "Kaiser", "Lechner", "Moser", "Novak", "Öchsle", "Pham", "Reiser", "Stegmaier", "Wörner",
)  # fmt: skip
TRADES = (
    "Bäckerei", "Metzgerei", "Café", "Gasthof", "Praxis Dr.", "Autohaus", "Friseursalon", "Schreinerei",
    "Gärtnerei", "Kanzlei", "Steuerbüro", "Fahrschule", "Pension", "Optik", "Weingut",
)  # fmt: skip
MANAGERS = (
    "Hausverwaltung Remstal", "Wohnbau Kocherbrücke", "Immobilien Härtsfeld", "Verwaltung Stadtgarten",
    "Wohnungsgenossenschaft Eichert", "Hausverwaltung Brenzaue", "Grundbesitz Ostalb",
    "Verwaltung Marktplatz 7", "Immobilien Kocherblick", "Wohnbau Virngrund", "Hausverwaltung Schlossgut",
    "Baugenossenschaft Galgenberg",
)  # fmt: skip
STREETS = (
    "Lindenstraße", "Schulweg", "Am Mühlbach", "Gartenstraße", "Hohe Steige", "Bahnhofstraße",
    "Kirchgasse", "Rosenweg", "Bergstraße", "Obere Wiesen",
)  # fmt: skip

PHONES = ("+49 89 99998", "+49 30 23125", "+49 40 66969", "+49 69 90009")
"""Stems that the regulator set aside for films and stories; nobody has such a number."""

PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ç": "c", "ć": "c", "é": "e", ".": "", "–": ""})


@dataclass(frozen=True)
class Named:
    name: str
    segment: str


def customers(rng: Random, private: int, business: int, manager: int) -> list[Named]:
    """Names that no two customers share."""
    return [
        *(Named(name, "manager") for name in _first(manager, _managers(rng))),
        *(Named(name, "business") for name in _first(business, _firms(rng))),
        *(Named(name, "private") for name in _first(private, _private(rng))),
    ]


def _first(count: int, names: Iterator[str]) -> list[str]:
    return [name for name, _ in zip(names, range(count), strict=False)]


def _managers(rng: Random) -> Iterator[str]:
    yield from rng.sample(MANAGERS, len(MANAGERS))
    yield from (f"Hausverwaltung {street} {n}" for n in range(1, 100) for street in STREETS)


def _firms(rng: Random) -> Iterator[str]:
    pairs = [f"{trade} {name}" for trade in TRADES for name in LAST]
    yield from rng.sample(pairs, len(pairs))


def _private(rng: Random) -> Iterator[str]:
    """Two persons with first names to one family, each surname used up before one comes again."""
    surnames, first = rng.sample(LAST, len(LAST)), rng.sample(FIRST, len(FIRST))
    for turn in range(len(first)):
        for place, surname in enumerate(surnames):
            if turn == 0 and place % 3 == 0:
                yield f"Familie {surname}"
            else:
                yield f"{first[(turn + place) % len(first)]} {surname}"


def address(name: str, segment: str) -> str:
    """An e-mail address that reaches nobody."""
    slug = "-".join(name.lower().translate(PLAIN).split())
    return f"{slug}@post.example" if segment == "private" else f"info@{slug}.example"


def phone(nth: int) -> str:
    return f"{PHONES[nth // 1000 % len(PHONES)]} {nth % 1000:03}"

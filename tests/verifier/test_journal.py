"""The chain of the access journal, without any store: whatever is done to it anywhere is found."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from verifier.journal import BEGINNING, SAID, Entry, Head, Journal, check, digest, head_of, heads_of
from verifier.note import Checkpoint

SIZE = 40


def written(entries: list[Entry]) -> list[Entry]:
    """With numbers and hashes in this order, as one writes it who knows how."""
    last, chain = BEGINNING, list[Entry]()
    for number, entry in enumerate(entries, start=1):
        chain.append(entry._replace(number=number, previous=last.hash).sealed())
        last = Head(number, chain[-1].hash)
    return chain


def looked(number: int) -> Entry:
    at = f"2026-03-12T08:{number:02}:00.000000+00:00"
    return Entry(0, at, f"person-{number % 3}", "api", "looked", f"customer-{number}", "account", 1, b"")


GENUINE = written([looked(number) for number in range(SIZE)])
KEPT = Head(SIZE, GENUINE[-1].hash)


@dataclass
class Vandal:
    """Does one thing to a journal; `first` is the first entry that is no longer what it was."""

    by: random.Random
    entries: list[Entry] = field(default_factory=lambda: list(GENUINE))

    def somewhere(self) -> int:
        return self.by.randrange(len(self.entries) - 2)

    def change(self) -> int:
        at = self.somewhere()
        name, value = self.by.choice(
            [("who", "person-9"), ("about", ""), ("times", 2), ("at", "2020"), ("what", "listed"), ("beside", "x")]
        )
        self.entries[at] = self.entries[at]._replace(**{name: value})
        return at + 1

    def change_with_its_hash(self) -> int:
        at = self.somewhere()
        self.entries[at] = self.entries[at]._replace(who="person-9").sealed()
        return at + 1

    def remove(self) -> int:
        at = self.somewhere()
        del self.entries[at]
        return at + 1

    def remove_and_close_up(self) -> int:
        at = self.remove()
        self.entries = [each._replace(number=number) for number, each in enumerate(self.entries, start=1)]
        return at

    def swap(self) -> int:
        one, other = sorted(self.by.sample(range(len(self.entries)), 2))
        self.entries[one], self.entries[other] = (
            self.entries[other]._replace(number=one + 1), self.entries[one]._replace(number=other + 1)
        )  # fmt: skip
        return one + 1

    def insert(self) -> int:
        at = self.somewhere()
        before = self.entries[at - 1].hash if at else BEGINNING.hash
        new = looked(59)._replace(number=at + 1, previous=before).sealed()
        rest = [each._replace(number=each.number + 1) for each in self.entries[at:]]
        self.entries = [*self.entries[:at], new, *rest]
        return at + 1

    def cut(self) -> int:
        at = self.somewhere()
        del self.entries[at:]
        return at + 1


WHAT = {
    "change": "changed",
    "change_with_its_hash": "changed",
    "remove": "removed",
    "remove_and_close_up": "removed",
    "swap": "reordered",
    "insert": "inserted",
    "cut": "cut",
}


@pytest.mark.parametrize("deed", WHAT)
def test_of_a_hundred_deeds_of_each_kind_each_is_found_and_the_first_bad_entry_named(deed: str):
    for seed in range(100):
        vandal = Vandal(random.Random(seed))
        first = getattr(vandal, deed)()
        found = check(Journal(lambda vandal=vandal: iter(vandal.entries)), [KEPT]).first_bad
        assert found is not None, seed
        assert (found.position, found.what) == (first, WHAT[deed]), seed


def test_a_chain_that_was_written_anew_is_whole_in_itself_and_found_by_what_was_kept_elsewhere():
    forged = written([*GENUINE[:10], *(each._replace(who="person-9") for each in GENUINE[10:])])
    journal = Journal(lambda: iter(forged), head=Head(SIZE, forged[-1].hash))
    assert check(journal, []).is_ok
    early, middle = (Head(each.number, each.hash) for each in (GENUINE[4], GENUINE[19]))
    bad = check(journal, [early, middle, KEPT]).first_bad
    assert bad is not None
    assert (bad.position, bad.what, bad.upto) == (6, "changed", 20)


def test_every_field_is_covered_and_none_can_take_from_its_neighbour():
    entry = GENUINE[3]
    others = [
        entry._replace(number=5), entry._replace(at=entry.at + "0"), entry._replace(who="person-8"),
        entry._replace(door="dashboard"), entry._replace(what="listed"), entry._replace(about="customer-8"),
        entry._replace(beside="timeline"), entry._replace(times=2), entry._replace(previous=b"\0" * 32),
        entry._replace(who=entry.who + "a", door=entry.door[1:]), entry._replace(about="", beside="customer-3account"),
    ]  # fmt: skip
    assert len({digest(each) for each in (entry, *others)}) == len(others) + 1


def test_only_a_line_of_number_and_hash_is_a_head():
    good = f"12 {'ab' * 32}"
    assert head_of(good) == Head(12, b"\xab" * 32)
    for text in (
        "",
        "12",
        "-1 " + "ab" * 32,
        "12 " + "xy" * 32,
        good + " ",
        "1e3 " + "ab" * 32,
        "1" * 19 + " " + "ab" * 32,
    ):
        assert head_of(text) is None, text
    said = Checkpoint("o", 1, b"\0" * 32, (f"{SAID} {good}",))
    assert heads_of([said, Checkpoint("o", 1, b"\0" * 32), said._replace(told=(f"{SAID} nonsense",))]) == [
        head_of(good)
    ]

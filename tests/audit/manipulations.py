"""What somebody with the database could do to stored events, in plain SQL, and which one it makes the first bad one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from verifier.finding import Bad

FAR = 10_000_000
"""Room to push rows aside: two must never have one position."""
REST = "originator_id, originator_version, topic, state"


class Execute(Protocol):
    def __call__(self, sql: str, *params: Any) -> list[tuple[Any, ...]]: ...


@dataclass
class Table:
    """`stored_events` of either engine, with `?` for values; positions run from 1 to `size` without holes."""

    execute: Execute
    position: str
    size: int

    def row(self, position: int) -> tuple[str, int, str, bytes]:
        (row,) = self.execute(f"SELECT {REST} FROM stored_events WHERE {self.position} = ?", position)
        return row[0], row[1], row[2], bytes(row[3])

    def change(self, position: int, **columns: Any) -> None:
        sets = ", ".join(f"{name} = ?" for name in columns)
        self.execute(f"UPDATE stored_events SET {sets} WHERE {self.position} = ?", *columns.values(), position)

    def remove(self, first: int, last: int) -> None:
        self.execute(f"DELETE FROM stored_events WHERE {self.position} BETWEEN ? AND ?", first, last)

    def insert(self, position: int, rng: Random) -> None:
        values = (position, f"promise-{rng.randbytes(8).hex()}", 1, "promise.made", rng.randbytes(60))
        self.execute(f"INSERT INTO stored_events ({self.position}, {REST}) VALUES (?, ?, ?, ?, ?)", *values)

    def push(self, first: int, by: int) -> None:
        """Every position from `first` on; in two steps, since no two may meet on the way."""
        update = f"UPDATE stored_events SET {self.position} = {self.position} + ? WHERE {self.position} >= ?"
        self.execute(update, FAR, first)
        self.execute(update, by - FAR, FAR)

    def move(self, position: int, to: int) -> None:
        self.execute(f"UPDATE stored_events SET {self.position} = ? WHERE {self.position} = ?", to, position)


Manipulation = Callable[[Table, Random], Bad]


def flip_a_bit(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    state = bytearray(table.row(place)[3])
    state[rng.randrange(len(state))] ^= 1 << rng.randrange(8)
    table.change(place, state=bytes(state))
    return Bad(place, "changed")


def edit_a_time(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    state = table.row(place)[3]
    table.change(
        place, state=state.replace(b'"time":"20', b'"time":"19', 1) + (b"" if b'"time":"20' in state else b" ")
    )
    return Bad(place, "changed")


def give_it_to_another_stream(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    table.change(place, originator_id=f"promise-{rng.randbytes(8).hex()}")
    return Bad(place, "changed")


def make_it_another_fact(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    table.change(place, topic="promise.released")
    return Bad(place, "changed")


def number_it_anew_in_its_stream(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    table.change(place, originator_version=FAR + place)
    return Bad(place, "changed")


def exchange_two(table: Table, rng: Random) -> Bad:
    one, other = sorted(rng.sample(range(1, table.size + 1), 2))
    table.move(one, FAR)
    table.move(other, one)
    table.move(FAR, other)
    return Bad(one, "reordered")


def bring_one_forward(table: Table, rng: Random) -> Bad:
    """Before earlier ones, which make room for it."""
    early, late = sorted(rng.sample(range(1, table.size + 1), 2))
    table.move(late, 2 * FAR + 1)
    for place in range(late - 1, early - 1, -1):
        table.move(place, place + 1)
    table.move(2 * FAR + 1, early)
    return Bad(early, "reordered")


def remove_some(table: Table, rng: Random) -> Bad:
    count = rng.randint(1, 5)
    place = rng.randint(1, table.size - count)
    table.remove(place, place + count - 1)
    return Bad(place, "removed")


def remove_some_and_close_the_hole(table: Table, rng: Random) -> Bad:
    count = rng.randint(1, 5)
    place = rng.randint(1, table.size - count)
    table.remove(place, place + count - 1)
    table.push(place + count, -count)
    return Bad(place, "removed")


def cut_the_tail(table: Table, rng: Random) -> Bad:
    count = rng.randint(1, 100)
    table.remove(table.size - count + 1, table.size)
    return Bad(table.size - count + 1, "cut")


def put_one_in(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    table.push(place, 1)
    table.insert(place, rng)
    return Bad(place, "inserted")


def put_one_before_the_first(table: Table, rng: Random) -> Bad:
    place = -rng.randint(0, 1_000)
    table.insert(place, rng)
    return Bad(place, "inserted")


def replace_one(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    table.remove(place, place)
    table.insert(place, rng)
    return Bad(place, "changed")


def number_the_rest_anew(table: Table, rng: Random) -> Bad:
    place = rng.randint(1, table.size)
    table.push(place, rng.randint(1, 500))
    return Bad(place, "changed")


MANIPULATIONS: tuple[Manipulation, ...] = (
    flip_a_bit,
    edit_a_time,
    give_it_to_another_stream,
    make_it_another_fact,
    number_it_anew_in_its_stream,
    exchange_two,
    bring_one_forward,
    remove_some,
    remove_some_and_close_the_hole,
    cut_the_tail,
    put_one_in,
    put_one_before_the_first,
    replace_one,
    number_the_rest_anew,
)

"""A rulebook with other weights as a document to read: order and comments stay, each change says why beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.calibration import TABLE, weights_of
from domain.documents import DocumentRefused, lines_of, load, statement_at
from domain.rulebook import Rulebook, default_text

Place = tuple[str, str]
"""Section and key."""


def with_weights(text: str, target: Rulebook, notes: Mapping[Place, Sequence[str]]) -> str:
    """`text` with the weights of `target`; `notes` are the lines of comment that a key gets above it.

    A document written in another way than the shipped one, so that its lines cannot be changed one by one, is
    written anew from the shipped one.
    """
    for base in (text, default_text()):
        try:
            written = _written(base.removeprefix("\ufeff").replace("\r\n", "\n"), target, notes)
            if weights_of(load(written, Rulebook)) == weights_of(target):
                return written
        except DocumentRefused:
            continue
    raise ValueError("the shipped rulebook cannot be written")


def _written(text: str, target: Rulebook, notes: Mapping[Place, Sequence[str]]) -> str:
    lines, places = text.split("\n"), lines_of(text)
    now, wanted = _values(load(text, Rulebook)), _values(target)
    changes = {
        places[place]: place for place in wanted if place in places and (wanted[place] != now[place] or place in notes)
    }
    for number in sorted(changes, reverse=True):
        place = changes[number]
        _, end = statement_at(lines, number - 1)
        line = lines[number - 1]
        if wanted[place] != now[place]:
            comment = line.partition("#")[2] if end == number else ""
            line = f"{place[1]} = {wanted[place]}"
            line = f"{line:<38} #{comment}" if comment else line
        lines[number - 1 : end] = [*(f"# {note}" for note in notes.get(place, ())), line]
    return "\n".join(lines)


def _values(rules: Rulebook) -> dict[Place, str]:
    """Every weight as TOML writes it."""
    weights = weights_of(rules)
    knots = zip(rules.promise.late.days, rules.promise.late.points, strict=True)
    table = ", ".join(f"[{days:g}, {_points(points)}]" for days, points in knots)
    single = {
        place: _points(points) for weight, points in weights.items() if len(place := tuple(weight.split("."))) == 2
    }
    return {**single, ("promise", TABLE.partition(".")[2]): f"[{table}]"}  # type: ignore[dict-item]


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"

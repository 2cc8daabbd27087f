"""The colours of pictures as people see them who take two of them for one: about every twelfth man."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import pytest

from dashboard.charts.palette import DARK, LIGHT, Palette

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG 15
# (2009), severity 1.0; they work on linear RGB.
EYES: Final = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
NOTICED: Final = 2.3
"""So far apart in CIELAB people just notice that two colours differ (Mahy and others, 1994)."""
LEAST: Final = 5 * NOTICED
"""So far apart two colours of one picture must be; colour alone tells nothing here, so that is enough."""


class Pair(NamedTuple):
    """Two colours that stand for different things in one picture, and what else tells these apart."""

    one: str
    other: str
    also: str


PAIRS: Final = (
    Pair("petrol", "copper", "deposits and withdrawals: above and below the line, with + and − before the points"),
    Pair("petrol", "neutral", "parts and whole of a balance; before and after: their place, and words beside them"),
    Pair("copper", "neutral", "the same"),
    Pair("petrol", "plum", "last and first promise: a full line and a dashed one, each named at its end"),
    Pair("petrol", "ochre", "due, and notice until: a circle and a diamond"),
    Pair("petrol", "petrol_pale", "the middle and the usual: a dot upon a bar"),
)

Triple = tuple[float, float, float]


def _linear(colour: str) -> Triple:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _straight(red), _straight(green), _straight(blue)


def _straight(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _times(matrix: tuple[Triple, Triple, Triple], colour: Triple) -> Triple:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return red, green, blue


def seen(colour: str, eyes: str) -> Triple:
    """A colour in CIELAB, as these eyes see it."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in _times(EYES[eyes], _linear(colour)))
    to_xyz = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    x, y, z = _times(to_xyz, (red, green, blue))
    # Daylight, D65.
    fx, fy, fz = (
        part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116
        for part in (x / 0.95047, y, z / 1.08883)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("eyes", ["protanopia", "deuteranopia"])
def test_a_leaf_and_a_rust_would_be_too_near(eyes: str):
    leaf, rust = "#4E8A3A", "#A8642E"
    assert math.dist(seen(leaf, "usual"), seen(rust, "usual")) > 5 * LEAST
    assert math.dist(seen(leaf, eyes), seen(rust, eyes)) < LEAST


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_what_stands_for_different_things_looks_different_to_all_eyes(palette: Palette, eyes: str):
    colours = palette._asdict()
    near = {
        f"{pair.one} and {pair.other}": round(apart, 1)
        for pair in PAIRS
        if (apart := math.dist(seen(colours[pair.one], eyes), seen(colours[pair.other], eyes))) < LEAST
    }
    assert near == {}

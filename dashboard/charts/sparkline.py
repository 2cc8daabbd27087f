"""A line as small as a word: where a balance came from, beside the number that it is now."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts.image import image
from dashboard.charts.picture import Style

WIDTH, HEIGHT, EDGE = 120, 34, 4
LEAST_SPAN = 1_000
"""Hundredths from bottom to top at the least: less is no story, and should not look like one."""


def sparkline(values: Sequence[int], alt: str, style: Style) -> str:
    """An image as HTML. `values` in hundredths at equal distances, the last one is now; a dashed line lies at zero."""
    low, high = min(values), max(values)
    spare = max(0, LEAST_SPAN - (high - low)) / 2
    bottom, top = low - spare, high + spare

    def y(value: float) -> str:
        return f"{EDGE + (HEIGHT - 2 * EDGE) * (top - value) / (top - bottom):.1f}"

    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    points = " ".join(f"{EDGE + step * place:.1f},{y(value)}" for place, value in enumerate(values))
    palette = style.colours
    zero = (
        f'<line x1="0" x2="{WIDTH}" y1="{y(0)}" y2="{y(0)}" stroke="{palette.neutral}" stroke-dasharray="2 3"/>'
        if bottom <= 0 <= top
        else ""
    )
    drawn = (
        f'{zero}<polyline points="{points}" fill="none" stroke="{palette.petrol}" stroke-width="1.75" '
        f'stroke-linejoin="round"/><circle cx="{EDGE + step * (len(values) - 1):.1f}" cy="{y(values[-1])}" r="3" '
        f'fill="{palette.petrol}"/>'
    )
    return image(drawn, alt, WIDTH, HEIGHT)
